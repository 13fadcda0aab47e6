"""Run folders for the board's tests: made of records, without any model."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from sarbench.runs.record import SAMPLES, BackendInfo, Hardware, Manifest, ModelInfo, TaskRun
from sarbench.runs.store import Run, load_run, save_manifest, save_samples, save_scores
from tests.board.board_findings import with_planned
from tests.board.board_plans import CAPTION, COUNTING, IDENTIFICATION, JUDGE, PRESENCE, REFERRING, RunPlan, TaskPlan
from tests.board.board_samples import sample_lines, scene, speckle
from tests.board.board_scores import task_scores

__all__ = [
    "CAPTION", "COUNTING", "IDENTIFICATION", "JUDGE", "PRESENCE", "REFERRING", "RunPlan", "TaskPlan", "many_runs",
    "scene", "speckle", "write_run",
]  # fmt: skip


def write_run(folder: Path, plan: RunPlan) -> Run:
    """Write a run folder and read it back."""
    folder = folder / hashlib.sha256(plan.run_id.encode()).hexdigest()[:10]
    scores = []
    for task in plan.tasks:
        lines = sample_lines(plan, task)
        if task.write_samples:
            save_samples(folder, task.task, pa.Table.from_pylist(lines, schema=SAMPLES))
        if task.scored:
            scores.append(task_scores(task, lines))
    folder.mkdir(parents=True, exist_ok=True)
    save_manifest(folder, _manifest(plan))
    save_scores(folder, with_planned(plan, scores))
    return load_run(folder)


def _manifest(plan: RunPlan) -> Manifest:
    return Manifest(
        run_id=plan.run_id,
        kind=plan.kind,
        model=ModelInfo(
            id=plan.model,
            revision=plan.revision,
            parameters=plan.parameters,
            licence="apache-2.0" if plan.kind == "model" else None,
            open_weights=True if plan.kind == "model" else None,
            training_sets=("SARDet-100K train",) if plan.kind == "model" else (),
        ),
        backend=BackendInfo(name="llava_hf" if plan.kind == "model" else "floor", args={"pretrained": plan.model}),
        coords=plan.coords,
        perturbation=plan.perturbation,
        seeds={"torch": 0},
        packages={"sarbench": "0.1.0", "transformers": "4.57.0"},
        hardware=Hardware(cpu="Example CPU", cores=16, memory_gib=128.0, gpus=("Example GPU 80 GB",)),
        command=("sarbench", "eval", "--model", "llava_hf"),
        started="2026-05-01T10:00:00+00:00",
        ended="2026-05-01T12:30:00+00:00",
        tasks=tuple(_task_run(plan, task) for task in plan.tasks),
        notes=plan.notes,
        history=plan.history,
        **plan.extra,
    )


def _task_run(plan: RunPlan, task: TaskPlan) -> TaskRun:
    sarlang = "sarlang" in task.task
    return TaskRun(
        task=task.task,
        version=task.version,
        dataset="sarlang-1m" if sarlang else "sarchat-2m",
        config="caption-concise" if sarlang else "rebuilt-" + task.task.rsplit("_", 1)[-1],
        split="test",
        data_digest=task.digest,
        simulated=task.simulated,
        prompt_id=plan.prompt,
        prompt_version="1",
        samples=task.samples if task.limit is None else task.samples * 10,
        done=task.samples,
        failed=task.failed,
        limit=task.limit,
        started="2026-05-01T10:00:00+00:00",
        ended="2026-05-01T11:00:00+00:00",
        seconds=0.42 * task.samples,
        generated_tokens=12 * task.samples,
    )


def many_runs(folder: Path) -> list[Run]:
    """A board with everything on it: models, blind runs, floors, odd names, other data, partial and incomplete runs."""

    def plans(skill: float, **odd: Any) -> list[TaskPlan]:
        return [
            TaskPlan(COUNTING, skill, **odd),
            TaskPlan(REFERRING, skill - 0.1, **odd),
            TaskPlan(CAPTION, skill, **odd),
        ]

    robust = {"speckle": (0.95, 0.8, 0.6, 0.35), "gsd": (0.97, None, 0.5), "<i>x</i>": (1.02,)}
    over = {"sarbench": 1.0, "sarbench-2": 0.93, "sarbench-3": 1.04, "sarbench-4": 0.88}
    best = [replace(plan, curves=robust, wordings=over) for plan in plans(0.85)]
    small = {"revision": "fedcba9876543210", "parameters": 2_210_000_000}
    runs = [
        RunPlan("radar-vl-7b", "example-org/radar-vl-7b", best),
        RunPlan("radar-vl-7b-blind", "example-org/radar-vl-7b", plans(0.3), perturbation="blank"),
        RunPlan("generalist-8b", "another-lab/generalist-8b-instruct", plans(0.78)),
        RunPlan("generalist-8b-blind", "another-lab/generalist-8b-instruct", plans(0.33), perturbation="blank"),
        RunPlan("small-2b", "another-lab/small-2b", plans(0.45), coords="norm1000", **small),
        RunPlan(
            "small-2b-blind", "another-lab/small-2b", plans(0.42), coords="norm1000", perturbation="blank", **small
        ),
        RunPlan("radar-vl-7b-sarbench-3", "example-org/radar-vl-7b", plans(0.88), prompt="sarbench-3"),
        RunPlan("radar-vl-7b-told", "example-org/radar-vl-7b", plans(0.9), history="gold"),
        RunPlan("incomplete-3b", "example-org/incomplete-3b", [TaskPlan(COUNTING, 0.6)]),
        RunPlan("quick-look", "example-org/quick-look", plans(0.7, samples=20, limit=20), parameters=None),
        RunPlan("failing", "example-org/failing-13b", plans(0.5, failed=5)),
        RunPlan("odd & <script>alert('x')</script>", '<script>alert(1)</script>/"quoted" 模型‮ü', plans(0.35)),
        RunPlan("other-data", "example-org/other-data", plans(0.9, digest="e" * 64)),
        RunPlan("speckled", "example-org/radar-vl-7b", plans(0.6), perturbation="speckle:4"),
        RunPlan(
            "floor-majority",
            "floor/majority",
            plans(0.25),
            kind="floor",
            revision=None,
            parameters=None,
            notes=("The floor took its answers from the test split, since nothing else is built.",),
        ),
        RunPlan("floor-random", "floor/random", plans(0.12), kind="floor", revision=None, parameters=None),
    ]
    open_ended = TaskPlan(PRESENCE, 0.6, undecided=0.2)
    runs += [
        RunPlan("wordy-judged", "example-org/wordy", [replace(open_ended, judged=0.71)]),
        RunPlan("wordy-blind", "example-org/wordy", [open_ended], perturbation="blank"),
        RunPlan("terse", "example-org/terse", [replace(open_ended, undecided=0.37)]),
    ]
    return [write_run(folder, plan) for plan in runs]
