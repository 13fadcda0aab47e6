"""Rows are told apart by what runs must have in common to be alike (`sarbench.runs.sameness`)."""

from pathlib import Path
from typing import Any

import pytest

from sarbench.board.identity import identity
from sarbench.runs.record import BackendInfo, Manifest, ModelInfo
from sarbench.runs.sameness import OF_RUN, OF_TASK, differing
from sarbench.runs.store import load_manifest
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan, write_run

ALIKE = {"seed", "perturbation", "task version", "data digest", "limit", "number of answers", "generation"}
"""What does not make another row: a column or a run of its own, or another task."""

CHANGES: dict[str, dict[str, Any]] = {
    "model": {"model": ModelInfo(id="org/other", revision="r")},
    "revision": {"model": ModelInfo(id="org/model", revision="other")},
    "backend": {"backend": BackendInfo(name="other")},
    "coordinate convention": {"coords": "norm7"},
    "history": {"history": "gold"},
    "seed": {"seeds": {"torch": 99}},
    "setting of --gen_kwargs": {"backend": BackendInfo(name="llava_hf", generation={"top_p": "0.5"})},
    "perturbation": {"perturbation": "blank"},
}
OF_TASKS: dict[str, dict[str, Any]] = {
    "task version": {"version": "9.0"},
    "prompt": {"prompt_id": "authors"},
    "version of prompts": {"prompt_version": "9.0"},
    "data digest": {"data_digest": "f" * 64},
    "limit": {"limit": 3},
    "number of answers": {"done": 3},
    "generation": {"generation": {"until": "x"}},
}


@pytest.fixture
def plain(tmp_path: Path) -> Manifest:
    run = write_run(tmp_path, RunPlan("run", "org/model", [TaskPlan(COUNTING)]))
    update = {"model": ModelInfo(id="org/model", revision="r"), "backend": BackendInfo(name="llava_hf")}
    return load_manifest(run.folder).model_copy(update=update)


@pytest.mark.parametrize("name", [setting.name for setting in OF_RUN])
def test_a_setting_of_a_run(name: str, plain: Manifest) -> None:
    other = plain.model_copy(update=CHANGES[name])
    assert name in {setting.name for setting, _, _ in differing(OF_RUN, other, plain)}
    assert (identity(other) == identity(plain)) is (name in ALIKE)


@pytest.mark.parametrize("name", [setting.name for setting in OF_TASK])
def test_a_setting_of_a_task(name: str, plain: Manifest) -> None:
    (task,) = plain.tasks
    changed = task.model_copy(update=OF_TASKS[name])
    assert [setting.name for setting, _, _ in differing(OF_TASK, changed, task)] == [name]
    other = plain.model_copy(update={"tasks": (changed,)})
    assert (identity(other) == identity(plain)) is (name in ALIKE)
