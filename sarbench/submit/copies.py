"""Answers that stand on the board already, under another name of the run."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sarbench.errors import SarbenchError
from sarbench.runs.finding import find_runs
from sarbench.runs.record import Manifest, TaskRun
from sarbench.runs.store import load_manifest, read_lines


def copy_faults(run: Path, manifest: Manifest, results: Path) -> Iterator[str]:
    """Yield which tasks have the same answers of the same model, asked in the same way, in a run among the results.

    Twice the same answers are one measurement: they would be counted as two. A run on other images, of another wording,
    convention or history is another measurement, whatever it answers.
    """
    others = [(folder, other) for folder, other in _runs(results) if _asked_alike(manifest, other)]
    for task in manifest.tasks:
        alike = [folder for folder, other in others if any(_same_task(task, theirs) for theirs in other.tasks)]
        own = answers_digest(run, task.task) if alike else ""
        for folder in alike:
            try:
                same = answers_digest(folder, task.task) == own
            except SarbenchError:  # a broken neighbour says nothing of this run
                continue
            if same:
                yield f"{task.task}: {folder} holds the same answers of this model already"
                break


def answers_digest(folder: Path, task: str) -> str:
    """Return the SHA-256 over id and text of every answer, in file order."""
    digest = hashlib.sha256()
    for line in read_lines(folder, task):
        for text in (line["id"], line["prediction"] or ""):
            digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()


def _runs(results: Path) -> Iterator[tuple[Path, Manifest]]:
    for folder in find_runs(results):
        try:
            yield folder, load_manifest(folder)
        except SarbenchError:
            continue


def _asked_alike(ours: Manifest, theirs: Manifest) -> bool:
    names = ("coords", "perturbation", "history")
    return ours.model.id == theirs.model.id and all(getattr(ours, name) == getattr(theirs, name) for name in names)


def _same_task(ours: TaskRun, theirs: TaskRun) -> bool:
    return (ours.task, ours.prompt_id, ours.data_digest) == (theirs.task, theirs.prompt_id, theirs.data_digest)
