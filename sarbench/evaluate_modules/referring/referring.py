"""Boxes of the targets that a phrase names."""

from sarbench.evaluate_modules import _metric


class Referring(_metric.AnswerMetric):
    """`sarbench.score(task="referring", …)` as an `evaluate` metric."""

    kind = "referring"
