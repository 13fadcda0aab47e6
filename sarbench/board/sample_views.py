"""Samples as a task page shows them: one question, its target, and the answers of a few runs side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sarbench.board.answers_shown import Facts, facts, shorten
from sarbench.board.entries import Entry
from sarbench.board.inputs import DatasetNote
from sarbench.board.names import printable
from sarbench.board.overlay import MOST_DRAWN
from sarbench.board.sample_words import Told, told
from sarbench.board.samples import Answered, choose, sample_score, shown_entries
from sarbench.board.standings import Standings
from sarbench.errors import RunError
from sarbench.questions.retrieval import is_retrieval

SLACK = 0.5
"""Pixels that a box may reach outside the image before it is said to: the rule of `sarbench.answers`."""


@dataclass(frozen=True)
class AnswerView:
    """What one run answered."""

    entry: Entry
    outcome: str
    rule: str
    scores: tuple[Told, ...]
    prediction: str | None
    """None where texts are not shown; the ranks that retrieval says are words of our own."""
    parsed: Facts
    other_prompt: str | None
    """The prompt of this run, where it differs from the one shown with the sample."""
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class SampleView:
    """One question with its target and the answers to it."""

    id: str
    sha256: str
    image_id: str | None
    size: tuple[int, int] | None
    prompt: str | None
    target: Facts
    answers: tuple[AnswerView, ...]

    @property
    def boxes_matter(self) -> bool:
        """Whether an answer or the target holds boxes, so that each answer gets a picture of its own."""
        return bool(self.target.boxes) or any(answer.parsed.boxes for answer in self.answers)


@dataclass(frozen=True)
class SamplesView:
    """The samples of a task, and what to say about them."""

    samples: tuple[SampleView, ...]
    entries: tuple[Entry, ...]
    withheld: str
    """Why questions and answers are not shown; empty where they are."""
    missing: tuple[str, ...]
    """Runs whose samples cannot be read, with the reason."""


@dataclass(frozen=True)
class _May:
    """Which texts may be shown."""

    questions: bool
    """Prompts and targets."""
    answers: bool


def view_samples(held: Standings, *, wanted: int, note: DatasetNote | None) -> SamplesView:
    """Read the samples of the rows that a task page shows and choose some; a run without them is named, not fatal."""
    tables: dict[str, pa.Table] = {}
    missing: list[str] = []
    entries = shown_entries(held) if wanted > 0 else ()
    for entry in entries:
        run = held.cells[entry.key].result.run
        try:
            table = run.samples(held.variant.task)
        except RunError as error:
            missing.append(f"{entry.model.id} ({run.manifest.run_id}): {error.problem}")
            continue
        if table.column("id").null_count:
            missing.append(f"{entry.model.id} ({run.manifest.run_id}): some have no sample id")
        else:
            tables[entry.key] = table
    present = tuple(entry for entry in entries if entry.key in tables)
    withheld = _withheld(held, note)
    models = [entry for entry in present if entry.role in {"model", "other_prompt"}] or list(present)
    metric = held.metric.metric if held.metric else None
    chosen = choose([_answered(tables[entry.key], metric) for entry in models], wanted)
    lines = {entry.key: _lines(tables[entry.key], chosen) for entry in present}
    may = _May(questions=not withheld, answers=not withheld or is_retrieval(held.variant.task))
    samples = tuple(_sample(sample, present, lines, may=may) for sample in chosen)
    return SamplesView(samples, present, withheld, tuple(missing))


def _withheld(held: Standings, note: DatasetNote | None) -> str:
    if held.task.simulated or (note is not None and note.may_show_texts):
        return ""
    if note is None:
        return (
            f"Nothing is known here about the licence of {held.task.dataset}, so its questions and texts, and answers "
            "that may quote them, are not shown; they are in the run records."
        )
    return (
        f"The licence of {note.title} ({note.licence}) does not let this page show its questions and texts, or answers "
        "that may quote them; they are in the run records."
    )


def _answered(table: pa.Table, metric: str | None) -> list[Answered]:
    columns = [table.column(name).to_pylist() for name in ("id", "image_id", "outcome", "scores")]
    return [
        Answered(sample, image, outcome, sample_score(dict(scores or ()), metric))
        for sample, image, outcome, scores in zip(*columns, strict=True)
    ]


def _lines(table: pa.Table, chosen: Sequence[str]) -> dict[str, dict[str, Any]]:
    wanted = set(chosen)
    places = [place for place, sample in enumerate(table.column("id").to_pylist()) if sample in wanted]
    return {line["id"]: line for line in table.take(pa.array(places, pa.int64())).to_pylist()}


def _sample(
    sample: str, entries: Sequence[Entry], lines: Mapping[str, Mapping[str, Mapping[str, Any]]], *, may: _May
) -> SampleView:
    answered = [(entry, lines[entry.key][sample]) for entry in entries if sample in lines[entry.key]]
    first = answered[0][1]
    size = (first["width"], first["height"]) if first["width"] and first["height"] else None
    # A run whose harness failed on this sample may hold no target, so the first one that does is taken.
    targets = [facts(line["target"], texts=may.questions) for _, line in answered]
    target = next((held for held in targets if held.lines or held.withheld), Facts())
    return SampleView(
        id=printable(sample),
        sha256=first["sample_sha256"] or "",
        image_id=first["image_id"],
        size=size,
        prompt=shorten(first["prompt"] or "") if may.questions else None,
        target=target,
        answers=tuple(_answer(entry, line, first, size, may=may) for entry, line in answered),
    )


def _answer(
    entry: Entry, line: Mapping[str, Any], first: Mapping[str, Any], size: tuple[int, int] | None, *, may: _May
) -> AnswerView:
    parsed = facts(line["parsed"], texts=may.answers)
    other = may.questions and line["prompt"] != first["prompt"]
    return AnswerView(
        entry=entry,
        outcome=line["outcome"] or "",
        rule=line["rule"] or "",
        scores=told(line["scores"] or ()),
        prediction=shorten(line["prediction"] or "") if may.answers else None,
        parsed=parsed,
        other_prompt=shorten(line["prompt"] or "") if other else None,
        remarks=_remarks(entry, parsed, size),
    )


def _remarks(entry: Entry, parsed: Facts, size: tuple[int, int] | None) -> tuple[str, ...]:
    remarks = []
    if entry.role == "blind":
        remarks.append("It saw a blank image.")
    if entry.role == "perturbed":
        remarks.append(f"It saw the image after: {entry.perturbation}.")
    if len(parsed.boxes) > MOST_DRAWN:
        remarks.append(f"{MOST_DRAWN} of its {len(parsed.boxes)} boxes are drawn.")
    if size is not None:
        outside = sum(_reaches_outside(box.xyxy, size) for box in parsed.boxes)
        if outside:
            remarks.append(f"Boxes that reach outside the image: {outside} of {len(parsed.boxes)}.")
    return tuple(remarks)


def _reaches_outside(xyxy: tuple[float, float, float, float], size: tuple[int, int]) -> bool:
    horizontal, vertical = xyxy[::2], xyxy[1::2]
    before = min(horizontal) < -SLACK or min(vertical) < -SLACK
    return before or max(horizontal) > size[0] + SLACK or max(vertical) > size[1] + SLACK
