"""Runs on simulated data, changed into what may be published: what is refused is tested by itself."""

import shutil
from pathlib import Path
from typing import Any

from sarbench.build import data_digest
from sarbench.runs.record import BackendInfo, ModelInfo
from sarbench.runs.store import load_manifest, load_samples, save_manifest, save_samples


def change(run: Path, **values: Any) -> None:
    """Change every task of a manifest."""
    manifest = load_manifest(run)
    tasks = tuple(task.model_copy(update=values) for task in manifest.tasks)
    save_manifest(run, manifest.model_copy(update={"tasks": tasks}))


def sound(run: Path) -> Path:
    """Let a run that was made by hand be on the authors' data, with the digest of the samples that it holds."""
    manifest = load_manifest(run)
    tasks = []
    for task in manifest.tasks:
        table = load_samples(run, task.task)
        digest = data_digest(table.column("sample_sha256").to_pylist())
        save_samples(run, task.task, table, data_digest=digest)
        tasks.append(task.model_copy(update={"simulated": False, "data_digest": digest}))
    save_manifest(run, manifest.model_copy(update={"tasks": tuple(tasks)}))
    return run


def publishable(floor: Path, to: Path) -> Path:
    """Copy a floor's run as if a model had given its answers, on the authors' data."""
    shutil.copytree(floor, to)
    manifest = load_manifest(to)
    backend = BackendInfo(name="llava_hf", args={"pretrained": "org/model"})
    changes = {"kind": "model", "model": ModelInfo(id="org/model"), "backend": backend}
    save_manifest(to, manifest.model_copy(update=changes))
    change(to, simulated=False)
    return to
