"""Scoring a whole run, during it or again years later: same samples, same numbers."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast, get_args

from sarbench._version import __version__
from sarbench.catalogue import Catalogue, read_catalogue
from sarbench.errors import InputError, UnknownNameError
from sarbench.prompts import Family, family, render
from sarbench.runs.aggregate import score_task
from sarbench.runs.record import Manifest, Scores
from sarbench.runs.samples import from_table, rescore, sample, to_table
from sarbench.runs.store import load_manifest, load_samples, save_samples, save_scores
from sarbench.runs.subset import CLEAN, clean_rows
from sarbench.schema import TASKS

NONE_CLEAN: Mapping[str, frozenset[str]] = MappingProxyType({})


def score_run(folder: Path) -> Scores:
    """Sum up the recorded sample scores of a run and write `scores.json`."""
    manifest, catalogue = load_manifest(folder), read_catalogue()
    return _save(
        folder, manifest, catalogue, {run.task: from_table(load_samples(folder, run.task)) for run in manifest.tasks}
    )


def rescore_run(folder: Path, *, clean: Path | None = None) -> Scores:
    """Read every recorded answer again with this version of sarbench, then score the run.

    Args:
        folder: The run.
        clean: The `REPORT-clean` folder of a leakage report: its rows are scored by themselves too, as slice `clean`.

    Raises:
        InputError: The run or the folder cannot be used.
    """
    manifest, catalogue = load_manifest(folder), read_catalogue()
    slices = _clean_slices(clean, manifest, catalogue)
    lines: dict[str, list[dict[str, Any]]] = {}
    for spec in catalogue.select(run.task for run in manifest.tasks):
        recorded = from_table(load_samples(folder, spec.name))
        lines[spec.name] = [_again(line, spec.family) for line in recorded]
        save_samples(folder, spec.name, to_table(lines[spec.name]))
    return _save(folder, manifest, catalogue, lines, slices=slices)


def score(
    *, task: str, predictions: Sequence[str], references: Iterable[Mapping[str, Any]], coords: str = "pixel"
) -> dict[str, dict[str, float | None]]:
    """Score answers against rows of the schema.

    Args:
        task: A kind of question (`counting`, `referring`, …) or the name of a task.
        predictions: One text per reference, in the same order.
        references: Rows of the schema, e.g. a loaded dataset.
        coords: The coordinate convention of boxes in the predictions.

    Returns:
        `{protocol: {metric: value}}`; None where nothing could be scored.

    Raises:
        UnknownNameError: The task does not exist.
        InputError: There are more or fewer predictions than references.
    """
    kind = _family(task)
    rows = list(references)
    if len(rows) != len(predictions):
        problem = f"there are {len(predictions)} predictions for {len(rows)} references"
        raise InputError(where="sarbench.score", problem=problem, fix="Give one prediction for every reference")
    lines = []
    for row, text in zip(rows, cast("Sequence[object]", predictions), strict=True):
        if not isinstance(text, str):
            problem = f"its prediction is {type(text).__name__}, not text"
            raise InputError(where=row["id"], problem=problem, fix="Give a str for every reference, empty for none")
        if family(row) != kind:
            problem = f"asks for {family(row)}, not for {kind}"
            raise InputError(where=row["id"], problem=problem, fix=f"Score it with task={family(row)!r}")
        lines.append(sample(row, kind, render(row), text, coords=coords, perturbation=None))
    by_protocol: dict[str, dict[str, float | None]] = {}
    for number in score_task(task, kind, lines).scores:
        by_protocol.setdefault(number.protocol, {})[number.metric] = number.value
    return by_protocol


def _family(task: str) -> Family:
    kinds: tuple[Family, ...] = get_args(Family)
    for kind in kinds:
        if task == kind:
            return kind
    if task in TASKS:
        fix = f"Score one of these kinds of question: {', '.join(kinds)}"
        raise UnknownNameError(where=f"task {task!r}", problem="is in the schema, but is not scored yet", fix=fix)
    families = {spec.family for spec in read_catalogue().select([task])}
    if len(families) != 1:
        fix = f"Name one task, or a kind of question: {', '.join(kinds)}"
        raise UnknownNameError(where=f"task {task!r}", problem="names several kinds of question", fix=fix)
    return families.pop()


def _clean_slices(clean: Path | None, manifest: Manifest, catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Return task → its clean rows, for the tasks whose split the report looked at."""
    if clean is None:
        return {}
    specs = {spec.name: spec for spec in catalogue.select(run.task for run in manifest.tasks)}
    found = {run.task: clean_rows(clean, specs[run.task], run) for run in manifest.tasks}
    slices = {task: rows for task, rows in found.items() if rows is not None}
    if not slices:
        fix = "Run `sarbench leakage` on the built folders of the tasks, and give the REPORT-clean folder it wrote"
        raise InputError(where=clean, problem=f"has no list for any of {', '.join(found)}", fix=fix)
    return slices


def _again(line: dict[str, Any], family: Any) -> dict[str, Any]:
    """Score a line again; a line whose scorer broke has no target and stays as it is."""
    return line if line["target"] == "null" else rescore(line, family)


def _save(
    folder: Path,
    manifest: Manifest,
    catalogue: Catalogue,
    lines: Mapping[str, list[dict[str, Any]]],
    *,
    slices: Mapping[str, frozenset[str]] = NONE_CLEAN,
) -> Scores:
    specs = {spec.name: spec for spec in catalogue.select(run.task for run in manifest.tasks)}
    tasks = []
    for run in manifest.tasks:
        spec = specs[run.task]
        part = {CLEAN: slices[run.task]} if run.task in slices else {}
        tasks.append(score_task(spec.name, spec.family, lines[spec.name], slices=part))
    scores = Scores(sarbench_version=__version__, tasks=tuple(tasks))
    save_scores(folder, scores)
    return scores
