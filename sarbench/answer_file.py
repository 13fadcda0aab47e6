"""Scoring a file of answers against the built data of tasks: any harness's answers, no run, no lmms-eval."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from sarbench.catalogue import TaskSpec
from sarbench.coords import parse_convention
from sarbench.questions.memo import Scorer
from sarbench.runs.batches import BATCH, batched
from sarbench.runs.predictions import from_file, joined
from sarbench.runs.record import TaskScores
from sarbench.runs.samples import storable
from sarbench.runs.score import COLUMNS
from sarbench.runs.tally import ALWAYS, Tally, add_answers, protocols_named
from sarbench.task_data import task_data, task_rows


def score_file(
    path: Path, tasks: Sequence[TaskSpec], *, coords: str = "pixel", protocols: Collection[str] = ALWAYS
) -> list[TaskScores]:
    """Score the answers of a file.

    Args:
        path: JSON lines of `{"id", "prediction"}`, or Parquet with these columns; a line may have `sample_sha256` too,
            which must then be that of the built sample.
        tasks: The tasks that it answers; each sample of their built splits without an answer counts as missing.
        coords: The coordinate convention of boxes in the answers.
        protocols: Those that are wanted, of `sarbench.runs.tally.PROTOCOLS`.

    Raises:
        InputError: The data of a task is not built, a line is no answer, an id comes twice or belongs to no sample.
        UnknownNameError: The convention or a protocol does not exist.
    """
    parse_convention(coords)
    wanted = protocols_named(protocols)
    tallies = [Tally(spec.name, spec.family) for spec in tasks]
    scorers = [Scorer(spec.family, coords) for spec in tasks]
    missing = [0] * len(tasks)
    for batch in batched(joined(_references(tasks), from_file(path)), BATCH):
        answered: dict[int, list[tuple[dict[str, Any], str]]] = {}
        for (number, row), text in batch:
            if text is None:
                missing[number] += 1
            else:
                answered.setdefault(number, []).append((row, storable(text)))
        for number, answers in answered.items():
            add_answers(tallies[number], scorers[number], answers)
    return [tally.scores(protocols=wanted, missing=left) for tally, left in zip(tallies, missing, strict=True)]


def _references(tasks: Sequence[TaskSpec]) -> Iterator[tuple[str, str, tuple[int, dict[str, Any]]]]:
    for number, spec in enumerate(tasks):
        for row in task_rows(task_data(spec).spec, columns=COLUMNS):
            yield row["id"], row["sample_sha256"], (number, row)
