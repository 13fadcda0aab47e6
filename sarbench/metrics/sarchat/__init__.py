"""The formulas of SARChat-Bench-2M (arXiv 2502.08168)."""

from sarbench.metrics.sarchat.averages import (
    SUB_TASKS,
    TEST_ITEMS,
    PrintedVersusFormula,
    overall,
    printed_versus_formula,
    task_score,
    task_scores,
)
from sarbench.metrics.sarchat.counting import LocatedCounts, count_accuracy, located_counts

__all__ = [
    "SUB_TASKS",
    "TEST_ITEMS",
    "LocatedCounts",
    "PrintedVersusFormula",
    "count_accuracy",
    "located_counts",
    "overall",
    "printed_versus_formula",
    "task_score",
    "task_scores",
]
