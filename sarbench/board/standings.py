"""One task under one set of questions and rules: every row's number, its rank range and its lift over blindness."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sarbench.board.chance import above_chance
from sarbench.board.entries import Entry, Result, Variant, interval
from sarbench.board.estimates import Estimate, estimate
from sarbench.board.judges import Remark, judged, remark
from sarbench.board.numbers import signed
from sarbench.board.ranking import Interval, RankRange, rank_ranges
from sarbench.board.wordings import Spread, spread
from sarbench.runs.record import Score, TaskRun


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
    no_lift: str
    """Why a model has no lift; empty where it has one, and where there is nothing to lift."""
    flaws: tuple[str, ...]
    further: bool
    """Whether it takes no rank since another run of the model was begun earlier."""
    ranks_instead: str
    """The id of that run; empty where there is none."""
    remark: Remark | None
    """That the estimate is a lower bound."""
    above_chance: bool | None
    """Whether boxes do better than in the mirrored pictures; None where that was not asked."""
    judged: Estimate | None
    """What a judge makes of it."""
    spread: Spread | None
    """The headline over the wordings of the prompt."""


@dataclass(frozen=True)
class Standings:
    """All results that may be compared on one task."""

    variant: Variant
    task: TaskRun
    """Its description, from the first run."""
    metric: Score | None
    """A specimen of the headline score, for its metric, protocol, unit and direction; None where nothing was scored."""
    entries: tuple[Entry, ...]
    """Best first within each role, what is withdrawn last."""
    cells: Mapping[str, Cell]
    """By entry key."""
    ranked: int
    """How many models hold a rank."""
    floor: Estimate | None
    """The best whole floor."""


def standings(variant: Variant, entries: Sequence[Entry]) -> Standings:
    """Compare every entry that was scored on `variant`.

    Only whole results of models with an undisturbed input hold ranks, one of each model. All of them are compared by
    the same metric: the headline that most runs name.
    """
    scored = {entry.key: (entry, result) for entry in entries if (result := entry.result(variant)) is not None}
    metric = _common_metric([result for _, result in scored.values()])
    estimates = {key: _estimate(result, metric) for key, (_, result) in scored.items()}
    ranks = _ranks(variant, scored, estimates)
    holders = {scored[key][0].holder: scored[key][1].run.manifest.run_id for key in ranks}
    cells = {
        key: _cell(
            entry,
            result,
            estimates[key],
            ranks.get(key),
            _blind_self(entry, scored, estimates),
            holders.get(entry.holder, ""),
        )
        for key, (entry, result) in scored.items()
    }
    ordered = sorted(
        (entry for entry, _ in scored.values()),
        key=lambda entry: _order(entry, scored[entry.key][1], estimates[entry.key]),
    )
    floors = [
        made
        for entry in ordered
        if entry.role == "floor" and scored[entry.key][1].sound and (made := estimates[entry.key]) is not None
    ]
    first = next(iter(scored.values()))[1].task
    return Standings(variant, first, metric, tuple(ordered), cells, len(ranks), floors[0] if floors else None)


_ROLES = ("model", "other_prompt", "blind", "floor", "perturbed")
_SEEING = ("model", "other_prompt")


def _cell(
    entry: Entry, result: Result, made: Estimate | None, rank: RankRange | None, blind: "_Blind", holder: str
) -> Cell:
    scores = result.recorded_scores
    further = result.variant in entry.further
    return Cell(
        result=result,
        estimate=made,
        rank=rank,
        lift=_lift(made, blind.made),
        no_lift=blind.why_not if made is not None and entry.role in _SEEING else "",
        flaws=result.flaws,
        further=further,
        ranks_instead=holder if further else "",
        remark=remark(scores, made.score) if made else None,
        above_chance=above_chance(scores, made.score) if made and entry.role != "floor" else None,
        judged=estimate(judged(scores, made.score)) if made else None,
        spread=spread(result) if entry.role == "model" else None,
    )


def _order(entry: Entry, result: Result, made: Estimate | None) -> tuple[int, bool, float, str]:
    goodness = float("-inf") if made is None else interval(made.score).value
    return (_ROLES.index(entry.role), result.withdrawn is not None, -goodness, entry.key)


def _common_metric(results: Sequence[Result]) -> Score | None:
    headlines = [headline for result in results if (headline := result.headline) is not None]
    if not headlines:
        return None
    counted = Counter((score.metric, score.protocol) for score in headlines)
    chosen = min(counted, key=lambda name: (-counted[name], name))
    return next(score for score in headlines if (score.metric, score.protocol) == chosen)


def _estimate(result: Result, metric: Score | None) -> Estimate | None:
    return None if metric is None else estimate(result.score(metric.metric, metric.protocol, metric.slice))


def _ranks(
    variant: Variant, scored: Mapping[str, tuple[Entry, Result]], estimates: Mapping[str, Estimate | None]
) -> dict[str, RankRange]:
    ranked: dict[str, Interval] = {}
    for key, (entry, result) in scored.items():
        made = estimates[key]
        if entry.role == "model" and made is not None and result.sound and variant not in entry.further:
            ranked[key] = interval(made.score)
    return dict(zip(ranked, rank_ranges(list(ranked.values())), strict=True))


@dataclass(frozen=True)
class _Blind:
    made: Estimate | None
    why_not: str = ""


def _blind_self(
    entry: Entry, scored: Mapping[str, tuple[Entry, Result]], estimates: Mapping[str, Estimate | None]
) -> _Blind:
    """Find the row of equal identity with a blank image, of several the one that ended last; an unsound one is none."""
    if entry.role not in _SEEING:
        return _Blind(None)
    same = [
        (result.task.ended, key, result)
        for key, (other, result) in scored.items()
        if other.role == "blind" and other.identity == entry.identity
    ]
    whole = [found for found in same if found[2].sound and estimates[found[1]] is not None]
    if not whole:
        if not same:
            return _Blind(None, "no blind run")
        return _Blind(None, "blind run withdrawn" if all(found[2].withdrawn for found in same) else "blind run partial")
    return _Blind(estimates[max(whole, key=lambda found: found[:2])[1]])


def _lift(mine: Estimate | None, blind: Estimate | None) -> Lift | None:
    if mine is None or blind is None:
        return None
    difference = mine.value - blind.value
    text = signed(difference, min(mine.places, blind.places))
    return Lift(difference, text, clear=interval(mine.score).above(interval(blind.score)))
