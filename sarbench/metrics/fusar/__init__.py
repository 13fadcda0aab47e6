"""The measures of FUSAR-GPT (arXiv 2602.19190) and FUSAR-KLIP (arXiv 2509.23927).

All scores are fractions in 0..1, higher is better; None of nothing. FUSAR-GPT published how it reads a detection
answer, but no scorer; what is marked as our reading was inferred from the names of its columns. Every counting and
localisation percentage of it that was seen is k/198, so one image is half a point and a 95 % interval about ± 7 points.
"""

from sarbench.metrics.fusar.cells import CellFacts, CellScores, cell_facts, cell_scores
from sarbench.metrics.fusar.closed import ClosedAnswers, closed_answer, closed_answers
from sarbench.metrics.fusar.counting import counting_accuracy
from sarbench.metrics.fusar.detection import DetectionScores, detection_scores, read_detections, to_504

__all__ = [
    "CellFacts",
    "CellScores",
    "ClosedAnswers",
    "DetectionScores",
    "cell_facts",
    "cell_scores",
    "closed_answer",
    "closed_answers",
    "counting_accuracy",
    "detection_scores",
    "read_detections",
    "to_504",
]
