"""Judging answers to visual questions: right, wrong or undecided, by the paper's rule or by ours.

`sarlang` holds the published rule, `strict` sarbench's own; `many` judges a run with either. What the rules leave
undecided is bounded and merged with a judge's verdicts in `undecided`, and two judges are compared in `kappa`.
"""

from sarbench.metrics.vqa.kappa import Kappa, cohens_kappa
from sarbench.metrics.vqa.many import Judged, judge_many
from sarbench.metrics.vqa.synonym_pairs import SYNONYM_PAIRS_VERSION
from sarbench.metrics.vqa.undecided import Bounds, Merged, at_best, at_worst, bounds, with_verdicts
from sarbench.metrics.vqa.verdict import Verdict

__all__ = [
    "SYNONYM_PAIRS_VERSION",
    "Bounds",
    "Judged",
    "Kappa",
    "Merged",
    "Verdict",
    "at_best",
    "at_worst",
    "bounds",
    "cohens_kappa",
    "judge_many",
    "with_verdicts",
]
