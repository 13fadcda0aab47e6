"""`sarbench submit`: a run that may stand on the leaderboard, scored again and copied there whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from sarbench.board.names import slug
from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.checked import checked_lines
from sarbench.runs.record import Manifest, Score, Scores
from sarbench.runs.scoring import rescore_run
from sarbench.runs.store import load_manifest, load_run, read_lines, samples_path
from sarbench.submit.checks import digest_fault, shortcomings
from sarbench.submit.lmms_logs import is_lmms_logs, record_of_logs
from sarbench.submit.ranks import rank_faults, row_hashes

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


def submit_run(source: Path, *, to: Path) -> Submission:
    """Check a run, score it again and copy it to `<to>/<model>/<run_id>`, whole or not at all.

    Args:
        source: A run's folder, or a folder with the logs of lmms-eval (`--output_path` with `--log_samples`).
        to: The folder of results, `leaderboard/results` in the repository.

    Raises:
        InputError: The source is neither, or its record does not have this version's schema.
        RunError: The run may not be submitted (every reason is named), its samples are not what its manifest says,
            or a run of this name is there already.
    """
    to.mkdir(parents=True, exist_ok=True)
    with _room(to) as room:
        run = record_of_logs(source, room / "logs") if is_lmms_logs(source) else source
        manifest = load_manifest(run)
        recorded = load_run(run).scores if (run / "scores.json").exists() else None
        reasons = shortcomings(manifest, read_catalogue().tasks) or _sample_faults(run, manifest, recorded)
        if reasons:
            fix = "Mend what can be mended and evaluate again; `sarbench score` and `sarbench compare` take any run"
            raise RunError(where=source, problem="cannot be submitted: " + "; ".join(reasons), fix=fix)
        target = to / slug(manifest.model.id) / slug(manifest.run_id)
        if target.exists():
            problem = "is there already: results on the board are not written over"
            raise RunError(where=target, problem=problem, fix="Give the run another name, or remove the old one")
        copy = _copy(run, manifest, room / "run")
        changed = _changed(recorded, rescore_run(copy))
        target.parent.mkdir(parents=True, exist_ok=True)
        copy.replace(target)
    return Submission(target, manifest, changed)


@contextmanager
def _room(to: Path) -> Iterator[Path]:
    """Yield a folder of this process beside the results, which is gone afterwards.

    Beside and not in them: a board takes every manifest under its results for a run, also one that a crash left.
    """
    room = Path(mkdtemp(prefix=".submit-", dir=to.resolve().parent))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _sample_faults(run: Path, manifest: Manifest, recorded: Scores | None) -> list[str]:
    """Hold every recorded sample against the manifest: ids, number, and the digest of the hashes in file order.

    Ranks, which are not read again, are held against the scores too.
    """
    found: list[str | None] = []
    held = {scores.task: scores for scores in recorded.tasks} if recorded else {}
    for task in manifest.tasks:
        lines = checked_lines(read_lines(run, task.task), task, samples_path(run, task.task))
        if is_retrieval(task.task):
            queries = list(lines)
            found.append(digest_fault(task, row_hashes(queries)))
            found += rank_faults(task.task, queries, held.get(task.task))
        else:
            found.append(digest_fault(task, (line["sample_sha256"] for line in lines)))
    return [fault for fault in found if fault]


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
