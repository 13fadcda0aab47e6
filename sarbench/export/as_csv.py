"""Every number of a run as one CSV line, in full precision, with what it takes to know what the number is of."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from sarbench.errors import InputError
from sarbench.runs.record import Manifest, Score, TaskRun, TaskScores
from sarbench.runs.spreadsheet import plain
from sarbench.runs.store import Run

_OF_SCORE = ("metric", "protocol", "slice", "value", "low", "high", "level", "n", "clusters", "unit", "method")
COLUMNS = (
    *("run_id", "model", "revision", "task", "task_version", "dataset", "config", "split", "data_digest", "simulated"),
    *("prompt_id", "prompt_version", "coords", "history", "perturbation", "samples", "answered", "failed"),
    *_OF_SCORE,
    *("higher_is_better", "headline", "note"),
)


def to_csv(run: Run) -> str:
    """Return all scores of a run, every protocol and slice, as CSV (RFC 4180, but with line feeds); empty for None.

    A text that a spreadsheet would run as a formula gets a leading apostrophe.

    Raises:
        InputError: The scores hold a task that the manifest does not.
    """
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    runs = {task.task: task for task in run.manifest.tasks}
    for task in run.scores.tasks:
        if task.task not in runs:
            problem = f"holds scores of {task.task}, which its manifest does not name"
            raise InputError(where=run.folder, problem=problem, fix="Run `sarbench score` on the folder")
        writer.writerows(_lines(run.manifest, runs[task.task], task))
    return text.getvalue()


def _lines(manifest: Manifest, asked: TaskRun, task: TaskScores) -> Iterator[dict[str, Any]]:
    shared = {
        "run_id": manifest.run_id,
        "model": manifest.model.id,
        "revision": manifest.model.revision,
        "task": task.task,
        "task_version": asked.version,
        "dataset": asked.dataset,
        "config": asked.config,
        "split": asked.split,
        "data_digest": asked.data_digest,
        "simulated": asked.simulated,
        "prompt_id": asked.prompt_id,
        "prompt_version": asked.prompt_version,
        "coords": manifest.coords,
        "history": manifest.history,
        "perturbation": manifest.perturbation,
        "samples": asked.samples,
        "answered": asked.done,
        "failed": asked.failed,
    }
    for score in task.scores:
        line = {**shared, **_of_score(score)}
        yield {name: plain(held) if isinstance(held, str) else held for name, held in line.items()}


def _of_score(score: Score) -> dict[str, Any]:
    kept = {name: getattr(score, name) for name in _OF_SCORE}
    return kept | {"higher_is_better": score.higher_is_better, "headline": score.headline, "note": score.note}
