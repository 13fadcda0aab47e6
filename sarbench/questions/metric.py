"""What a number means: its name, protocol, unit, range, direction and source."""

from dataclasses import dataclass

from sarbench.questions.estimate import Estimate

SARBENCH = "sarbench's own rule"
SARCHAT = "SARChat-Bench-2M, arXiv 2502.08168, evaluation metrics"
SARLANG = "SARLANG-1M, Evaluate_VQA.py of GitHub Jimmyxichen/SARLANG-1M"
SARLANG_CAPTION = "SARLANG-1M, Evaluate_caption.py of GitHub Jimmyxichen/SARLANG-1M (pycocoevalcap 1.2, raw strings)"


@dataclass(frozen=True)
class Metric:
    """One metric under one protocol."""

    name: str
    summary: str
    source: str = SARBENCH
    """The paper, script or section that the rule is taken from."""
    protocol: str = "strict"
    unit: str = "fraction"
    low: float = 0.0
    high: float | None = 1.0
    """Largest possible value; None where there is none."""
    higher_is_better: bool | None = True
    """None for a number that describes and does not rank."""
    datasets: tuple[str, ...] = ()
    """The datasets whose rows it is computed for; empty: those of every dataset."""


@dataclass(frozen=True)
class Number:
    """A metric with its estimate; a note says why there is none, or why it says nothing."""

    metric: Metric
    estimate: Estimate
    note: str | None = None
