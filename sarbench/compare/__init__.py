"""Two runs held against each other, sample by sample.

Only answers to the same samples of the same data are compared, and chance is counted in images, not in questions: the
intervals and tests are those of `sarbench.stats`. What one run lacks is left out of both and counted.
"""

from sarbench.compare.comparison import Comparison, Differing, TaskComparison
from sarbench.compare.difference import Difference
from sarbench.compare.runs import compare_runs
from sarbench.compare.severity import with_intervals

__all__ = ["Comparison", "Difference", "Differing", "TaskComparison", "compare_runs", "with_intervals"]
