"""What a run of the board's tests is to be like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

COUNTING = "sarbench_sarchat_rebuilt_counting"
REFERRING = "sarbench_sarchat_rebuilt_referring"
PRESENCE = "sarbench_sarchat_rebuilt_presence"
IDENTIFICATION = "sarbench_sarchat_rebuilt_identification"
CAPTION = "sarbench_sarlang_caption_concise"
SIZE = 256
JUDGE = "judge <b>m</b>-9, prompt strict 1.0 (abcd1234)"


@dataclass(frozen=True)
class TaskPlan:
    """How well a run does on a task, and what is odd about it."""

    task: str
    skill: float = 0.5
    samples: int = 60
    digest: str = "d" * 64
    version: str = "1.0"
    simulated: bool = True
    limit: int | None = None
    failed: int = 0
    scored: bool = True
    write_samples: bool = True
    half_width: float | None = None
    """Half the width of the headline's interval; from the samples where None."""
    value: float | None = None
    """The headline; from the samples where None."""
    undecided: float | None = None
    """The share that no rule decides; None where the kind has no such share."""
    judged: float | None = None
    """What a judge makes of the headline."""
    above_chance: float | None = None
    """How far boxes are above chance, with an interval of ±0.1; None where nothing was said of it."""
    curves: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    """Perturbation → the headline at its severities `s=1`, `s=2` …, as shares of the clean one."""
    wordings: Mapping[str, float | None] = field(default_factory=dict)
    """Prompt id → the headline under that wording, as a share of this run's."""


@dataclass(frozen=True)
class RunPlan:
    """One run folder."""

    run_id: str
    model: str
    tasks: Sequence[TaskPlan]
    kind: str = "model"
    perturbation: str | None = None
    coords: str = "pixel"
    revision: str | None = "0123456789abcdef"
    parameters: int | None = 7_241_000_000
    notes: tuple[str, ...] = ()
    prompt: str = "sarbench"
    history: str = "none"
    extra: Mapping[str, Any] = field(default_factory=dict)
