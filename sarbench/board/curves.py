"""How a headline falls while images get worse. It describes a model and ranks nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from sarbench.board.entries import Result
from sarbench.board.estimates import Estimate, estimate
from sarbench.board.numbers import factor, finite, number, same_value, span
from sarbench.board.severity_line import severity_line
from sarbench.runs.record import SeverityCurve


@dataclass(frozen=True)
class Point:
    """The headline at one severity."""

    label: str
    """The parameters of the perturbation, e.g. `L=4`."""
    run_id: str | None
    text: str


@dataclass(frozen=True)
class Curve:
    """A headline over the severities of one perturbation, in the units shown; empty texts where there is no number."""

    perturbation: str
    clean: Estimate
    points: tuple[Point, ...]
    """From mild to strong."""
    floor: str
    """What the same model reaches with a blank image; empty where it was not asked."""
    area: str
    area_span: str
    """Its interval; empty where it has none, as are the others."""
    retained: str
    retained_span: str
    worst: str
    worst_span: str
    line: Markup


def curves(result: Result) -> tuple[Curve, ...]:
    """Return the curves that a run holds on a task, those alone that begin at its own headline.

    That of the blank image is left out: it leads to the floor by definition, and the lift over it is shown elsewhere.
    """
    headline = result.headline
    clean = estimate(headline)
    if headline is None or clean is None:
        return ()
    return tuple(
        _shown(curve, clean)
        for curve in result.run.scores.curves
        if curve.perturbation != "blank"
        and (curve.task, curve.metric) == (headline.task, headline.metric)
        and same_value(curve.clean, headline.value)
        and any(finite(point.value) is not None for point in curve.points)
    )


def _shown(curve: SeverityCurve, clean: Estimate) -> Curve:
    values = [finite(point.value) for point in curve.points]
    scale = factor(clean.score.unit)
    floor = finite(curve.floor) if curve.floor_run_id is not None else None
    steps = [None if value is None else value * scale for value in values]
    return Curve(
        perturbation=curve.perturbation,
        clean=clean,
        points=tuple(
            Point(_label(point.perturbation), point.run_id, "–" if value is None else clean.like(value))
            for point, value in zip(curve.points, values, strict=True)
        ),
        floor="" if floor is None else clean.like(floor),
        area="" if (area := finite(curve.area)) is None else clean.like(area),
        area_span=_span(curve.area_low, curve.area_high, clean.like),
        retained=_percent(curve.retained),
        retained_span=_percents(curve.retained_low, curve.retained_high),
        worst=_percent(curve.worst),
        worst_span=_percents(curve.worst_low, curve.worst_high),
        line=severity_line([clean.value, *steps], floor=None if floor is None else floor * scale),
    )


def _label(spec: str) -> str:
    """Leave out the name, which stands above.

    >>> _label("ghost:db=6,shift=0.25"), _label("shuffle")
    ('db=6, shift=0.25', 'shuffle')
    """
    name, _, parameters = spec.partition(":")
    return parameters.replace(",", ", ") or name


def _span(low: float | None, high: float | None, written: Callable[[float], str]) -> str:
    known = finite(low), finite(high)
    return "" if known[0] is None or known[1] is None else span(written(known[0]), written(known[1]))


def _percents(low: float | None, high: float | None) -> str:
    """Write the interval of a share.

    >>> _percents(0.631, 0.72), _percents(-0.05, 0.1), _percents(None, None)
    ('63–72 %', '−5 to 10 %', '')
    """
    limits = _span(low, high, lambda part: number(part * 100, 0))
    return f"{limits} %" if limits else ""


def _percent(part: float | None) -> str:
    """Write a share that may leave 0..1: a model may get better, or worse than blind.

    >>> _percent(0.8213), _percent(-0.05), _percent(None)
    ('82 %', '−5 %', '')
    """
    known = finite(part)
    return "" if known is None else f"{number(known * 100, 0)} %"
