"""Run folders that can be scored again, and run folders that differ in one setting."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from sarbench.runs.samples import to_table
from sarbench.runs.store import load_manifest, save_manifest, save_samples
from tests.board.board_runs import COUNTING, REFERRING, RunPlan, TaskPlan, write_run
from tests.judge import run_folder

FIRST, SECOND = run_folder.TASK, "sarbench_sarlang_vqa2_reasoning"


def open_run(folder: Path, tasks: tuple[str, ...] = (FIRST,), *, rule: str = "by an older version") -> Path:
    """Write a run of open questions whose lines say that they were read by another rule than today's."""
    lines = [run_folder.line_of(number, text) | {"rule": rule} for number, text in enumerate(run_folder.ANSWERS)]
    run_folder.write_run(folder)
    for task in tasks:
        save_samples(folder, task, to_table(lines))
    manifest = load_manifest(folder)
    runs = tuple(manifest.tasks[0].model_copy(update={"task": task}) for task in tasks)
    save_manifest(folder, manifest.model_copy(update={"tasks": runs}))
    return folder


def asked(folder: Path, name: str, value: float, *, prompt: str = "sarbench", **changes: Any) -> Path:
    """Write a run of two tasks with given headlines, with changes of its plan, its manifest or its tasks.

    Args:
        folder: Where the run's folder is made.
        name: The run's id.
        value: The headline of counting; that of referring is half of it.
        prompt: The prompt of every task.
        changes: Fields of `RunPlan`; `manifest` and `task_run` hold fields of the records.
    """
    of_manifest, of_task = changes.pop("manifest", {}), changes.pop("task_run", {})
    tasks = changes.pop("tasks", [TaskPlan(COUNTING, value=value), TaskPlan(REFERRING, value=value / 2)])
    run = write_run(folder, replace(RunPlan(name, "org/radar-vl", tasks), **changes)).folder
    manifest = load_manifest(run)
    runs = tuple(task.model_copy(update={"prompt_id": prompt, **of_task}) for task in manifest.tasks)
    save_manifest(run, manifest.model_copy(update={"tasks": runs, **of_manifest}))
    return run
