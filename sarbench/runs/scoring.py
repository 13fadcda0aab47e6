"""Scoring a whole run, during it or again years later: same samples, same numbers.

Where `sarbench judge` has left verdicts in the run's folder, their numbers stand beside those of the rules.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from sarbench._version import __version__
from sarbench.catalogue import Catalogue, TaskSpec, read_catalogue
from sarbench.errors import InputError
from sarbench.questions.kinds import rule_versions
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.batches import BATCH, batched
from sarbench.runs.checked import checked_lines
from sarbench.runs.record import Manifest, Scores, TaskRun, TaskScores
from sarbench.runs.samples import rescore_all
from sarbench.runs.store import load_manifest, read_lines, rewriting_samples, samples_path, save_scores
from sarbench.runs.subset import CLEAN, clean_rows
from sarbench.runs.tally import ALWAYS, Tally, protocols_named
from sarbench.runs.verdicts import load_spoken

NONE_CLEAN: Mapping[str, frozenset[str]] = MappingProxyType({})


def score_run(folder: Path) -> Scores:
    """Sum up the recorded sample scores of a run and write `scores.json`."""
    return _score(folder, NONE_CLEAN, ALWAYS, again=False)


def rescore_run(folder: Path, *, clean: Path | None = None, protocols: Collection[str] = ALWAYS) -> Scores:
    """Read every recorded answer again with this version of sarbench, then score the run.

    Args:
        folder: The run.
        clean: The `REPORT-clean` folder of a leakage report: its rows are scored by themselves too, as slice `clean`.
        protocols: Those that are wanted beside `strict` and `paper`, of `sarbench.runs.tally.PROTOCOLS`.

    Raises:
        InputError: The run or the folder cannot be used.
        UnknownNameError: A protocol does not exist.
    """
    protocols = tuple(dict.fromkeys((*ALWAYS, *protocols_named(protocols))))
    slices = _clean_slices(clean, load_manifest(folder), read_catalogue())
    return _score(folder, slices, protocols, again=True)


def _score(folder: Path, slices: Mapping[str, frozenset[str]], protocols: Collection[str], *, again: bool) -> Scores:
    manifest, catalogue = load_manifest(folder), read_catalogue()
    specs = {spec.name: spec for spec in _asked(manifest, catalogue)}
    tasks = tuple(
        _score_task(folder, specs[run.task], run, slices.get(run.task), protocols, again=again)
        for run in manifest.tasks
    )
    scores = Scores(sarbench_version=__version__, rules=rule_versions(), tasks=tasks)
    save_scores(folder, scores)
    return scores


def _asked(manifest: Manifest, catalogue: Catalogue) -> Iterator[TaskSpec]:
    """Yield what each task of a run asks; no task file stands for retrieval, the run itself says what it was."""
    for run in manifest.tasks:
        if is_retrieval(run.task):
            yield TaskSpec(run.task, run.dataset, run.config, run.split, "retrieval", run.version)
        else:
            yield from catalogue.select([run.task])


def _score_task(
    folder: Path,
    spec: TaskSpec,
    run: TaskRun,
    clean: frozenset[str] | None,
    protocols: Collection[str],
    *,
    again: bool,
) -> TaskScores:
    spoken = load_spoken(folder, spec.name)
    tally = Tally(spec.name, spec.family, {} if clean is None else {CLEAN: clean}, spoken=spoken)
    lines = checked_lines(read_lines(folder, spec.name), run, samples_path(folder, spec.name))
    if not again or spec.family == "retrieval":  # ranks are facts already: without embeddings nothing is read again
        for line in lines:
            tally.add_line(line)
    else:
        with rewriting_samples(folder, spec.name) as write:
            for batch in batched(lines, BATCH):
                for line in rescore_all(batch, spec):
                    write(line)
                    tally.add_line(line)
    return tally.scores(protocols=protocols, missing=max(0, run.samples - run.done))


def _clean_slices(clean: Path | None, manifest: Manifest, catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Return task → its clean rows, for the tasks whose split the report looked at."""
    if clean is None:
        return {}
    specs = {spec.name: spec for spec in _asked(manifest, catalogue)}
    found = {run.task: clean_rows(clean, specs[run.task], run) for run in manifest.tasks}
    slices = {task: rows for task, rows in found.items() if rows is not None}
    if not slices:
        fix = "Run `sarbench leakage` on the built folders of the tasks, and give the REPORT-clean folder it wrote"
        raise InputError(where=clean, problem=f"has no list for any of {', '.join(found)}", fix=fix)
    return slices
