"""How much a headline hangs on the wording of the prompt. It describes a model and ranks nothing."""

from dataclasses import dataclass

from sarbench.board.entries import Result
from sarbench.board.estimates import Estimate, estimate
from sarbench.board.numbers import finite, same_value, span
from sarbench.runs.record import WordingSpread


@dataclass(frozen=True)
class Wording:
    """One wording, and what was reached with it."""

    prompt: str
    run_id: str
    text: str


@dataclass(frozen=True)
class Spread:
    """A headline over the wordings of its prompt, in the units shown."""

    headline: Estimate
    """That of the run itself, which was asked with one of them."""
    mean: str
    """Empty where a wording has no number."""
    span: str
    """From the lowest to the highest; empty as `mean`."""
    wordings: tuple[Wording, ...]

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """What tells it from other spreads: each of its runs holds the same one."""
        return tuple(sorted((wording.prompt, wording.run_id) for wording in self.wordings))


def spread(result: Result) -> Spread | None:
    """Return the spread that a run holds on a task; None where it has none that is about its own headline."""
    headline = result.headline
    made = estimate(headline)
    if headline is None or made is None:
        return None
    for found in result.run.scores.wordings:
        if (found.task, found.metric) == (headline.task, headline.metric) and _is_about(found, result):
            return _shown(found, made)
    return None


def _is_about(found: WordingSpread, result: Result) -> bool:
    """Tell whether the wording that the run was asked with has the run's own headline."""
    own = next((wording for wording in found.wordings if wording.prompt_id == result.task.prompt_id), None)
    return own is not None and result.headline is not None and same_value(own.value, result.headline.value)


def _shown(found: WordingSpread, made: Estimate) -> Spread:
    mean, lowest, highest = (finite(value) for value in (found.mean, found.lowest, found.highest))
    limits = "" if lowest is None or highest is None else span(made.like(lowest), made.like(highest))
    return Spread(
        headline=made,
        mean="" if mean is None else made.like(mean),
        span=limits,
        wordings=tuple(
            Wording(each.prompt_id, each.run_id, "–" if (value := finite(each.value)) is None else made.like(value))
            for each in found.wordings
        ),
    )
