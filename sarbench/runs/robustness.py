"""Severity curves from runs: one clean run of a model, and its runs at the standard severities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sarbench.errors import InputError
from sarbench.metrics.robustness import Robustness, severity_curve
from sarbench.perturb import LEVELS, parse_spec
from sarbench.runs.record import Score
from sarbench.runs.store import Run, load_run
from sarbench.runs.tally import WHOLE


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
    """

    task: str
    metric: str
    unit: str
    perturbation: str
    clean: float | None
    scores: tuple[tuple[str, float | None], ...]
    floor: float
    found: Robustness | None

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


def _spec(run: Run, base: Run) -> str:
    """Return the perturbation of a run that differs from the clean one in nothing else."""
    found = parse_spec(run.manifest.perturbation)
    if found is None or found.spec not in LEVELS[found.name]:
        levels = ", ".join(LEVELS[found.name] if found else (level for all_of in LEVELS.values() for level in all_of))
        problem = f"has the perturbation {run.manifest.perturbation}, which is no standard severity"
        raise InputError(where=run.folder, problem=problem, fix=f"Evaluate with --perturb at one of: {levels}")
    for name, ours, theirs in _settings(run, base):
        if ours != theirs:
            problem = f"has another {name} ({ours}) than {base.folder} ({theirs})"
            raise InputError(where=run.folder, problem=problem, fix="Give runs that differ in --perturb alone")
    return found.spec


def _settings(run: Run, base: Run) -> Iterator[tuple[str, object, object]]:
    yield "model", run.manifest.model.id, base.manifest.model.id
    yield "revision", run.manifest.model.revision, base.manifest.model.revision
    yield "coordinate convention", run.manifest.coords, base.manifest.coords
    yield "version of word lists", run.scores.rules, base.scores.rules
    asked = {task.task: task for task in base.manifest.tasks}
    for task in run.manifest.tasks:
        if (same := asked.get(task.task)) is not None:
            yield f"prompt in {task.task}", task.prompt_id, same.prompt_id
            yield f"data digest in {task.task}", task.data_digest, same.data_digest
            yield f"number of answers in {task.task}", task.done, same.done


def _curves(base: Run, by_spec: Mapping[str, Run]) -> Iterator[Curve]:
    heads = {spec: _headlines(run) for spec, run in by_spec.items()}
    for task, clean in _headlines(base).items():
        floor = _value(heads.get("blank", {}).get(task)) or 0.0
        for name, levels in LEVELS.items():
            if not any(task in heads.get(level, {}) for level in levels):
                continue
            scores = tuple((level, _value(heads.get(level, {}).get(task))) for level in levels)
            found = severity_curve(clean.value, [value for _, value in scores], floor=floor)
            yield Curve(task, clean.metric, clean.unit, name, clean.value, scores, floor, found)


def _headlines(run: Run) -> dict[str, Score]:
    return {of.task: score for of in run.scores.tasks for score in of.scores if score.headline and score.slice == WHOLE}


def _value(score: Score | None) -> float | None:
    return None if score is None else score.value
