"""Scoring a whole run, during it or again years later: same samples, same numbers.

Where `sarbench judge` has left verdicts in the run's folder, their numbers stand beside those of the rules.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from sarbench._version import __version__
from sarbench.catalogue import Catalogue, TaskSpec, read_catalogue
from sarbench.errors import InputError
from sarbench.files import locked
from sarbench.questions.kinds import rule_versions
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.asked import retrieval_spec
from sarbench.runs.batches import BATCH, batched
from sarbench.runs.carried import carried_over
from sarbench.runs.checked import checked_lines
from sarbench.runs.record import Manifest, Scores, TaskRun, TaskScores
from sarbench.runs.samples import rescore_all
from sarbench.runs.store import (
    WRITTEN,
    Rewriting,
    load_manifest,
    load_scores,
    read_lines,
    rewriting,
    samples_path,
    save_scores,
)
from sarbench.runs.subset import CLEAN, clean_rows
from sarbench.runs.tally import ALWAYS, Tally, protocols_named
from sarbench.runs.verdicts import load_spoken


def score_run(folder: Path) -> Scores:
    """Sum up the recorded sample scores of a run and write `scores.json`.

    Curves and spreads that older scores of the run hold are kept where they are still about its headlines.
    """
    manifest = load_manifest(folder)
    specs = _asked(manifest, read_catalogue())
    found = (_summed_up(folder, specs[run.task], run) for run in manifest.tasks)
    scores = _scores(folder, manifest, found)
    save_scores(folder, scores)
    return scores


def rescore_run(folder: Path, *, clean: Path | None = None, protocols: Collection[str] = ALWAYS) -> Scores:
    """Read every recorded answer again with this version of sarbench, then score the run.

    The samples of all tasks and the scores are replaced together, or not at all, and with them how many answers of each
    task have failed, as the manifest says it: a failure may be read in an answer that was none before.

    Args:
        folder: The run.
        clean: The `REPORT-clean` folder of a leakage report: its rows are scored by themselves too, as slice `clean`.
        protocols: Those that are wanted beside `strict` and `paper`, of `sarbench.runs.tally.PROTOCOLS`.

    Raises:
        InputError: The run or the folder cannot be used, or another process writes to the run.
        UnknownNameError: A protocol does not exist.
    """
    protocols = tuple(dict.fromkeys((*ALWAYS, *protocols_named(protocols))))
    slices = _clean_slices(clean, load_manifest(folder), read_catalogue())
    with locked(folder, problem=WRITTEN):
        manifest = load_manifest(folder)
        specs = _asked(manifest, read_catalogue())
        with rewriting(folder) as new:
            found = (
                _read_again(folder, specs[run.task], run, slices.get(run.task), protocols, new)
                for run in manifest.tasks
            )
            scores = _scores(folder, manifest, found)
            new.scores(scores)
            new.manifest(_with_failures(manifest, scores))
    return scores


def _scores(folder: Path, manifest: Manifest, tasks: Iterable[TaskScores]) -> Scores:
    scores = Scores(sarbench_version=__version__, rules=rule_versions(), tasks=tuple(tasks))
    try:
        old = load_scores(folder)
    except InputError:  # a run that was never scored, or whose scores nobody can read
        old = None
    return carried_over(scores, old, manifest)


def _with_failures(manifest: Manifest, scores: Scores) -> Manifest:
    """Let a manifest say how many answers have failed by the scores."""
    failed = {of.task: of.outcomes.get("failed", 0) for of in scores.tasks}
    tasks = (run.model_copy(update={"failed": failed[run.task]}) for run in manifest.tasks)
    return manifest.model_copy(update={"tasks": tuple(tasks)})


def _asked(manifest: Manifest, catalogue: Catalogue) -> dict[str, TaskSpec]:
    """Return what each task of a run asks."""
    specs: dict[str, TaskSpec] = {}
    for run in manifest.tasks:
        if is_retrieval(run.task):
            specs[run.task] = retrieval_spec(run)
        else:
            specs[run.task] = catalogue.named(run.task)
    return specs


def _summed_up(
    folder: Path,
    spec: TaskSpec,
    run: TaskRun,
    clean: frozenset[str] | None = None,
    protocols: Collection[str] = ALWAYS,
) -> TaskScores:
    """Score a task from the facts in its lines."""
    tally = _tally(folder, spec, clean)
    for line in _lines(folder, run):
        tally.add_line(line)
    return tally.scores(protocols=protocols, missing=max(0, run.samples - run.done))


def _read_again(
    folder: Path,
    spec: TaskSpec,
    run: TaskRun,
    clean: frozenset[str] | None,
    protocols: Collection[str],
    new: Rewriting,
) -> TaskScores:
    """Read the answers to a task again, write their lines anew and score the task."""
    if spec.family == "retrieval":  # ranks are facts already: without embeddings nothing is read again
        return _summed_up(folder, spec, run, clean, protocols)
    tally = _tally(folder, spec, clean)
    with new.samples(spec.name) as write:
        for batch in batched(_lines(folder, run), BATCH):
            for line in rescore_all(batch, spec):
                write(line)
                tally.add_line(line)
    return tally.scores(protocols=protocols, missing=max(0, run.samples - run.done))


def _tally(folder: Path, spec: TaskSpec, clean: frozenset[str] | None) -> Tally:
    slices = {} if clean is None else {CLEAN: clean}
    return Tally(spec.name, spec.family, slices, spoken=load_spoken(folder, spec.name))


def _lines(folder: Path, run: TaskRun) -> Iterator[dict[str, Any]]:
    path = samples_path(folder, run.task)
    return checked_lines(read_lines(folder, run.task), run, path, manifest=load_manifest(folder))


def _clean_slices(clean: Path | None, manifest: Manifest, catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Return task → its clean rows, for the tasks whose split the report looked at."""
    if clean is None:
        return {}
    specs = _asked(manifest, catalogue)
    found = {run.task: clean_rows(clean, specs[run.task], run) for run in manifest.tasks}
    slices = {task: rows for task, rows in found.items() if rows is not None}
    if not slices:
        fix = "Run `sarbench leakage` on the built folders of the tasks, and give the REPORT-clean folder it wrote"
        raise InputError(where=clean, problem=f"has no list for any of {', '.join(found)}", fix=fix)
    return slices
