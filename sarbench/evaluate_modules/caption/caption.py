"""A sentence about the whole image."""

from sarbench.evaluate_modules import _metric


class Caption(_metric.AnswerMetric):
    """`sarbench.score(task="caption", …)` as an `evaluate` metric."""

    kind = "caption"
