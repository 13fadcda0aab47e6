"""Scores in the units shown, with the texts that stand for them."""

from dataclasses import dataclass

from sarbench.board.numbers import decimals, factor, finite, number, span, unit_text
from sarbench.runs.record import Score


@dataclass(frozen=True)
class Estimate:
    """A score in the units shown, with its texts."""

    score: Score
    value: float
    low: float | None
    high: float | None
    text: str
    span: str
    """Its interval, or an empty text where it has none."""

    @property
    def unit(self) -> str:
        """The unit shown, `%` for fractions."""
        return unit_text(self.score.unit)

    @property
    def places(self) -> int:
        """How many decimals it deserves."""
        return decimals(self.low, self.high)

    def like(self, value: float) -> str:
        """Write another score of the same metric, given as recorded, to the same number of decimals."""
        return number(value * factor(self.score.unit), self.places)


def estimate(score: Score | None) -> Estimate | None:
    """Bring a score into the units shown; None where there is none, or no finite value."""
    value = None if score is None else finite(score.value)
    if score is None or value is None:
        return None
    low, high = finite(score.low), finite(score.high)
    scale = factor(score.unit)
    shown_low, shown_high = (None if limit is None else limit * scale for limit in (low, high))
    places = decimals(shown_low, shown_high)
    limits = ""
    if shown_low is not None and shown_high is not None:
        limits = span(number(shown_low, places), number(shown_high, places))
    return Estimate(score, value * scale, shown_low, shown_high, number(value * scale, places), limits)
