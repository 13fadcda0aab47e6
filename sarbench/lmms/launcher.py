"""`sarbench eval`: a model and a list of tasks in, a run record out.

One worker process per task, which writes its answers chunk by chunk; the manifest is written after each task. So a run
that is stopped, however and whenever, goes on with `resume` where it was. lmms-eval's exit code says nothing, so what
counts is what lies on disk: as many answers as questions, each once.
"""

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench import paths
from sarbench.catalogue import TaskSpec
from sarbench.errors import RunError, SarbenchError
from sarbench.files import write_text
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.job import Event, Job, Noted, Started
from sarbench.lmms.locks import remove_temporaries, writing
from sarbench.lmms.preflight import preflight
from sarbench.lmms.process import DiskFullError, KilledError, check_answers, is_disk_full
from sarbench.lmms.retrying import run_while_killed
from sarbench.lmms.session import BEGUN, begin, noted, with_loaded
from sarbench.runs.record import Manifest, TaskRun
from sarbench.runs.scoring import score_run
from sarbench.runs.store import load_samples, samples_path, save_manifest
from sarbench.task_data import TaskData

__all__ = ["Evaluation", "Listener", "StoppedError", "evaluate", "preflight"]

Listener = Callable[[TaskSpec, Event], None]


class StoppedError(RunError):
    """The user stopped an evaluation; it can be resumed."""

    exit_code = 130


def evaluate(asked: Evaluation, *, listen: Listener = lambda spec, event: None) -> Manifest:
    """Evaluate a model on every task and write the run record, scores included.

    Raises:
        SarbenchError: What `preflight` finds. Nothing was started.
        RunError: `out` holds another run or is being written, a task broke, or the disk is full; what was done before
            is kept.
        StoppedError: Ctrl-C; what was done before is kept.
    """
    questions = preflight(asked)
    asked.out.mkdir(parents=True, exist_ok=True)
    try:
        with writing(asked.out):
            remove_temporaries(asked.out)
            return _evaluate(asked, questions, listen)
    except KeyboardInterrupt as stop:
        fix = "Run the same command with --resume to go on: every answer that was written is kept"
        raise StoppedError(where=asked.out, problem="the evaluation was stopped", fix=fix) from stop
    except OSError as error:
        if is_disk_full(error):
            raise DiskFullError(where=error.filename or asked.out, problem="the disk is full") from error
        raise


def _evaluate(asked: Evaluation, questions: tuple[TaskData, ...], listen: Listener) -> Manifest:
    manifest, again = begin(asked, questions, listen=listen)
    done = {run.task for run in manifest.tasks} - again
    broken: list[RunError] = []
    try:
        for data in questions:
            if data.spec.name in done:
                continue
            try:
                manifest = _with_task(manifest, *_run_task(asked, data, manifest, listen))
            except DiskFullError:
                raise
            except RunError as error:
                broken.append(error)
                continue
            save_manifest(asked.out, manifest)
            _drop_parts(asked, manifest, data.spec.name)
    except (KeyboardInterrupt, OSError, SarbenchError):
        with suppress(OSError, SarbenchError):  # what stopped the run is the news
            _score(asked, manifest)
        raise
    _score(asked, manifest)
    if broken:
        raise _all_of(broken, asked, len(questions))
    if not any(asked.out.glob("parts/*/*.parquet")):
        shutil.rmtree(asked.out / "parts", ignore_errors=True)
    return manifest


def _all_of(broken: list[RunError], asked: Evaluation, tasks: int) -> RunError:
    """Make one error of those of several tasks; the advice on a killed one is worth more than the log."""
    fix = "Read the logs, mend the cause and run the same command with --resume: finished tasks are kept"
    killed = next((error for error in broken if isinstance(error, KilledError)), None)
    named = "; ".join(f"{error.problem} (see {error.where})" for error in broken)
    problem = f"{len(broken)} of {tasks} tasks broke: {named}"
    return RunError(where=asked.out, problem=problem, fix=killed.fix if killed else fix)


def _score(asked: Evaluation, manifest: Manifest) -> None:
    """Write the manifest and the scores of what is whole: a run that is stopped is a scored record of what it did."""
    if manifest.tasks:
        save_manifest(asked.out, manifest)
        score_run(asked.out)


def _drop_parts(asked: Evaluation, manifest: Manifest, task: str) -> None:
    """Delete the parts of a whole task; those of one with failures stay, so that only these need be asked again."""
    run = next(run for run in manifest.tasks if run.task == task)
    if not run.failed:
        shutil.rmtree(asked.parts(task), ignore_errors=True)


