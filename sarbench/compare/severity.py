"""Intervals of severity curves: how far area, fraction retained and worst could move with other images.

The runs of a curve are about the same samples, so whole images are drawn with their answers at all severities together,
and with those of the blind run, which is the floor. What one run lacks or failed is left out of all.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench import stats
from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.compare.pairing import Answered, answered
from sarbench.compare.quantities import Means, Sums, quantities
from sarbench.errors import RunError
from sarbench.perturb import parse_spec
from sarbench.questions.facts import FactsBuilder
from sarbench.questions.kind import Kind
from sarbench.questions.kinds import KINDS
from sarbench.runs.checked import checked_lines
from sarbench.runs.robustness import Curve, CurveIntervals, Limits
from sarbench.runs.store import load_manifest, read_lines, samples_path
from sarbench.stats.resampling import resampled_sums

Array = npt.NDArray[np.float64]
Answers = Mapping[str, Answered]

_CLEAN, _BLANK = "", "blank"

RESAMPLES = 2000
LEVEL = 0.95

_SURE = 0.99
"""A share has an interval where the clean score is above the floor in so many resamples: else it has no bounds."""

_TINY = 1e-9


def with_intervals(clean: Path, perturbed: Sequence[Path], curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """Give every whole curve its intervals.

    Args:
        clean: Folder of the run on unchanged images.
        perturbed: Folders of its runs with perturbations.
        curves: Curves of `sarbench.runs.robustness.severity_curves` over them.

    Returns:
        The curves in their order. One of a task that no task file of this version describes, whose samples cannot be
        read, or in which fewer than two images are left, has none.
    """
    folders = {_spec(folder): folder for folder in (clean, *perturbed)}
    specs, held = read_catalogue().tasks, _Held(folders)
    return tuple(_with_interval(curve, specs.get(curve.task), held) for curve in curves)


def _spec(folder: Path) -> str:
    found = parse_spec(load_manifest(folder).perturbation)
    return _CLEAN if found is None else found.spec


class _Held:
    """The answers to one task in all runs, by perturbation; those to the task before are let go."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders
        self._task = ""
        self._answers: dict[str, Answers] = {}

    def answers(self, perturbation: str, spec: TaskSpec) -> Answers:
        """Return what can be scored, by sample id."""
        if spec.name != self._task:
            self._task, self._answers = spec.name, {}
        if perturbation not in self._answers:
            folder, kind = self._folders[perturbation], KINDS[spec.family]
            manifest, path = load_manifest(folder), samples_path(folder, spec.name)
            task = next(task for task in manifest.tasks if task.task == spec.name)
            lines = checked_lines(read_lines(folder, spec.name), task, path, manifest=manifest)
            found = (answered(line, kind) for line in lines if line["outcome"] != "failed")
            self._answers[perturbation] = {answer.id: answer for answer in found}
        return self._answers[perturbation]


def _with_interval(curve: Curve, spec: TaskSpec | None, held: _Held) -> Curve:
    if curve.found is None or spec is None or spec.family == "retrieval":
        return curve
    floor = [] if curve.floor_run is None else [_BLANK]
    try:
        sides = [held.answers(name, spec) for name in (_CLEAN, *(name for name, _ in curve.scores), *floor)]
    except RunError as error:  # numbers without their samples still make a curve
        logging.getLogger(__name__).warning("%s: no intervals: %s", curve.task, error)
        return curve
    drawn = _drawn_scores(KINDS[spec.family], sides)
    if drawn is None:
        return curve
    scores, images = drawn
    return replace(curve, intervals=intervals_of(scores, images=images, floor=bool(floor)))


def intervals_of(scores: Array, *, images: int, floor: bool) -> CurveIntervals:
    """Return bootstrap intervals from resampled scores; none for an area that no resample moves.

    Args:
        scores: [resamples, runs], the clean score first, then from mild to strong.
        images: How many images were drawn from: the fewer, the further out the ends (`stats.expanded_tail`).
        floor: Whether the last run is the floor; else that is 0.

    >>> drawn = np.array([[0.8, 0.4], [0.6, 0.2], [0.7, 0.3]])
    >>> [round(limit, 2) for limit in intervals_of(drawn, images=1000, floor=False).area or ()]
    [0.4, 0.6]
    """
    along, below = (scores[:, :-1], scores[:, -1]) if floor else (scores, np.zeros(len(scores)))
    area = ((along[:, 1:] + along[:, :-1]) / 2).mean(axis=1)
    able = along[:, 0] - below
    method = f"cluster-bootstrap-{len(scores)}, images drawn with all severities"
    found = CurveIntervals(_limits(area, images) if np.ptp(area) > 0 else None, None, None, LEVEL, method)
    if (able > 0).mean() < _SURE:
        return found
    able = np.maximum(able, _TINY)
    retained, worst = (area - below) / able, (along[:, -1] - below) / able
    return replace(found, retained=_limits(retained, images), worst=_limits(worst, images))


def _limits(values: Array, images: int) -> Limits:
    tail = stats.expanded_tail(LEVEL, images)
    low, high = np.quantile(values, [tail, 1 - tail]).tolist()
    return low, high


@dataclass(frozen=True)
class _Side:
    """One run: what its headline is summed up from."""

    used: npt.NDArray[np.bool_]
    columns: Array | sparse.csr_matrix
    statistic: Callable[[Array], Array]


def _drawn_scores(kind: Kind, sides: Sequence[Answers]) -> tuple[Array, int] | None:
    """Draw images with replacement; return the headline of each run over them [resamples, runs], and of how many."""
    ids = [name for name in sides[0] if all(name in side for side in sides)]
    builder = FactsBuilder()
    for side in sides:
        for name in ids:
            builder.add(side[name].image, side[name].scores, text=side[name].text)
    facts, _ = builder.build()
    number = np.repeat(np.arange(len(sides)), len(ids))
    first, *others = (kind.prepare(facts.only(number == place), ("strict",)) for place in range(len(sides)))
    pairs = [quantities(kind, first, other)[0] for other in others]
    laid = [_laid_out(pairs[0], first=True), *(_laid_out(pair, first=False) for pair in pairs)]
    used = np.all([side.used for side in laid], axis=0) if ids else np.zeros(0, dtype=bool)
    images = first.images[used]
    distinct = len(np.unique(images))
    if distinct < 2:
        return None
    blocks = [stats.sum_by_cluster(side.columns[used], images.tolist()) for side in laid]
    ends = np.cumsum([block.shape[1] for block in blocks])
    table: Any = sparse.csr_array(sparse.hstack(blocks)) if sparse.issparse(blocks[0]) else np.hstack(blocks)
    drawn = [
        np.stack(
            [side.statistic(part) for side, part in zip(laid, np.split(block, ends[:-1], axis=1), strict=True)], axis=1
        )
        for block in resampled_sums(table, resamples=RESAMPLES, seed=0)
    ]
    return np.concatenate(drawn), distinct


def _laid_out(quantity: Means | Sums, *, first: bool) -> _Side:
    if isinstance(quantity, Sums):
        return _Side(quantity.used, quantity.a if first else quantity.b, quantity.statistic)
    values = np.where(quantity.used, quantity.a if first else quantity.b, 0.0)
    return _Side(quantity.used, np.stack([values, np.ones(len(values))], axis=1), _mean)


def _mean(sums: Array) -> Array:
    mean: Array = sums[..., 0] / sums[..., 1]
    return mean
