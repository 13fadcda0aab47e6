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
        source=SARCHAT + "; the column Avg of its table 3 is another number, 0.26 below to 0.87 above: see"
        " sarchat.printed_versus_formula; the columns of a run: sarbench.questions.sarchat_table",
        protocol="paper",
        unit="percent",
        high=100.0,
        datasets=("sarchat-2m",),
    ),
    Metric(
        "sarchat.task_scores",
        "a task's score: the plain mean of its columns in table 3, such as Cnt, Cnt@.25 and Cnt@.5",
        source=SARCHAT,
        protocol="paper",
        unit="percent",
        high=100.0,
        datasets=("sarchat-2m",),
    ),
    Metric(
        "sarchat.located_counts",
        "share of images in which every target has its box and no box is too much, at IoU 0.25 and 0.5 (whole_image)",
    ),
    Metric(
        "boxes.hit_rate",
        "share of questions with one target whose first box (boxes.first_box_ious) has an IoU or more (Acc@IoU)",
    ),
    Metric(
        "boxes.hit_rate",
        "the same with pixels counted to the last one: first_box_ious(…, edges='inclusive')",
        source="VRSBench (arXiv 2406.12384), eval_utils.py",
        protocol="paper",
    ),
    Metric(
        "choice.per_label",
        "precision, recall, F1 and support of each class, from choice.label_counts: one class an answer or several",
        source="scikit-learn's precision_recall_fscore_support; an unread answer misses: sarbench's own rule",
    ),
    Metric(
        "choice.confusion",
        "answers by true and said class; the last column holds what was not read or is no class of the task",
        source="scikit-learn's confusion_matrix; the last column is sarbench's own",
        unit="answers",
        high=None,
        higher_is_better=None,
    ),
    Metric(
        "choice.balanced_accuracy",
        "mean recall of the classes that occur in the truth",
        source="scikit-learn's balanced_accuracy_score; an unread answer misses: sarbench's own rule",
    ),
    Metric(
        "fields.mention_scores",
        "F1, precision, recall, Jaccard and exact sets of mentions; with_size=True holds sizes against each other too",
    ),
    Metric(
        "robustness.severity_curve",
        "area: mean of a score over rising severities, in its unit; beside it the shares retained, not bound to 0..1",
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
