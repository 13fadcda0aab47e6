"""A run that may be submitted."""

import shutil
from pathlib import Path

import pytest

from sarbench.runs.store import load_manifest, load_run, save_manifest, save_scores
from tests.export.published import change

TASKS = ("sarbench_sarchat_rebuilt_counting", "sarbench_sarchat_rebuilt_referring")


@pytest.fixture
def run(rebuilt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A floor's run on two tasks as if its data were the authors'; that simulated data are refused is tested alone."""
    monkeypatch.setenv("SARBENCH_HOME", str(rebuilt / "home"))
    run = tmp_path / "run"
    shutil.copytree(rebuilt / "prior", run)
    manifest, scores = load_manifest(run), load_run(run).scores
    asked = tuple(task for task in manifest.tasks if task.task in TASKS)
    scored = tuple(task for task in scores.tasks if task.task in TASKS)
    save_manifest(run, manifest.model_copy(update={"tasks": asked}))
    save_scores(run, scores.model_copy(update={"tasks": scored}))
    change(run, simulated=False)
    return run
