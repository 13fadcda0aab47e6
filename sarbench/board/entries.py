"""Rows of the board: runs of one model under one configuration, brought together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from sarbench.board.numbers import finite
from sarbench.board.ranking import Interval
from sarbench.errors import InputError
from sarbench.runs.record import Manifest, ModelInfo, Score, TaskRun, TaskScores
from sarbench.runs.store import Run

Role = Literal["model", "blind", "floor", "perturbed"]
"""`blind` is a model given a blank image, `perturbed` any other change of the input; only `model` is ranked."""

MAX_FAILED = 0.01
"""A result with a larger share of failed samples is partial: what is missing may not be missing at random."""


@dataclass(frozen=True, order=True)
class Variant:
    """What must be equal before two results may share a rank."""

    task: str
    major: str
    digest: str


@dataclass(frozen=True)
class Result:
    """What one run did on one task."""

    run: Run
    task: TaskRun
    scores: TaskScores | None

    @property
    def variant(self) -> Variant:
        """The questions, targets and rules that it was scored on."""
        return Variant(self.task.task, self.task.version.split(".")[0], self.task.data_digest)

    @property
    def headline(self) -> Score | None:
        """THE number of the task, over all samples where the record says so."""
        marked = [score for score in self._scores if score.headline]
        return min(marked, key=lambda score: score.slice != "all", default=None)

    def score(self, metric: str, protocol: str, slice_: str = "all") -> Score | None:
        """Find one score; None where it is absent or was made from nothing."""
        wanted = (metric, protocol, slice_)
        found = (score for score in self._scores if (score.metric, score.protocol, score.slice) == wanted)
        score = next(found, None)
        return score if score is not None and finite(score.value) is not None else None

    @property
    def flaws(self) -> tuple[str, ...]:
        """Why it is only part of a result and takes no rank; empty where it is whole."""
        task = self.task
        flaws = []
        if task.limit is not None:
            flaws.append(f"limited to {task.limit} samples")
        if task.limit is None and task.done < task.samples:
            flaws.append(f"{task.samples - task.done} of {task.samples} samples without an answer")
        if task.done and task.failed / task.done > MAX_FAILED:
            flaws.append(f"{task.failed} of {task.done} samples failed")
        return tuple(flaws)

    @property
    def answered(self) -> int:
        """How many answers came from the model: every outcome but `failed`."""
        return sum(self.outcomes.values()) - self.outcomes.get("failed", 0)

    @property
    def outcomes(self) -> dict[str, int]:
        """What became of the answers."""
        return {} if self.scores is None else {str(name): number for name, number in self.scores.outcomes.items()}

    @property
    def _scores(self) -> tuple[Score, ...]:
        return () if self.scores is None else self.scores.scores


@dataclass(frozen=True, order=True)
class Identity:
    """What a model and its own blind run share: everything about a row but the perturbation."""

    model: str
    revision: str
    coords: str
    backend: str
    generation: tuple[tuple[str, str], ...]
    prompts: tuple[tuple[str, str], ...]
    """Ids and major versions of the prompts."""


@dataclass(frozen=True)
class Entry:
    """One row: runs of the same model and configuration on different tasks."""

    role: Role
    model: ModelInfo
    perturbation: str | None
    identity: Identity
    runs: tuple[Run, ...]
    results: tuple[Result, ...]
    prompt_shown: str = ""
    """The prompts in words, where another row of the same model has others."""

    @property
    def coords(self) -> str:
        """The coordinate convention of its boxes."""
        return self.identity.coords

    @property
    def key(self) -> str:
        """What tells this row from every other one."""
        return "+".join(run.manifest.run_id for run in self.runs)

    @property
    def notes(self) -> tuple[str, ...]:
        """What its manifests say that a reader should know, each once."""
        return tuple(dict.fromkeys(note for run in self.runs for note in run.manifest.notes))

    @property
    def variants(self) -> frozenset[Variant]:
        """What it was scored on."""
        return frozenset(result.variant for result in self.results)

    def result(self, variant: Variant) -> Result | None:
        """Return what it did there."""
        return next((result for result in self.results if result.variant == variant), None)


def interval(score: Score) -> Interval:
    """Return a score for ranking, turned so that more is better; its value must be finite."""
    value = finite(score.value)
    if value is None:
        msg = f"{score.task}: {score.metric} has no value to rank"
        raise ValueError(msg)
    made = Interval(value, finite(score.low), finite(score.high))
    return made.flipped() if score.higher_is_better is False else made


def entries(runs: Sequence[Run]) -> tuple[Entry, ...]:
    """Bring runs together into rows, in an order that does not depend on the order of `runs`.

    Runs share a row where identity and perturbation agree, as long as no task was run twice.

    Raises:
        InputError: Two runs have the same id.
    """
    ordered = sorted(runs, key=lambda run: run.manifest.run_id)
    for run, following in pairwise(ordered):
        if run.manifest.run_id == following.manifest.run_id:
            problem = f"has the same run id as {run.folder}: {run.manifest.run_id}"
            raise InputError(where=following.folder, problem=problem, fix="Keep one of the two folders")
    rows: dict[tuple[Role, str, Identity], list[Entry]] = {}
    for run in ordered:
        manifest = run.manifest
        _add(rows.setdefault((_role(manifest), manifest.perturbation or "", _identity(manifest)), []), run)
    made = sorted((entry for row in rows.values() for entry in row), key=lambda entry: entry.key)
    return tuple(_telling_prompts_apart(made))


def _add(rows: list[Entry], run: Run) -> None:
    """Add a run to the first of the rows that has none of its tasks, or as a row of its own."""
    manifest = run.manifest
    scored = {scores.task: scores for scores in run.scores.tasks}
    results = tuple(Result(run, task, scored.get(task.task)) for task in manifest.tasks)
    tasks = {result.task.task for result in results}
    for index, row in enumerate(rows):
        if tasks.isdisjoint(result.task.task for result in row.results):
            rows[index] = replace(row, runs=(*row.runs, run), results=(*row.results, *results))
            return
    rows.append(Entry(_role(manifest), manifest.model, manifest.perturbation, _identity(manifest), (run,), results))


def _identity(manifest: Manifest) -> Identity:
    model, backend = manifest.model, manifest.backend
    return Identity(
        model=model.id,
        revision=model.revision or "",
        coords=manifest.coords,
        backend=backend.name,
        generation=tuple(sorted(backend.generation.items())),
        prompts=tuple(sorted({(task.prompt_id, task.prompt_version.split(".")[0]) for task in manifest.tasks})),
    )


def _telling_prompts_apart(rows: Sequence[Entry]) -> list[Entry]:
    prompts: dict[str, set[tuple[tuple[str, str], ...]]] = {}
    for row in rows:
        prompts.setdefault(row.model.id, set()).add(row.identity.prompts)
    return [
        replace(row, prompt_shown="prompt " + ", ".join(f"{name} {major}.x" for name, major in row.identity.prompts))
        if row.identity.prompts and len(prompts[row.model.id]) > 1
        else row
        for row in rows
    ]


def _role(manifest: Manifest) -> Role:
    if manifest.kind == "floor":
        return "floor"
    if manifest.perturbation is None:
        return "model"
    return "blind" if manifest.perturbation == "blank" else "perturbed"