def _with_task(manifest: Manifest, run: TaskRun, started: Started, notes: list[str]) -> Manifest:
    """Add a finished task in place of its earlier run, and what its worker learned of the model."""
    manifest = with_loaded(manifest, started)
    model = manifest.model.model_copy(update={"parameters": started.parameters or manifest.model.parameters})
    known = {"dtype": started.dtype or manifest.backend.dtype, "device": started.device or manifest.backend.device}
    others = tuple(task for task in manifest.tasks if task.task != run.task)
    added = manifest.model_copy(
        update={
            "model": model,
            "backend": manifest.backend.model_copy(update=known),
            "tasks": (*others, run),
            "ended": max(run.ended, manifest.started),
        }
    )
    return noted(added, *notes)


def _run_task(
    asked: Evaluation, data: TaskData, manifest: Manifest, listen: Listener
) -> tuple[TaskRun, Started, list[str]]:
    """Ask one task in a process of its own and check what it left."""
    spec, notes = data.spec, list[str]()
    began, clock = datetime.now(UTC), time.monotonic()
    log = asked.out / "logs" / f"{spec.name}.log"

    def hear(event: Event) -> None:
        if isinstance(event, Noted):
            notes.append(f"{spec.name}: {event.text}")
        if isinstance(event, Started) and not manifest.tasks:  # a session that is killed before a task is whole
            write_text(asked.out / BEGUN, with_loaded(manifest, event).model_dump_json(indent=2) + "\n")
        listen(spec, event)

    job = _job(asked, data, manifest.model.revision)
    started, finished = run_while_killed(job, asked.settings, log=log, listen=hear)
    table = _believed(asked, data, Path(job.out), log)
    run = data.run(
        prompt=asked.settings.prompt,
        done=table.num_rows,
        failed=table.column("outcome").to_pylist().count("failed"),
        started=began,
        limit=asked.limit,
        generated_tokens=finished.generated_tokens,
        generation=finished.generation,
    )
    run, note = timed(run, began=began, seconds=time.monotonic() - clock, earlier=started.kept_seconds)
    return run, started, [*notes, *note]


def _believed(asked: Evaluation, data: TaskData, made: Path, log: Path) -> pa.Table:
    """Check what a worker left; only then does it take the place of the task's earlier samples."""
    try:
        answers = pq.read_table(made, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        problem = f"{data.spec.name} left no answers that can be read ({error})"
        raise RunError(where=made, problem=problem, fix="Read the log and go on with --resume") from error
    check_answers(answers, asked.questions(data), task=data.spec.name, log=log)
    path = samples_path(asked.out, data.spec.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.replace(path)
    return load_samples(asked.out, data.spec.name)


def timed(run: TaskRun, *, began: datetime, seconds: float, earlier: float) -> tuple[TaskRun, list[str]]:
    """Give a task the seconds it took, whatever was done to the clock meanwhile.

    Args:
        run: The task, ended now.
        began: When this session began it, by the clock of the wall.
        seconds: How long this session took, by a clock that nobody sets.
        earlier: What the answers of earlier sessions took.

    Returns:
        The task, and a note where the two clocks disagree by more than a minute.
    """
    by_wall = (datetime.fromisoformat(run.ended) - began).total_seconds()
    changes: dict[str, object] = {"seconds": round(seconds + earlier, 2)}
    if abs(by_wall - seconds) < 60:
        return run.model_copy(update=changes), []
    ended = (began + timedelta(seconds=seconds)).isoformat(timespec="seconds")
    note = f"{run.task}: the clock was set by {by_wall - seconds:+.0f} s meanwhile; its end is reckoned from its start"
    return run.model_copy(update={**changes, "ended": ended}), [note]


def _job(asked: Evaluation, data: TaskData, revision: str | None) -> Job:
    return Job(
        task=data.spec.name,
        tasks_folder=str(paths.tasks()),
        model=asked.model,
        model_args=asked.model_args,
        batch_size=asked.batch_size,
        device=asked.device,
        gen_kwargs=asked.gen_kwargs,
        limit=asked.limit,
        seed=asked.seed,
        out=str(asked.out / "parts" / f"{data.spec.name}.parquet"),
        parts=str(asked.parts(data.spec.name)),
        key=asked.key(data),
        chunk=asked.questions_a_chunk,
        revision=revision,
        check_batches=asked.check_batches,
        data_digest=data.digest,
        excerpt=asked.excerpt(data),
    )
