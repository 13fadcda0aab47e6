"""Whether something is in the image: yes or no."""

from sarbench.evaluate_modules import _metric


class Presence(_metric.AnswerMetric):
    """`sarbench.score(task="presence", …)` as an `evaluate` metric."""

    kind = "presence"
