"""Rows of the board: results of one model under one configuration, brought together."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sarbench.board.asked_split import split_flaw
from sarbench.board.errata import Erratum
from sarbench.board.identity import Identity
from sarbench.board.moments import moment
from sarbench.board.numbers import finite
from sarbench.board.ranking import Interval
from sarbench.runs.record import ModelInfo, Score, TaskRun, TaskScores
from sarbench.runs.store import Run
from sarbench.runs.wholeness import MAX_FAILED

Role = Literal["model", "other_prompt", "blind", "floor", "perturbed"]
"""`blind` is a model given a blank image, `perturbed` any other change of the images, `other_prompt` a model that was
asked in another way than the one it ranks by, or once more; only `model` is ranked."""


@dataclass(frozen=True, order=True)
class Variant:
    """What must be equal before two results may share a rank."""

    task: str
    major: str
    digest: str

    @classmethod
    def of(cls, task: TaskRun) -> "Variant":
        """The questions, targets and rules of a task of a run."""
        return cls(task.task, task.version.split(".")[0], task.data_digest)


@dataclass(frozen=True)
class Result:
    """What one run did on one task."""

    run: Run
    task: TaskRun
    scores: TaskScores | None
    withdrawn: Erratum | None = None
    """The correction that took it back after publication."""

    @property
    def variant(self) -> Variant:
        """The questions, targets and rules that it was scored on."""
        return Variant.of(self.task)

    @property
    def begun(self) -> tuple[datetime, str]:
        """When its run began, and the run's id: of several whole runs of a model, the smallest ranks."""
        manifest = self.run.manifest
        return moment(manifest.started) or datetime.max.replace(tzinfo=UTC), manifest.run_id

    @property
    def whole(self) -> bool:
        """Whether it has a headline, no flaw, and was not withdrawn: what may rank."""
        headline = self.headline
        return headline is not None and finite(headline.value) is not None and self.sound

    @property
    def sound(self) -> bool:
        """Whether it is neither withdrawn nor only part of a result."""
        return not self.unsound

    @property
    def unsound(self) -> str:
        """In a word why it takes no rank; empty where it is sound."""
        return "withdrawn" if self.withdrawn else "partial" if self.flaws else ""

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
        if task.done and self.failed / task.done > MAX_FAILED:
            flaws.append(f"{self.failed} of {task.done} samples failed")
        if wrong := split_flaw(task):
            flaws.append(wrong)
        return tuple(flaws)

    @property
    def failed(self) -> int:
        """How many samples the harness failed on: scoring may find more than the evaluation knew of."""
        return max(self.task.failed, self.outcomes.get("failed", 0))

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
    """One row: what runs of the same model and configuration did, each task once."""

    role: Role
    model: ModelInfo
    perturbation: str | None
    identity: Identity
    runs: tuple[Run, ...]
    results: tuple[Result, ...]
    asked_shown: str = ""
    """How it was asked, where that is not the plain way, or where another row of the model was asked differently."""
    further: frozenset[Variant] = frozenset()
    """Where it ranks not, since another row of the model that was begun earlier does."""

    @property
    def coords(self) -> str:
        """The coordinate convention of its boxes."""
        return self.identity.coords

    @property
    def holder(self) -> tuple[str, str]:
        """What holds one rank: a model under one revision, of which the unknown one is one."""
        return self.model.id, self.model.revision or ""

    @property
    def key(self) -> str:
        """What tells this row from every other one."""
        return "+".join(self._named(run) for run in self.runs)

    def _named(self, run: Run) -> str:
        """Name a run, with its tasks where the others of them stand in another row."""
        tasks = [result.task.task for result in self.results if result.run is run]
        whole = len(tasks) == len(run.manifest.tasks)
        return run.manifest.run_id if whole else f"{run.manifest.run_id}:{','.join(tasks)}"

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
