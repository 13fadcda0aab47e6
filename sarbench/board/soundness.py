"""Whether a run record can be true: numbers that cannot be are neither shown nor ranked, and break no page.

Only what is impossible is a fault. A low number of answers, or a missing value, is not.
"""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from sarbench.board.moments import moment
from sarbench.questions.kinds import KINDS
from sarbench.runs.record import Manifest, Score, Scores, TaskRun, TaskScores
from sarbench.runs.store import Run

MOST = 1e12
"""No count, time or score of a run is larger: beyond it a number cannot be written on a page."""

_SLACK = 1e-9
_LEAST = {metric.name: metric.low for kind in KINDS.values() for metric in kind.metrics}
_MOST_PARAMETERS = 1e18


def fault(run: Run) -> str | None:
    """Return the first thing in a run's manifest and scores that cannot be; None where there is none."""
    return next(_faults(run), None)


def _faults(run: Run) -> Iterator[str]:
    yield from _of_manifest(run.manifest)
    for name in _twice([task.task for task in run.scores.tasks]):
        yield f"its scores hold {name} twice"
    for task in run.scores.tasks:
        yield from _of_task_scores(task)
    yield from _of_series(run.scores)


def _of_manifest(manifest: Manifest) -> Iterator[str]:
    if not manifest.tasks:
        yield "its manifest names no task"
    for name in _twice([task.task for task in manifest.tasks]):
        yield f"its manifest names {name} twice"
    yield from _no_time("its manifest", started=manifest.started, ended=manifest.ended)
    yield from _no_amount("its manifest", most=_MOST_PARAMETERS, parameters=manifest.model.parameters)
    yield from _no_amount(
        "its manifest",
        batch_size=manifest.backend.batch_size,
        cores=manifest.hardware.cores,
        memory_gib=manifest.hardware.memory_gib,
    )
    for task in manifest.tasks:
        yield from _of_task(task)


def _of_task(task: TaskRun) -> Iterator[str]:
    yield from _no_time(task.task, started=task.started, ended=task.ended)
    yield from _no_amount(
        task.task,
        samples=task.samples,
        done=task.done,
        failed=task.failed,
        limit=task.limit,
        seconds=task.seconds,
        generated_tokens=task.generated_tokens,
    )
    if task.done > task.samples:
        yield f"{task.task}: {_short(task.done)} answers to {_short(task.samples)} samples"
    if task.failed > task.done:
        yield f"{task.task}: {_short(task.failed)} of {_short(task.done)} answers failed"


def _of_task_scores(task: TaskScores) -> Iterator[str]:
    yield from _no_amount(f"scores of {task.task}", samples=task.samples, missing=task.missing)
    yield from _no_amount(f"outcomes of {task.task}", **{str(name): held for name, held in task.outcomes.items()})
    if sum(task.outcomes.values()) != task.samples:
        yield f"scores of {task.task}: the outcomes do not add up to the samples"
    for score in task.scores:
        yield from _of_score(score)


def _of_score(score: Score) -> Iterator[str]:
    where = f"{score.metric} ({score.protocol}) of {score.task}"
    yield from _no_amount(where, n=score.n, clusters=score.clusters)
    if not 0 < score.level < 1:
        yield f"{where}: the level {score.level} is not between 0 and 1"
    if score.n == 0 and score.value is not None:
        yield f"{where}: value is {_short(score.value)}, which is made from nothing"
    least = _LEAST.get(score.metric, 0.0)
    limits = (("value", score.value), ("low", score.low), ("high", score.high))
    for name, number in limits:
        if number is None:
            continue
        if not abs(number) <= MOST:
            yield f"{where}: {name} is {_short(number)}"
        elif score.unit == "fraction" and not least - _SLACK <= number <= 1 + _SLACK:
            yield f"{where}: {name} is {_short(number)}, and such a fraction lies between {least:g} and 1"
    known = [number for _, number in (limits[1], limits[0], limits[2]) if number is not None]
    # The bootstrap of a biased statistic, such as macro-F1, may leave the value itself out (`stats.cluster_bootstrap`).
    ordered = [known[0], known[-1]] if "bootstrap" in score.method and len(known) == 3 else known
    if any(one > other + _SLACK * max(1.0, abs(other)) for one, other in pairwise(ordered)):
        yield f"{where}: low, value and high are out of order: {', '.join(_short(number) for number in known)}"


def _of_series(scores: Scores) -> Iterator[str]:
    for curve in scores.curves:
        held = [curve.clean, curve.floor, curve.area, curve.retained, curve.worst, *(at.value for at in curve.points)]
        held += [curve.area_low, curve.area_high, curve.retained_low, curve.retained_high]
        held += [curve.worst_low, curve.worst_high]
        if not 0 < curve.level < 1 or not all(number is None or abs(number) <= MOST for number in held):
            yield f"curve of {curve.task} under {curve.perturbation}: holds a number that cannot be"
    for spread in scores.wordings:
        held = [spread.mean, spread.lowest, spread.highest, *(wording.value for wording in spread.wordings)]
        if not all(number is None or abs(number) <= MOST for number in held):
            yield f"wordings of {spread.task}: hold a number that cannot be"


def _no_amount(where: str, *, most: float = MOST, **amounts: float | None) -> Iterator[str]:
    for name, amount in amounts.items():
        if amount is not None and not 0 <= amount <= most:
            yield f"{where}: {name} is {_short(amount)}"


def _no_time(where: str, **times: str) -> Iterator[str]:
    for name, text in times.items():
        if moment(text) is None:
            yield f"{where}: {name} is {text[:40]!r}, which is no time"


def _twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _short(number: float) -> str:
    """Write a number that may be anything in a few characters."""
    if isinstance(number, int) or not math.isfinite(number):
        text = str(number)
        return text if len(text) <= 20 else f"a number of {len(text)} digits"
    return f"{number:g}"
