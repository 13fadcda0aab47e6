"""`sarbench submit`: a run that may stand on the leaderboard, scored again and copied there whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from sarbench.board.names import slug
from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, RunError
from sarbench.export.wholeness import sample_faults, shortcomings
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.record import Manifest, Score, Scores
from sarbench.runs.scoring import rescore_run
from sarbench.runs.store import load_manifest, load_run, read_lines, samples_path, save_manifest
from sarbench.submit.copies import copy_faults
from sarbench.submit.judged import verdict_faults
from sarbench.submit.lmms_logs import is_lmms_logs, record_of_logs
from sarbench.submit.ranks import rank_faults
from sarbench.submit.targets import built_rows, target_fault

_BESIDE = ("verdicts", "verdicts.json", "scores.json")
"""What is kept beside answers where it is there: the words of a judge, which are a part of the scores, and the scores
for what they say of other runs too (severity curves, wordings). Every number of the run's own is computed again."""


@dataclass(frozen=True)
class Submission:
    """A run on the board."""

    folder: Path
    manifest: Manifest
    changed: tuple[str, ...]
    """Headlines that this version of sarbench scores otherwise than they were recorded, as sentences."""

    unchecked: tuple[str, ...] = ()
    """Tasks whose targets could not be held against the data, as sentences; the submitted manifest says so too."""


def submit_run(source: Path, *, to: Path) -> Submission:
    """Check a run, score it again and copy it to `<to>/<model>/<run_id>`, whole or not at all.

    Args:
        source: A run's folder, or a folder with the logs of lmms-eval (`--output_path` with `--log_samples`).
        to: The folder of results, `leaderboard/results` in the repository; made with the first run that may go there.

    Raises:
        InputError: The source is neither, its record does not have this version's schema, or `to` is no folder.
        RunError: The run may not be submitted (every reason is named), its samples are not what its manifest says,
            or a run of this name, or with these answers, is there already.
    """
    if to.exists() and not to.is_dir():
        raise InputError(where=to, problem="is no folder", fix="Name the folder of results; it is made where it is not")
    with _room(to) as room:
        run = record_of_logs(source, room / "logs") if is_lmms_logs(source) else source
        manifest = load_manifest(run)
        recorded = load_run(run).scores if (run / "scores.json").exists() else None
        _refuse(source, shortcomings(manifest, read_catalogue().tasks))
        target = to / slug(manifest.model.id) / slug(manifest.run_id)
        if target.exists():
            problem = "is there already: results on the board are not written over"
            raise RunError(where=target, problem=problem, fix="Give the run another name, or remove the old one")
        _refuse(source, sample_faults(run, manifest))
        unchecked: list[str] = []
        _refuse(source, [*_answer_faults(run, manifest, recorded, unchecked), *copy_faults(run, manifest, to)])
        copy = _copy(run, manifest, room / "run")
        changed = _changed(recorded, rescore_run(copy))
        manifest = load_manifest(copy)  # answers that are read as failures now are counted in it
        _refuse(source, shortcomings(manifest, read_catalogue().tasks))
        if unchecked:
            manifest = manifest.model_copy(update={"notes": tuple(dict.fromkeys((*manifest.notes, *unchecked)))})
            save_manifest(copy, manifest)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy.replace(target)
    return Submission(target, manifest, changed, tuple(unchecked))


def _refuse(source: Path, reasons: list[str]) -> None:
    if reasons:
        fix = "Mend what can be mended and evaluate again; `sarbench score` and `sarbench compare` take any run"
        raise RunError(where=source, problem="cannot be submitted: " + "; ".join(reasons), fix=fix)


@contextmanager
def _room(to: Path) -> Iterator[Path]:
    """Yield a folder of this process beside the results, which is gone afterwards.

    Beside and not in them: a board takes every manifest under its results for a run, also one that a crash left. What
    is refused leaves no folder either: the results need not be there yet.
    """
    beside = next(folder for folder in to.resolve().parents if folder.exists())
    room = Path(mkdtemp(prefix=".submit-", dir=beside))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _answer_faults(run: Path, manifest: Manifest, recorded: Scores | None, unchecked: list[str]) -> Iterator[str]:
    """Hold targets against the built rows, ranks, which are not read again, against the scores, and verdicts.

    Args:
        run: The run.
        manifest: Its manifest.
        recorded: Its scores, where it has any.
        unchecked: Gets a sentence for every task whose data is not at hand.
    """
    held = {scores.task: scores for scores in recorded.tasks} if recorded else {}
    catalogue = read_catalogue().tasks
    for task in manifest.tasks:
        built = built_rows(task, catalogue.get(task.task), perturbation=manifest.perturbation)
        if built.rows is None:
            unchecked.append(f"targets unchecked: {task.task} ({built.missing})")
        elif (fault := target_fault(task, read_lines(run, task.task), built.rows)) is not None:
            yield fault
        if is_retrieval(task.task):
            yield from rank_faults(task.task, list(read_lines(run, task.task)), held.get(task.task))
    yield from verdict_faults(run, manifest)


def _copy(run: Path, manifest: Manifest, to: Path) -> Path:
    """Copy the record of a run and nothing else: no logs, no caches."""
    (to / "samples").mkdir(parents=True)
    shutil.copy2(run / "manifest.json", to / "manifest.json")
    for task in manifest.tasks:
        shutil.copy2(samples_path(run, task.task), samples_path(to, task.task))
    for name in _BESIDE:
        if (run / name).is_dir():
            shutil.copytree(run / name, to / name)
        elif (run / name).is_file():
            shutil.copy2(run / name, to / name)
    return to


def _changed(recorded: Scores | None, again: Scores) -> tuple[str, ...]:
    then = {score.task: score for score in _headlines(recorded)} if recorded else {}
    return tuple(
        f"{score.task}: {score.metric} was recorded as {_value(then[score.task])} and is {_value(score)} now"
        for score in _headlines(again)
        if score.task in then and _value(then[score.task]) != _value(score)
    )


def _headlines(scores: Scores) -> list[Score]:
    return [score for task in scores.tasks for score in task.scores if score.headline and score.slice == "all"]


def _value(score: Score) -> str:
    return "none" if score.value is None else f"{score.value:.6f}"
