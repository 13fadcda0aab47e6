"""How many targets there are."""

from sarbench.evaluate_modules import _metric


class Counting(_metric.AnswerMetric):
    """`sarbench.score(task="counting", …)` as an `evaluate` metric."""

    kind = "counting"
