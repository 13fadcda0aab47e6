"""The scores of a run held against its own answers: a number that they do not give is no result."""

from collections.abc import Iterator, Mapping
from math import isclose

from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.asked import retrieval_spec
from sarbench.runs.batches import BATCH, batched
from sarbench.runs.checked import checked_lines
from sarbench.runs.record import Manifest, Score, TaskRun, TaskScores
from sarbench.runs.samples import rescore_all
from sarbench.runs.store import Run, read_lines, samples_path
from sarbench.runs.subset import CLEAN
from sarbench.runs.tally import ALWAYS, Tally
from sarbench.runs.verdicts import load_spoken

_TOLERANCE = 1e-6
_COMPARED = ("value", "low", "high", "n", "clusters", "headline")

Key = tuple[str, str, str]


def score_faults(run: Run) -> Iterator[str]:
    """Read the answers of a run again and yield where its recorded scores are others, as sentences, one a task.

    Numbers over the clean rows of a leakage report are not computed again: the report is not a part of the run.

    Raises:
        RunError: The samples are no record of the run.
    """
    held = {of.task: of for of in run.scores.tasks}
    catalogue = read_catalogue().tasks
    for task in run.manifest.tasks:
        recorded = held.get(task.task)
        if recorded is None:
            yield f"{task.task}: it has no scores"
            continue
        spec = retrieval_spec(task) if is_retrieval(task.task) else catalogue[task.task]
        fault = _difference(recorded, _scored_again(run, run.manifest, task, spec, recorded))
        if fault is not None:
            yield f"{task.task}: {fault}"


def _scored_again(run: Run, manifest: Manifest, task: TaskRun, spec: TaskSpec, recorded: TaskScores) -> TaskScores:
    protocols = tuple(dict.fromkeys((*ALWAYS, *(score.protocol for score in recorded.scores))))
    tally = Tally(spec.name, spec.family, spoken=load_spoken(run.folder, spec.name))
    path = samples_path(run.folder, spec.name)
    lines = checked_lines(read_lines(run.folder, spec.name), task, path, manifest=manifest)
    for batch in batched(lines, BATCH):
        for line in batch if spec.family == "retrieval" else rescore_all(batch, spec):
            tally.add_line(line)
    return tally.scores(protocols=protocols)


def _difference(recorded: TaskScores, again: TaskScores) -> str | None:
    then, now = _by_key(recorded), _by_key(again)
    if recorded.outcomes != again.outcomes:
        return "its outcomes are not those of its answers"
    for key in then.keys() | now.keys():
        before, after = then.get(key), now.get(key)
        if key[2] == CLEAN or (after is not None and after.note and after.value is None):  # e.g. no Java here
            continue
        if before is not None and after is not None and _same(before, after):
            continue
        if all(score is None or score.value is None for score in (before, after)):
            continue
        metric, protocol, slice_ = key
        part = "" if slice_ == "all" else f", {slice_}"
        return f"{metric} ({protocol}{part}) is recorded as {_said(before)} and its answers give {_said(after)}"
    return None


def _by_key(scores: TaskScores) -> Mapping[Key, Score]:
    return {(score.metric, score.protocol, score.slice): score for score in scores.scores}


def _same(before: Score, after: Score) -> bool:
    for name in _COMPARED:
        then, now = getattr(before, name), getattr(after, name)
        if then != now and (then is None or now is None or not isclose(then, now, rel_tol=_TOLERANCE, abs_tol=1e-9)):
            return False
    return True


def _said(score: Score | None) -> str:
    if score is None or score.value is None:
        return "none"
    interval = "" if score.low is None or score.high is None else f" ({score.low:.6f} to {score.high:.6f})"
    return f"{score.value:.6f}{interval} of {score.n} samples"
