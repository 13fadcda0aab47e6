"""What runs must have in common to stand in one severity curve, or in one spread over wordings."""

from collections.abc import Iterator
from typing import Literal

from sarbench.errors import InputError
from sarbench.runs.record import TaskRun
from sarbench.runs.store import Run

Option = Literal["--perturb", "--prompt"]
"""What the runs differ in."""


def require_same(run: Run, base: Run, *, apart_from: Option) -> None:
    """Check that two runs asked the same model in the same way, but for one option.

    Raises:
        InputError: They differ in something else, were scored by different word lists, or share no task.
    """
    for name, ours, theirs in _settings(run, base, apart_from):
        if ours != theirs:
            problem = f"has another {name} ({_shown(ours)}) than {base.folder} ({_shown(theirs)})"
            raise InputError(where=run.folder, problem=problem, fix=f"Give runs that differ in {apart_from} alone")
    if run.scores.rules != base.scores.rules:
        problem = f"was scored by another version of word lists than {base.folder}"
        raise InputError(where=run.folder, problem=problem, fix="Run `sarbench score` on both folders first")
    if not {task.task for task in run.manifest.tasks} & {task.task for task in base.manifest.tasks}:
        problem = f"holds no task of {base.folder}"
        raise InputError(where=run.folder, problem=problem, fix="Evaluate the same tasks")


def _settings(run: Run, base: Run, apart_from: Option) -> Iterator[tuple[str, object, object]]:
    ours, theirs = run.manifest, base.manifest
    yield "model", ours.model.id, theirs.model.id
    yield "revision", ours.model.revision, theirs.model.revision
    yield "backend", ours.backend.name, theirs.backend.name
    yield "coordinate convention", ours.coords, theirs.coords
    yield "history", ours.history, theirs.history
    yield "seed", ours.seeds, theirs.seeds
    yield "setting of --gen_kwargs", ours.backend.generation, theirs.backend.generation
    if apart_from != "--perturb":
        yield "perturbation", ours.perturbation, theirs.perturbation
    asked = {task.task: task for task in theirs.tasks}
    for task in ours.tasks:
        if (same := asked.get(task.task)) is not None:
            yield from _of_task(task, same, apart_from)


def _of_task(ours: TaskRun, theirs: TaskRun, apart_from: Option) -> Iterator[tuple[str, object, object]]:
    of_task = f"of {ours.task}"
    yield f"version {of_task}", _major(ours.version), _major(theirs.version)
    if apart_from != "--prompt":
        yield f"prompt in {ours.task}", ours.prompt_id, theirs.prompt_id
    yield f"version of prompts in {ours.task}", _major(ours.prompt_version), _major(theirs.prompt_version)
    yield f"data digest in {ours.task}", ours.data_digest, theirs.data_digest
    yield f"limit in {ours.task}", ours.limit, theirs.limit
    yield f"number of answers in {ours.task}", ours.done, theirs.done
    yield f"generation in {ours.task}", ours.generation, theirs.generation


def _major(version: str) -> str:
    return version.partition(".")[0]


def _shown(value: object) -> str:
    """Write a setting for a message.

    >>> _shown({"seed": 1, "n": 2}), _shown({}), _shown(None)
    ('n=2, seed=1', 'none', 'none')
    """
    if isinstance(value, dict):
        return ", ".join(f"{key}={value[key]}" for key in sorted(value)) or "none"
    return "none" if value is None else str(value)
