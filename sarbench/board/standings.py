"""One task under one set of questions and rules: every row's number, its rank range and its lift over blindness."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sarbench.board.entries import Entry, Result, Variant, interval
from sarbench.board.numbers import decimals, factor, finite, number, signed, span, unit_text
from sarbench.board.ranking import Interval, RankRange, rank_ranges
from sarbench.runs.record import Score, TaskRun


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


@dataclass(frozen=True)
class Lift:
    """How far a model is ahead of itself without an image."""

    value: float
    text: str
    clear: bool
    """Whether the two intervals lie apart, in the better direction."""


@dataclass(frozen=True)
class Cell:
    """One row's result on one task."""

    result: Result
    estimate: Estimate | None
    rank: RankRange | None
    lift: Lift | None
    flaws: tuple[str, ...]


@dataclass(frozen=True)
class Standings:
    """All results that may be compared on one task."""

    variant: Variant
    task: TaskRun
    """Its description, from the first run."""
    metric: Score | None
    """A specimen of the headline score, for its metric, protocol, unit and direction; None where nothing was scored."""
    entries: tuple[Entry, ...]
    """Best first within each role."""
    cells: Mapping[str, Cell]
    """By entry key."""
    ranked: int
    """How many models hold a rank."""
    floor: Estimate | None
    """The best floor."""


def estimate(score: Score) -> Estimate | None:
    """Bring a score into the units shown; None where it has no finite value."""
    value, low, high = finite(score.value), finite(score.low), finite(score.high)
    if value is None:
        return None
    scale = factor(score.unit)
    shown_low, shown_high = (None if limit is None else limit * scale for limit in (low, high))
    places = decimals(shown_low, shown_high)
    limits = ""
    if shown_low is not None and shown_high is not None:
        limits = span(number(shown_low, places), number(shown_high, places))
    return Estimate(score, value * scale, shown_low, shown_high, number(value * scale, places), limits)


def standings(variant: Variant, entries: Sequence[Entry]) -> Standings:
    """Compare every entry that was scored on `variant`.

    Only whole results of models with an undisturbed input hold ranks. All of them are compared by the same metric: the
    headline that most runs name.
    """
    scored = {entry.key: (entry, result) for entry in entries if (result := entry.result(variant)) is not None}
    metric = _common_metric([result for _, result in scored.values()])
    estimates = {key: _estimate(result, metric) for key, (_, result) in scored.items()}
    ranks = _ranks(scored, estimates)
    cells = {
        key: Cell(
            result=result,
            estimate=estimates[key],
            rank=ranks.get(key),
            lift=_lift(entry, estimates[key], _blind_self(entry, scored, estimates)),
            flaws=result.flaws,
        )
        for key, (entry, result) in scored.items()
    }
    ordered = sorted((entry for entry, _ in scored.values()), key=lambda entry: _order(entry, estimates[entry.key]))
    floors = [made for entry in ordered if entry.role == "floor" and (made := estimates[entry.key]) is not None]
    first = next(iter(scored.values()))[1].task
    return Standings(variant, first, metric, tuple(ordered), cells, len(ranks), floors[0] if floors else None)


_ROLES = ("model", "blind", "floor", "perturbed")


def _order(entry: Entry, made: Estimate | None) -> tuple[int, float, str]:
    goodness = float("-inf") if made is None else interval(made.score).value
    return (_ROLES.index(entry.role), -goodness, entry.key)


def _common_metric(results: Sequence[Result]) -> Score | None:
    headlines = [headline for result in results if (headline := result.headline) is not None]
    if not headlines:
        return None
    counted = Counter((score.metric, score.protocol) for score in headlines)
    chosen = min(counted, key=lambda name: (-counted[name], name))
    return next(score for score in headlines if (score.metric, score.protocol) == chosen)


def _estimate(result: Result, metric: Score | None) -> Estimate | None:
    score = None if metric is None else result.score(metric.metric, metric.protocol, metric.slice)
    return None if score is None else estimate(score)


def _ranks(
    scored: Mapping[str, tuple[Entry, Result]], estimates: Mapping[str, Estimate | None]
) -> dict[str, RankRange]:
    ranked: dict[str, Interval] = {}
    for key, (entry, result) in scored.items():
        made = estimates[key]
        if entry.role == "model" and made is not None and not result.flaws:
            ranked[key] = interval(made.score)
    return dict(zip(ranked, rank_ranges(list(ranked.values())), strict=True))


def _blind_self(
    entry: Entry, scored: Mapping[str, tuple[Entry, Result]], estimates: Mapping[str, Estimate | None]
) -> Estimate | None:
    """Find the row of equal identity with a blank image, of several the one that ended last; a partial one is none."""
    if entry.role != "model":
        return None
    same = [
        (result.task.ended, key, made)
        for key, (other, result) in scored.items()
        if other.role == "blind"
        and other.identity == entry.identity
        and not result.flaws
        and (made := estimates[key]) is not None
    ]
    return max(same, key=lambda found: found[:2])[2] if same else None


def _lift(entry: Entry, mine: Estimate | None, blind: Estimate | None) -> Lift | None:
    if mine is None or blind is None:
        return None
    places = min(decimals(each.low, each.high) for each in (mine, blind))
    difference = mine.value - blind.value
    return Lift(difference, signed(difference, places), clear=interval(mine.score).above(interval(blind.score)))
