"""Severity curves from runs: one clean run of a model, and its runs at the standard severities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from sarbench.errors import InputError
from sarbench.metrics.robustness import Robustness, severity_curve
from sarbench.perturb import LEVELS, parse_spec
from sarbench.runs.carried import headlines, with_findings
from sarbench.runs.record import CurvePoint, Score, Scores, SeverityCurve
from sarbench.runs.sameness import require_same
from sarbench.runs.store import Run, change_scores, load_manifest, load_run

Limits = tuple[float, float]

_SLACK = 1e-9
"""How far rounding may carry a fraction beyond 0 and 1."""


@dataclass(frozen=True)
class CurveIntervals:
    """How far the sums of a curve could move with other images; None where that cannot be said."""

    area: Limits | None
    retained: Limits | None
    worst: Limits | None
    level: float
    method: str


@dataclass(frozen=True)
class Curve:
    """The headline of one task over the severities of one perturbation.

    Attributes:
        task: Name of the task.
        metric: Its headline.
        unit: Unit of `clean`, `scores`, `floor` and the area.
        perturbation: A name of `sarbench.perturb.NAMES`.
        clean: Score on unchanged images.
        scores: (spec, score) from mild to strong; None where there is no such run or nothing could be scored.
        floor: Score of the same model with `blank`; 0 where there is no such run.
        found: Area and fraction retained; None while a severity is missing.
        runs: The ids of the runs that `scores` are from, in their order; None where there is none.
        floor_run: The id of the run that `floor` is from; None where there is none.
        intervals: Those of what is `found` (`sarbench.compare.severity`); None where nobody has made them.
    """

    task: str
    metric: str
    unit: str
    perturbation: str
    clean: float | None
    scores: tuple[tuple[str, float | None], ...]
    floor: float
    found: Robustness | None
    runs: tuple[str | None, ...]
    floor_run: str | None
    intervals: CurveIntervals | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)


def severity_curves(clean: Path, perturbed: Sequence[Path]) -> tuple[Curve, ...]:
    """Draw the curve of every task and of every perturbation that has a run.

    Args:
        clean: Folder of the run on unchanged images.
        perturbed: Folders of runs of the same model on the same samples, each with one perturbation; one with `blank`
            gives the floor.

    Raises:
        InputError: A folder is no run, a run differs from the clean one in more than its perturbation, or two have the
            same one.
    """
    base = load_run(clean)
    if base.manifest.perturbation is not None:
        problem = f"has the perturbation {base.manifest.perturbation}"
        raise InputError(where=clean, problem=problem, fix="Give the run on unchanged images first")
    by_spec: dict[str, Run] = {}
    for folder in perturbed:
        run = load_run(folder)
        spec = _spec(run, base)
        if spec in by_spec:
            problem = f"has the perturbation {spec}, as {by_spec[spec].folder} has"
            raise InputError(where=folder, problem=problem, fix="Give one run of each")
        by_spec[spec] = run
    return tuple(_curves(base, by_spec))


def record_curves(clean: Path, curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """Write curves into the `scores.json` of their clean run, in place of those of the same task and perturbation.

    A whole curve is not replaced by one that lacks a severity, or the floor that it has.

    Returns:
        The curves that were not written, since a whole one is there.

    Raises:
        InputError: The run cannot be read, or is being written by another process.
    """
    manifest = load_manifest(clean)
    found = [_recorded(curve) for curve in curves]
    kept: set[tuple[str, str]] = set()

    def add(scores: Scores) -> Scores:
        there = {(one.task, one.perturbation): one for one in with_findings(scores, manifest).curves}
        new = {(one.task, one.perturbation): one for one in found}
        kept.update(place for place, one in new.items() if place in there and _lacks(one, there[place]))
        return with_findings(scores, manifest, curves=[one for place, one in new.items() if place not in kept])

    change_scores(clean, add)
    return tuple(curve for curve in curves if (curve.task, curve.perturbation) in kept)


def _lacks(new: SeverityCurve, old: SeverityCurve) -> bool:
    """Whether a whole curve would lose a severity or its floor."""
    if any(point.value is None for point in old.points):
        return False
    floor_lost = new.floor_run_id is None and old.floor_run_id is not None
    return floor_lost or any(point.value is None for point in new.points)


def _spec(run: Run, base: Run) -> str:
    """Return the perturbation of a run that differs from the clean one in nothing else."""
    found = parse_spec(run.manifest.perturbation)
    if found is None or found.spec not in LEVELS[found.name]:
        levels = ", ".join(LEVELS[found.name] if found else (level for all_of in LEVELS.values() for level in all_of))
        problem = f"has the perturbation {run.manifest.perturbation}, which is no standard severity"
        raise InputError(where=run.folder, problem=problem, fix=f"Evaluate with --perturb at one of: {levels}")
    require_same(run, base, apart_from="--perturb")
    return found.spec


def _curves(base: Run, by_spec: Mapping[str, Run]) -> Iterator[Curve]:
    heads = {spec: headlines(run.scores) for spec, run in by_spec.items()}
    ids = {spec: run.manifest.run_id for spec, run in by_spec.items()}
    for task, clean in headlines(base.scores).items():
        blind = _value(heads.get("blank", {}).get(task))
        floor = blind or 0.0
        for name, levels in LEVELS.items():
            if not any(task in heads.get(level, {}) for level in levels):
                continue
            scores = tuple((level, _value(heads.get(level, {}).get(task))) for level in levels)
            yield Curve(
                task=task,
                metric=clean.metric,
                unit=clean.unit,
                perturbation=name,
                clean=_value(clean),
                scores=scores,
                floor=floor,
                found=severity_curve(_value(clean), [value for _, value in scores], floor=floor),
                runs=tuple(ids[level] if task in heads.get(level, {}) else None for level in levels),
                floor_run=None if blind is None else ids["blank"],
            )


def _recorded(curve: Curve) -> SeverityCurve:
    found, known = curve.found, curve.intervals
    recorded = SeverityCurve(
        task=curve.task,
        metric=curve.metric,
        unit=curve.unit,
        perturbation=curve.perturbation,
        clean=curve.clean,
        points=tuple(
            CurvePoint(perturbation=spec, run_id=run, value=value)
            for (spec, value), run in zip(curve.scores, curve.runs, strict=True)
        ),
        floor=curve.floor,
        floor_run_id=curve.floor_run,
        area=found.area if found else None,
        retained=found.retained if found else None,
        worst=found.worst if found else None,
    )
    return recorded if known is None else recorded.model_copy(update=_limits_of(known))


def _limits_of(known: CurveIntervals) -> dict[str, object]:
    named = {"area": known.area, "retained": known.retained, "worst": known.worst}
    lows = {f"{name}_low": pair[0] for name, pair in named.items() if pair}
    highs = {f"{name}_high": pair[1] for name, pair in named.items() if pair}
    return {**lows, **highs, "level": known.level, "method": known.method}


def _value(score: Score | None) -> float | None:
    """Return the number of a score; None where there is none, or one that cannot be."""
    if score is None or score.value is None or not isfinite(score.value):
        return None
    return None if score.unit == "fraction" and not -_SLACK <= score.value <= 1 + _SLACK else score.value
