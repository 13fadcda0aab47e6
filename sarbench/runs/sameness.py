"""What two runs must have in common to be alike: one list of settings.

Severity curves and spreads over wordings ask for all of them but one; a comparison says which differ; the board's rows
are told apart by all but the seed and the perturbation (`sarbench.board.identity`).
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from sarbench.errors import InputError
from sarbench.runs.carried import headlines
from sarbench.runs.record import Manifest, TaskRun
from sarbench.runs.store import Run
from sarbench.runs.weights import is_exact
from sarbench.runs.wholeness import failed_share

Option = Literal["--perturb", "--prompt"]
"""What the runs differ in."""

_Of = TypeVar("_Of", Manifest, TaskRun)


@dataclass(frozen=True)
class Setting(Generic[_Of]):
    """One way in which a run, or a task of it, may have been asked otherwise."""

    name: str
    of: Callable[[_Of], object]
    option: Option | None = None
    """The option that sets it, where runs may be meant to differ in it."""
    version: bool = False
    """Whether it is a version X.Y, of which X alone tells whether results compare."""


OF_RUN: tuple[Setting[Manifest], ...] = (
    Setting("model", lambda run: run.model.id),
    Setting("revision", lambda run: run.model.revision),
    Setting("backend", lambda run: run.backend.name),
    Setting("coordinate convention", lambda run: run.coords),
    Setting("history", lambda run: run.history),
    Setting("seed", lambda run: run.seeds),
    Setting("setting of --gen_kwargs", lambda run: run.backend.generation),
    Setting("perturbation", lambda run: run.perturbation, option="--perturb"),
)
_WEIGHTS = ("pretrained", "model", "model_version")
"""Model arguments that name the weights, which an exact revision tells too: a folder may have moved."""
_WHERE = frozenset(
    {
        *("base_url", "device", "device_map", "batch_size"),
        *("tensor_parallel_size", "data_parallel_size", "gpu_memory_utilization"),
    }
)
"""Model arguments that say where a model runs, and change no answer."""
_OF_MODEL: tuple[Setting[Manifest], ...] = (
    Setting("setting of --model_args", lambda run: _model_args(run)),
    Setting("dtype", lambda run: run.backend.dtype),
)
"""What runs of one model have in common beside `OF_RUN`, and those of two models seldom."""
OF_TASK: tuple[Setting[TaskRun], ...] = (
    Setting("task version", lambda task: task.version, version=True),
    Setting("prompt", lambda task: task.prompt_id, option="--prompt"),
    Setting("version of prompts", lambda task: task.prompt_version, version=True),
    Setting("data digest", lambda task: task.data_digest),
    Setting("limit", lambda task: task.limit),
    Setting("number of answers", lambda task: task.done),
    Setting("generation", lambda task: task.generation),
)


def differing(settings: Sequence[Setting[_Of]], ours: _Of, theirs: _Of) -> Iterator[tuple[Setting[_Of], str, str]]:
    """Yield the settings that are not the same to the letter, with both values in words."""
    for setting in settings:
        first, second = setting.of(ours), setting.of(theirs)
        if first != second:
            yield setting, _shown(first), _shown(second)


def require_same(run: Run, base: Run, *, apart_from: Option) -> None:
    """Check that two runs asked the same model in the same way, but for one option.

    Raises:
        InputError: They differ in something else, were scored by different word lists, share no task, have another
            headline in one, or too many answers to one have failed in the harness.
    """
    for name, ours, theirs in _apart(run, base, apart_from):
        problem = f"has another {name} ({ours}) than {base.folder} ({theirs})"
        raise InputError(where=run.folder, problem=problem, fix=f"Give runs that differ in {apart_from} alone")
    if run.scores.rules != base.scores.rules:
        problem = f"was scored by another version of readings or word lists than {base.folder}"
        raise InputError(where=run.folder, problem=problem, fix="Run `sarbench score` on both folders first")
    if not {task.task for task in run.manifest.tasks} & {task.task for task in base.manifest.tasks}:
        problem = f"holds no task of {base.folder}"
        raise InputError(where=run.folder, problem=problem, fix="Evaluate the same tasks")
    _require_headlines(run, base)
    for of in (base, run):
        _require_answers(of, {task.task for task in (run if of is base else base).manifest.tasks})


def _require_headlines(run: Run, base: Run) -> None:
    """Check that tasks of both runs have the same number as their headline."""
    theirs = headlines(base.scores)
    for task, ours in headlines(run.scores).items():
        same = theirs.get(task)
        if same is not None and (ours.metric, ours.unit) != (same.metric, same.unit):
            problem = f"has another headline in {task} ({ours.metric}, {ours.unit}) than {base.folder}"
            problem += f" ({same.metric}, {same.unit})"
            raise InputError(where=run.folder, problem=problem, fix="Run `sarbench score` on both folders first")


def _require_answers(run: Run, shared: Container[str]) -> None:
    """Check that the answers to the tasks that count came from the model."""
    found = {of.task: of.outcomes.get("failed", 0) for of in run.scores.tasks}
    for task in run.manifest.tasks:
        said = failed_share(task, failed=max(task.failed, found.get(task.task, 0)))
        if task.task in shared and said is not None:
            fix = "Run the same `sarbench eval` with --resume, which asks failed questions again"
            raise InputError(where=run.folder, problem=f"{task.task}: {said}", fix=fix)


def _apart(run: Run, base: Run, apart_from: Option) -> Iterator[tuple[str, str, str]]:
    """Yield what keeps two runs apart, with the name of the task where it is about one."""
    for setting, ours, theirs in differing((*OF_RUN, *_OF_MODEL), run.manifest, base.manifest):
        if setting.option != apart_from:
            yield setting.name, ours, theirs
    asked = {task.task: task for task in base.manifest.tasks}
    for task in run.manifest.tasks:
        if (same := asked.get(task.task)) is None:
            continue
        for of_task, ours, theirs in differing(OF_TASK, task, same):
            alike = of_task.version and ours.partition(".")[0] == theirs.partition(".")[0]
            if of_task.option != apart_from and not alike:
                yield f"{of_task.name} in {task.task}", ours, theirs


def _model_args(run: Manifest) -> dict[str, str]:
    """Return the model arguments that can change an answer.

    A server may move; but the one that a backend asks by itself, where none is named, is another, whatever its model is
    called.
    """
    exact = is_exact(run.model.revision)
    known = (*_WHERE, *_WEIGHTS) if exact else _WHERE
    named = {"base_url": "given"} if "base_url" in run.backend.args and not exact else {}
    return named | {name: value for name, value in run.backend.args.items() if name not in known}


def _shown(value: object) -> str:
    """Write a setting for a message.

    >>> _shown({"seed": 1, "n": 2}), _shown({}), _shown(None)
    ('n=2, seed=1', 'none', 'none')
    """
    if isinstance(value, dict):
        return ", ".join(f"{key}={value[key]}" for key in sorted(value)) or "none"
    return "none" if value is None else str(value)
