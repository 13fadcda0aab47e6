"""Rows of the board: runs of one model under one configuration, brought together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from sarbench.board.identity import Identity, identity
from sarbench.board.numbers import finite
from sarbench.board.ranking import Interval
from sarbench.errors import InputError
from sarbench.runs.record import Manifest, ModelInfo, Score, TaskRun, TaskScores
from sarbench.runs.store import Run

Role = Literal["model", "other_prompt", "blind", "floor", "perturbed"]
"""`blind` is a model given a blank image, `perturbed` any other change of the images, `other_prompt` a model that was
asked in another way than the one it ranks by; only `model` is ranked."""

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
        marked = [score for score in self.recorded_scores if score.headline]
        return min(marked, key=lambda score: score.slice != "all", default=None)

    def score(self, metric: str, protocol: str, slice_: str = "all") -> Score | None:
        """Find one score; None where it is absent or was made from nothing."""
        score = self.recorded(metric, protocol, slice_)
        return score if score is not None and finite(score.value) is not None else None

    def recorded(self, metric: str, protocol: str, slice_: str = "all") -> Score | None:
        """Find one score, which may lack a value and say why; None where it is absent."""
        wanted = (metric, protocol, slice_)
        found = (score for score in self.recorded_scores if (score.metric, score.protocol, score.slice) == wanted)
        return next(found, None)

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
    def recorded_scores(self) -> tuple[Score, ...]:
        """All its scores, as recorded."""
        return () if self.scores is None else self.scores.scores


@dataclass(frozen=True)
class Entry:
    """One row: runs of the same model and configuration on different tasks."""

    role: Role
    model: ModelInfo
    perturbation: str | None
    identity: Identity
    runs: tuple[Run, ...]
    results: tuple[Result, ...]
    asked_shown: str = ""
    """How it was asked, where that is not the plain way, or where another row of the model was asked differently."""

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
        _add(rows.setdefault((_role(manifest), manifest.perturbation or "", identity(manifest)), []), run)
    made = sorted((entry for row in rows.values() for entry in row), key=lambda entry: entry.key)
    return tuple(_showing_how_asked(_set_aside(made)))


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
    rows.append(Entry(_role(manifest), manifest.model, manifest.perturbation, identity(manifest), (run,), results))


def _set_aside(rows: Sequence[Entry]) -> list[Entry]:
    """Let a model hold one rank: by the plain prompt, or by the authors' where nothing whole was asked plainly."""
    plain = [row for row in rows if row.role == "model" and row.identity.is_plain]
    return [
        replace(row, role="other_prompt")
        if row.role == "model" and not row.identity.is_plain and not _ranks_by_authors(row, plain)
        else row
        for row in rows
    ]


def _ranks_by_authors(row: Entry, plain: Sequence[Entry]) -> bool:
    if not row.identity.by_authors:
        return False
    same = [other for other in plain if (other.model.id, other.model.revision) == (row.model.id, row.model.revision)]
    whole = {result.variant for other in same for result in other.results if result.scores and not result.flaws}
    return whole.isdisjoint(row.variants)


def _showing_how_asked(rows: Sequence[Entry]) -> list[Entry]:
    """Say it of every row that was not asked the plain way, and where the rows of one model differ."""
    asked: dict[str, list[Identity]] = {}
    for row in rows:
        asked.setdefault(row.model.id, []).append(row.identity)
    return [replace(row, asked_shown=_apart(row.identity, asked[row.model.id])) for row in rows]


def _apart(mine: Identity, all_of_model: Sequence[Identity]) -> str:
    plain = {other.asked for other in all_of_model if other.is_plain}
    prompt = [mine.asked] if len(plain) > 1 or not mine.is_plain else []
    shared = set.intersection(*(set(other.generation) for other in all_of_model))
    varied = sorted({name for other in all_of_model for name, _ in set(other.generation) - shared})
    settings = dict(mine.generation)
    return ", ".join([*prompt, *(f"{name} {settings.get(name, 'not set')}" for name in varied)])


def _role(manifest: Manifest) -> Role:
    if manifest.kind == "floor":
        return "floor"
    if manifest.perturbation is None:
        return "model"
    return "blind" if manifest.perturbation == "blank" else "perturbed"
