"""Where in the image something is, in words."""

from sarbench.evaluate_modules import _metric


class Position(_metric.AnswerMetric):
    """`sarbench.score(task="position", …)` as an `evaluate` metric."""

    kind = "position"
