"""Which targets a description names, and where it says they are."""

from sarbench.evaluate_modules import _metric


class Description(_metric.AnswerMetric):
    """`sarbench.score(task="description", …)` as an `evaluate` metric."""

    kind = "description"
