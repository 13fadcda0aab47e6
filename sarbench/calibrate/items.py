"""Answers to training or validation items with their true boxes: what a convention may be estimated from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sarbench import paths
from sarbench.calibrate.reading import Item
from sarbench.catalogue import Catalogue, TaskSpec, read_catalogue
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub.lookup import rows
from sarbench.questions.score import BOX_KINDS
from sarbench.runs.checked import checked_lines
from sarbench.runs.predictions import from_file, joined
from sarbench.runs.record import Manifest, TaskRun
from sarbench.runs.store import load_manifest, read_lines, samples_path
from sarbench.schema import LITE_SUFFIX

SPLITS = ("train", "validation")
"""The splits whose truth a convention may be chosen by."""

_COLUMNS = ("id", "sample_sha256", "task", "image_id", "width", "height", "boxes")


@dataclass(frozen=True)
class Source:
    """Items, and where they come from."""

    items: tuple[Item, ...]
    model: str | None
    tasks: tuple[str, ...]
    split: str
    asked_in: str | None
    """The convention that the prompts asked for, where it is known."""


def items_of_run(folder: Path, *, tasks: Sequence[str] | None = None) -> Source:
    """Take the answers to questions for boxes from a run that was recorded on training or validation items.

    Args:
        folder: The run.
        tasks: Names, groups or wildcards; None: every task of the run that asks for boxes.

    Raises:
        InputError: A task was asked on a test split, its images were perturbed, or none asks for boxes.
        RunError: The samples are not those of the manifest.
    """
    manifest, catalogue = load_manifest(folder), read_catalogue()
    wanted = {spec.name for spec in catalogue.select(tasks)} if tasks else None
    chosen = [
        run for run in manifest.tasks if (wanted is None or run.task in wanted) and _asks_for_boxes(catalogue, run.task)
    ]
    if not chosen:
        fix = f"Evaluate a task of {' or '.join(BOX_KINDS)} on the items of train or validation"
        raise InputError(where=folder, problem="holds no task that asks for boxes", fix=fix)
    for run in chosen:
        refuse_test(run.split, where=f"{folder}, {run.task}")
    splits = sorted({run.split for run in chosen})
    if manifest.perturbation:
        problem = f"was asked on perturbed images ({manifest.perturbation})"
        raise InputError(where=folder, problem=problem, fix="Calibrate on a run without --perturb")
    items = tuple(item for run in chosen for item in _of_lines(folder, run, manifest))
    names = tuple(run.task for run in chosen)
    return Source(items, manifest.model.id, names, "+".join(splits), manifest.coords)


def items_of_file(path: Path, tasks: Sequence[str], *, split: str) -> Source:
    """Hold a file of answers against the built rows of a training or validation split.

    Args:
        path: JSON lines of `{"id", "prediction"}`, or Parquet with these columns; rows without an answer are left out.
        tasks: Names, groups or wildcards: the tasks whose configs were asked.
        split: `train` or `validation`.

    Raises:
        InputError: The split is a test split or not built, or the file answers no question for boxes of it.
        UnknownNameError: A task asks for no boxes.
    """
    refuse_test(split, where=f"split {split!r}")
    specs = read_catalogue().select(tasks)
    for spec in specs:
        if spec.family not in BOX_KINDS:
            raise no_boxes(spec.name)
    answered = joined(((row["id"], row["sample_sha256"], row) for row in _rows(specs, split)), from_file(path))
    items = tuple(_item(row, row["boxes"], text) for row, text in answered if text is not None and row["width"])
    return Source(items, None, tuple(spec.name for spec in specs), split, None)


def refuse_test(split: str, *, where: str) -> None:
    """Stop where a convention would be chosen against the truth that runs are ranked by.

    Raises:
        InputError: The split is none of `SPLITS`.
    """
    if split not in SPLITS:
        raise InputError(
            where=where,
            problem=f"is {split!r}: a convention is never chosen on the items that runs are ranked by",
            fix=f"Calibrate on {' or '.join(SPLITS)}",
        )


def no_boxes(name: str) -> UnknownNameError:
    """Return the error to raise where a task that is named asks for no boxes."""
    return UnknownNameError(where=name, problem="asks for no boxes", fix=f"Name tasks of {' or '.join(BOX_KINDS)}")


def _asks_for_boxes(catalogue: Catalogue, task: str) -> bool:
    spec = catalogue.tasks.get(task)
    return spec is not None and spec.family in BOX_KINDS


def _of_lines(folder: Path, run: TaskRun, manifest: Manifest) -> Iterator[Item]:
    lines = checked_lines(read_lines(folder, run.task), run, samples_path(folder, run.task), manifest=manifest)
    for line in lines:
        if line["outcome"] != "failed" and line["width"]:
            yield _item(line, msgspec.json.decode(line["target"])["boxes"], line["prediction"] or "")


def _rows(specs: Sequence[TaskSpec], split: str) -> Iterator[dict[str, Any]]:
    places = dict.fromkeys((spec.dataset, spec.config.removesuffix(LITE_SUFFIX)) for spec in specs)
    for dataset, config in places:
        folder = paths.built(dataset)
        if not folder.is_dir():
            fix = f"Build it with `sarbench build {dataset} --data-dir DIR --configs {config}`"
            raise InputError(where=folder, problem="is not built", fix=fix)
        for row in rows(folder, config, split, columns=_COLUMNS):
            if row["task"] in BOX_KINDS:
                yield row


def _item(line: dict[str, Any], boxes: Sequence[dict[str, Any]], prediction: str) -> Item:
    true = tuple((float(x1), float(y1), float(x2), float(y2)) for x1, y1, x2, y2 in (box["xyxy"] for box in boxes))
    return Item(line["image_id"] or line["id"], (line["width"], line["height"]), prediction, true)
