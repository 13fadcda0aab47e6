"""What is inside a given box."""

from sarbench.evaluate_modules import _metric


class Region(_metric.AnswerMetric):
    """`sarbench.score(task="region", …)` as an `evaluate` metric."""

    kind = "region"
