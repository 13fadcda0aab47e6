"""Floors: answers that need no image and no model, as runs like any other.

`majority` always gives the most frequent answer of the training split, `prior` draws one of its answers (for the class
that the question names, where it names one), `random` draws without looking at how often anything occurs. Every draw
is seeded by the run's seed and the sample's id, so a floor is the same bit by bit on every machine and in any order.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from sarbench.baselines.answerers import answerer
from sarbench.baselines.known import Answerer, Floor, Known, Row, asked_class
from sarbench.catalogue import TaskSpec
from sarbench.errors import RunError
from sarbench.files import locked
from sarbench.prompts import render
from sarbench.questions.family import Family
from sarbench.questions.score import target_of
from sarbench.runs.environment import hardware, now, package_versions
from sarbench.runs.record import BackendInfo, Manifest, ModelInfo, TaskRun
from sarbench.runs.samples import sample, to_table
from sarbench.runs.scoring import score_run
from sarbench.runs.store import WRITTEN, load_manifest, samples_path, save_manifest, save_samples
from sarbench.task_data import task_data, task_rows, training_place

Progress = Callable[[TaskSpec, int, int], None]

_UNFINISHED = ".floor.tmp"
"""Folder in a run's folder for answers until those to all tasks are there."""


def floor_run(
    floor: Floor,
    tasks: Sequence[TaskSpec],
    out: Path,
    *,
    seed: int = 0,
    command: tuple[str, ...] = (),
    progress: Progress = lambda spec, done, total: None,
) -> Manifest:
    """Answer every task with one floor and write the run record to `out`, scores included.

    Nothing that was in the folder changes before all answers are there. A process that dies while they are put in
    place leaves no manifest, and so no run; the next call makes it whole.

    Raises:
        InputError: The data of a task is not built, or another process writes to `out`.
        RunError: `out` holds the run of a model, of another floor or seed, or answers to tasks that are not asked for
            now.
    """
    out.mkdir(parents=True, exist_ok=True)
    with locked(out, problem=WRITTEN):
        _check_out(out, floor, tasks, seed)
        unfinished = out / _UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        started = now()
        answered = [_answer_task(floor, spec, unfinished, seed, progress) for spec in tasks]
        manifest = Manifest(
            run_id=out.resolve().name,
            kind="floor",
            model=ModelInfo(id=_model_id(floor), open_weights=True),
            backend=BackendInfo(name="floor", args={"floor": floor}),
            coords="pixel",
            seeds={"floor": seed},
            packages=package_versions(("numpy",)),
            hardware=hardware(),
            command=command,
            started=started,
            ended=now(),
            tasks=tuple(run for run, _ in answered),
            notes=tuple(note for _, note in answered if note),
        )
        _put_in_place(unfinished, out, manifest)
    score_run(out)
    return manifest


def _put_in_place(unfinished: Path, out: Path, manifest: Manifest) -> None:
    """Move the answers to where they belong; there is no manifest while some are old and some are new."""
    (out / "manifest.json").unlink(missing_ok=True)
    for run in manifest.tasks:
        path = samples_path(out, run.task)
        path.parent.mkdir(exist_ok=True)
        samples_path(unfinished, run.task).replace(path)
    save_manifest(out, manifest)
    shutil.rmtree(unfinished, ignore_errors=True)


def _model_id(floor: Floor) -> str:
    return f"floor/{floor}"


def _check_out(out: Path, floor: Floor, tasks: Sequence[TaskSpec], seed: int) -> None:
    """Refuse to write over what would be lost."""
    if not (out / "manifest.json").is_file():
        return
    earlier = load_manifest(out)
    if earlier.kind != "floor":
        raise RunError(where=out, problem="holds the run of a model", fix="Give another --out")
    if earlier.model.id != _model_id(floor):
        problem = f"holds {earlier.model.id}, not {_model_id(floor)}"
        raise RunError(where=out, problem=problem, fix="Give another --out")
    if earlier.seeds != {"floor": seed}:
        problem = f"holds this floor with seed {earlier.seeds.get('floor', 'unknown')}, not {seed}"
        raise RunError(where=out, problem=problem, fix="Give another --out, or the same --seed")
    asked = {spec.name for spec in tasks}
    if lost := [run.task for run in earlier.tasks if run.task not in asked]:
        problem = f"holds answers to {', '.join(lost)} too, which this run would drop"
        raise RunError(where=out, problem=problem, fix="Name all tasks in one call, or give another --out")


def _answer_task(floor: Floor, spec: TaskSpec, out: Path, seed: int, progress: Progress) -> tuple[TaskRun, str | None]:
    began = datetime.now(UTC)
    data = task_data(spec)
    known_from = training_place(data)
    # The authors' training rows lack the subtask that tells their kind, so they are read as the task's.
    known = [_known(row, spec.family) for row in task_rows(spec, place=known_from)]
    answer = _answerer(floor, spec.family, known)
    lines = []
    for done, row in enumerate(task_rows(data.spec), start=1):
        text = answer(row, _generator(seed, floor, row["id"]))
        prompt = render(row)
        lines.append(sample(row, spec.family, prompt, text, coords="pixel", perturbation=None))
        progress(spec, done, data.rows)
    save_samples(out, spec.name, to_table(lines), data_digest=data.digest)
    # Train, then validation; the asked split itself only where neither has such questions, and then the run says so.
    note = None
    if known_from == (data.spec.config, data.spec.split):
        split = data.spec.split
        note = f"{spec.name}: no split but {split} is built with such questions, so the floor took its answers from it"
    return data.run(prompt="sarbench", done=len(lines), failed=0, started=began), note


def _known(row: Row, kind: Family) -> Known:
    return Known(row, target_of(row, kind), asked_class(row["question"]))


def _answerer(floor: Floor, kind: Family, known: Sequence[Known]) -> Answerer:
    """Answer in the closed words of a kind, or in the words of the training items where most of them have others.

    SARLANG-1M asks "What type of area is shown?" as well as "Which class …?", and the answer is no class of any list.
    """
    if kind != "classification":
        return answerer(floor, kind, known)
    closed = [item for item in known if "labels" in item.target]
    return answerer(floor, kind, closed) if 2 * len(closed) >= len(known) else answerer(floor, "vqa", known)


def _generator(seed: int, floor: Floor, sample_id: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}/{floor}/{sample_id}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))
