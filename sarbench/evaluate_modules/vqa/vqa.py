"""Short answers to questions of any kind."""

from sarbench.evaluate_modules import _metric


class Vqa(_metric.AnswerMetric):
    """`sarbench.score(task="vqa", …)` as an `evaluate` metric."""

    kind = "vqa"
