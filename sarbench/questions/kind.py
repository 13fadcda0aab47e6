"""The parts that every kind of question has."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sarbench.answers import Parsed
from sarbench.coords import Size
from sarbench.questions.facts import Facts, Text
from sarbench.questions.family import Family
from sarbench.questions.metric import Metric, Number

Row = Mapping[str, Any]
"""A row of the schema."""

Target = Mapping[str, Any]
"""What an answer is held against: the JSON object that the run record keeps."""


@dataclass(frozen=True)
class Answer:
    """One answer, as it came and as it was read."""

    text: str
    read: Parsed
    coords: str
    """The coordinate convention of the run."""
    size: Size | None
    """Width and height of the native image in pixels, where they are known."""

    @property
    def usable(self) -> Parsed | None:
        """What counts as an answer: a clean reading, or boxes that leave the image."""
        return self.read if self.read.outcome in ("ok", "out_of_range") else None


def _none(target: Target) -> tuple[str, ...]:
    return ()


def _unchanged(facts: Facts, protocols: Collection[str]) -> Facts:
    return facts


@dataclass(frozen=True)
class Kind:
    """One kind of question, from the row to its numbers. All functions are pure."""

    name: Family
    summary: str
    metrics: tuple[Metric, ...]
    """Every number that `numbers` can give, the headline first."""
    target: Callable[[Row], dict[str, Any]]
    reads: Callable[[Target], str]
    """Which kind of reading (`sarbench.answers.KINDS`) the answer to a target gets."""
    parsed: Callable[[Parsed], dict[str, Any]]
    """The JSON object of the run record for a reading that found something."""
    score: Callable[[Target, Answer], dict[str, float]]
    """The facts of one answer that the numbers are summed up from."""
    numbers: Callable[[Facts], Iterator[Number]]
    slices: Callable[[Target], tuple[str, ...]] = _none
    """Names of the parts that this sample is also scored in."""
    prepare: Callable[[Facts, Collection[str]], Facts] = _unchanged
    """Adds facts that depend on all answers together, for the protocols that are wanted."""
    text: Callable[[Target, str, Mapping[str, Any] | None], Text] | None = None
    """The words of an answer (target, as it came, as it was read), where `prepare` needs them."""

    @property
    def needs_target(self) -> bool:
        """Whether summing up looks at targets again."""
        return self.text is not None or self.slices is not _none

    @property
    def headline(self) -> Metric:
        """The one number of this kind."""
        return self.metrics[0]

    def metric(self, name: str, protocol: str = "strict") -> Metric:
        """Return the metric of this name."""
        return next(metric for metric in self.metrics if (metric.name, metric.protocol) == (name, protocol))


def fixed(kind: str) -> Callable[[Target], str]:
    """Return the `reads` of a kind whose answers are all read alike."""
    return lambda target: kind
