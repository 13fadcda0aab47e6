"""The answers of a run that a judge may be asked about, and what the rules say of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError
from sarbench.judge.prompt import Question
from sarbench.questions.kinds import KINDS
from sarbench.runs.batches import BATCH, batched
from sarbench.runs.checked import checked_lines
from sarbench.runs.judged import FACTS
from sarbench.runs.record import TaskRun
from sarbench.runs.samples import rescore_all
from sarbench.runs.store import load_manifest, read_lines, samples_path
from sarbench.runs.verdicts import Protocol, text_sha256
from sarbench.task_data import task_data, task_rows

QuestionsFrom = Literal["rows", "prompts"]


@dataclass(frozen=True)
class Answered:
    """One answer that is scored."""

    id: str
    image_id: str
    sample_sha256: str
    prediction_sha256: str
    question: Question
    rule: bool | None
    """What the rules say; None where they leave it to a judge."""


@dataclass(frozen=True)
class TaskAnswers:
    """The answers to one task."""

    spec: TaskSpec
    questions: QuestionsFrom
    answers: tuple[Answered, ...]

    @property
    def undecided(self) -> tuple[Answered, ...]:
        """Those that a judge decides."""
        return tuple(answer for answer in self.answers if answer.rule is None)


def may_be_judged(spec: TaskSpec, protocol: Protocol) -> bool:
    """Whether the rules of a protocol ever leave an answer to this task undecided."""
    metrics = KINDS[spec.family].metrics
    return any(
        metric.name == "undecided"
        and metric.protocol == protocol
        and (not metric.datasets or spec.dataset in metric.datasets)
        for metric in metrics
    )


def read_answers(folder: Path, spec: TaskSpec, run: TaskRun, protocol: Protocol) -> TaskAnswers:
    """Read the answers to a task and score them by this version's rules; harness failures are left out.

    The question is the one of the built row, in the authors' words. Where the data that the run was asked is not built
    here it is the prompt as it was sent.

    Raises:
        RunError: The samples cannot be read, or are not what the manifest says.
    """
    asked = _questions(spec, run)
    path = samples_path(folder, spec.name)
    lines = checked_lines(read_lines(folder, spec.name), run, path, manifest=load_manifest(folder))
    answers = tuple(
        answer
        for batch in batched(lines, BATCH)
        for line in rescore_all(batch, spec)
        for answer in _answered(line, asked, protocol)
    )
    return TaskAnswers(spec, "prompts" if asked is None else "rows", answers)


def _answered(line: dict[str, Any], asked: dict[str, str] | None, protocol: Protocol) -> Iterator[Answered]:
    right, undecided = (line["scores"].get(fact) for fact in FACTS[protocol])
    if line["outcome"] == "failed" or right is None or undecided is None:
        return
    target = msgspec.json.decode(line["target"])
    first, others = target["text"], target.get("or", ())
    text = line["prompt"] if asked is None else asked[line["id"]]
    prediction = line["prediction"] or ""
    yield Answered(
        id=line["id"],
        image_id=line["image_id"] or line["id"],
        sample_sha256=line["sample_sha256"],
        prediction_sha256=text_sha256(prediction),
        # The paper's rule holds an answer against the one that its file has.
        question=Question(text, (first,) if protocol == "paper" else (first, *others), prediction),
        rule=None if undecided else bool(right),
    )


def _questions(spec: TaskSpec, run: TaskRun) -> dict[str, str] | None:
    """Return id → question of the data that the run was asked; None where it is not built here."""
    try:
        data = task_data(spec)
    except InputError:
        return None
    if data.digest != run.data_digest:
        return None
    return {row["id"]: row["question"] or "" for row in task_rows(data.spec, columns=("id", "question"))}
