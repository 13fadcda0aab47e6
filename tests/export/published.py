"""Runs on simulated data, changed into what may be published: what is refused is tested by itself."""

import shutil
from pathlib import Path
from typing import Any

from sarbench.runs.record import ModelInfo
from sarbench.runs.store import load_manifest, save_manifest


def change(run: Path, **values: Any) -> None:
    """Change every task of a manifest."""
    manifest = load_manifest(run)
    tasks = tuple(task.model_copy(update=values) for task in manifest.tasks)
    save_manifest(run, manifest.model_copy(update={"tasks": tasks}))


def publishable(floor: Path, to: Path) -> Path:
    """Copy a floor's run as if a model had given its answers, on the authors' data."""
    shutil.copytree(floor, to)
    manifest = load_manifest(to)
    save_manifest(to, manifest.model_copy(update={"kind": "model", "model": ModelInfo(id="org/model")}))
    change(to, simulated=False)
    return to
