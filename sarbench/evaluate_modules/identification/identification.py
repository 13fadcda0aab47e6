"""Category, size and position of the target in a given box."""

from sarbench.evaluate_modules import _metric


class Identification(_metric.AnswerMetric):
    """`sarbench.score(task="identification", …)` as an `evaluate` metric."""

    kind = "identification"
