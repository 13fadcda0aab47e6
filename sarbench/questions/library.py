"""Numbers that no task gives by itself: they need scores, several tasks, or another paper's files.

They are functions of `sarbench.metrics`, listed here so that `sarbench tasks --json` names every metric there is.
"""

from sarbench.questions.metric import SARBENCH, SARCHAT, Metric

FUSAR_GPT = "FUSAR-GPT (arXiv 2602.19190)"
_NAMES = "; its definitions are not published: our reading of the names of its columns"

METRICS = (
    Metric(
        "average_precision.average_precision",
        "mean over classes and IoU 0.5:0.95 of the precision at 101 recalls; needs a score for every box",
        source="COCO, as COCOeval of pycocotools computes it",
    ),
    Metric(
        "average_precision.average_precision",
        "the same, straight through pycocotools",
        source="COCOeval of pycocotools",
        protocol="coco",
    ),
    Metric(
        "average_precision.tie_aware_ap50",
        "precision times the share of the 101 recalls that is reached, for boxes without scores",
        source=SARBENCH,
    ),
    Metric(
        "sarchat.overall",
        "mean of the task averages, weighted by their test items (Avg by the printed formula)",
        source=SARCHAT,
        protocol="paper",
        unit="percent",
        high=100.0,
        datasets=("sarchat-2m",),
    ),
    Metric("fusar.counting_accuracy", "share of right numbers", source=FUSAR_GPT, protocol="paper"),
    Metric(
        "fusar.cell_scores",
        "Acc@100, Acc@50 and Top1 of the 3 × 3 cells that are named",
        source=FUSAR_GPT + _NAMES,
        protocol="paper",
    ),
    Metric(
        "fusar.detection_scores",
        "F1 of boxes at IoU 0.25 and 0.5 in the 504 × 504 frame, answers read by the authors' parser",
        source=FUSAR_GPT + "; how boxes are assigned is not published: optimally here",
        protocol="paper",
    ),
    Metric(
        "fusar.closed_answers",
        "share of answers that equal a listed one",
        source="FUSAR-KLIP (arXiv 2509.23927), train_vqa.py",
        protocol="paper",
    ),
    Metric(
        "vqa.cohens_kappa",
        "agreement of two judges beyond chance",
        source="Cohen, Educational and Psychological Measurement 20, 1960",
        unit="kappa",
        low=-1.0,
    ),
)
"""Each is named by its place in `sarbench.metrics`."""
