"""One field of a structured description of the scene."""

from sarbench.evaluate_modules import _metric


class Field(_metric.AnswerMetric):
    """`sarbench.score(task="field", …)` as an `evaluate` metric."""

    kind = "field"
