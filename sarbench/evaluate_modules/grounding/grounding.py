"""Boxes and classes of all targets."""

from sarbench.evaluate_modules import _metric


class Grounding(_metric.AnswerMetric):
    """`sarbench.score(task="grounding", …)` as an `evaluate` metric."""

    kind = "grounding"
