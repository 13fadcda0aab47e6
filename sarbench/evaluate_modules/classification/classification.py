"""Which classes the image shows."""

from sarbench.evaluate_modules import _metric


class Classification(_metric.AnswerMetric):
    """`sarbench.score(task="classification", …)` as an `evaluate` metric."""

    kind = "classification"
