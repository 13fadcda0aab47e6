"""Two runs on one task: their numbers pair by pair, and the samples on which they part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from sarbench import stats
from sarbench.compare.difference import Difference, changed, difference
from sarbench.compare.pairing import Answered, Pairs, facts_of
from sarbench.compare.quantities import quantities
from sarbench.questions.kind import Kind


@dataclass(frozen=True)
class Differing:
    """A sample that counts differently in the headline of the two runs."""

    id: str
    image: str
    answer_a: str
    answer_b: str
    outcome_a: str
    outcome_b: str
    scores_a: Mapping[str, float]
    scores_b: Mapping[str, float]
    """The facts that the numbers are summed up from (`sarbench.questions`)."""


@dataclass(frozen=True)
class TaskComparison:
    """All that is said of one task."""

    task: str
    version: str
    data_digest: str
    simulated: bool
    pairs: int
    """Samples that are compared."""
    only_a: int
    only_b: int
    failed: int
    """Samples left out because one run has no line for them, or because the harness failed in either."""
    differences: tuple[Difference, ...]
    """The headline first."""
    differing: tuple[Differing, ...]
    notes: tuple[str, ...] = ()
    """What else differs between the two: prompts, conventions, settings."""

    @property
    def headline(self) -> Difference:
        """The one number that ranks."""
        return self.differences[0]


@dataclass(frozen=True)
class Comparison:
    """Two runs."""

    a: str
    b: str
    """Their folders' names."""
    tasks: tuple[TaskComparison, ...]
    refused: Mapping[str, str]
    """Task → why it cannot be compared."""
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain lists and dicts, for JSON."""
        return asdict(self)


def compare_task(kind: Kind, pairs: Pairs, *, every: bool = False) -> tuple[tuple[Difference, ...], list[Differing]]:
    """Compare paired answers to one task.

    Args:
        kind: The kind of question.
        pairs: The answers.
        every: Whether every strict metric that is a mean follows the headline.

    Returns:
        The differences, headline first, and the samples that differ in the headline, in the order of the pairs.
    """
    a, b = facts_of(pairs, kind)
    found = quantities(kind, a, b, every=every)
    differences = tuple(difference(quantity, a.images, headline=quantity.metric == kind.headline) for quantity in found)
    apart = np.flatnonzero(changed(found[0])) if len(a) else np.empty(0, dtype=np.int64)
    return differences, [_differing(*pairs.pairs[place]) for place in apart.tolist()]


def _differing(a: Answered, b: Answered) -> Differing:
    return Differing(a.id, a.image, a.prediction, b.prediction, a.outcome, b.outcome, dict(a.scores), dict(b.scores))


def with_holm(tasks: Sequence[TaskComparison]) -> tuple[TaskComparison, ...]:
    """Adjust the p-values of the headlines for how many tasks are compared; other numbers stay unadjusted."""
    adjusted = stats.holm([task.headline.p for task in tasks])
    return tuple(
        replace(task, differences=(replace(task.headline, p_holm=p), *task.differences[1:]))
        for task, p in zip(tasks, adjusted, strict=True)
    )


def said_of(settings: Iterable[tuple[str, object, object]]) -> tuple[str, ...]:
    """Say which settings differ.

    >>> said_of([("prompt", "sarbench", "authors"), ("coords", "pixel", "pixel")])
    ('prompt: sarbench in A, authors in B',)
    """
    return tuple(f"{name}: {a} in A, {b} in B" for name, a, b in settings if a != b)
