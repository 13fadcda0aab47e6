"""A worker process, watched: started with a job, followed event by event, believed only for what it leaves on disk."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec
import pyarrow as pa

from sarbench import paths
from sarbench.errors import RunError
from sarbench.lmms.job import Broken, Event, Finished, Job, Started, decode
from sarbench.lmms.settings import Settings

_GRACE_SECONDS = 30
"""What a worker gets to end by itself after its last word."""
_ROOM = 2**20
"""Bytes that a worker needs to say what it has to say."""
_CRASHED = "Read the end of the log, mend the cause and run the same command with --resume: what was answered is kept"
_KILLED = (
    "Go on with --resume, {smaller}on a machine with more memory or when less else runs on this one: every chunk of "
    "answers that was written is kept. Fewer pixels or a smaller dtype in --model_args need another --out"
)
MAKE_ROOM = "Make room and run the same command with --resume: every answer that was written is kept"


class DiskFullError(RunError):
    """There is no room for another answer: no other task need be tried."""

    def __init__(self, *, where: str | Path | None, problem: str, fix: str = MAKE_ROOM) -> None:
        super().__init__(where=where, problem=problem, fix=fix)


class KilledError(RunError):
    """The system ended a worker with SIGKILL, which nobody here had sent: as the kernel does when memory runs out.

    Attributes:
        loaded: Whether its model had been loaded by then.
    """

    def __init__(self, *, where: str | Path | None, task: str, batch_size: int, loaded: bool) -> None:
        when = "while it was answering" if loaded else "while its model was loading"
        problem = (
            f"{task} broke: its process was killed (signal 9) {when}, most likely by the kernel for want of memory"
        )
        smaller = f"with a smaller --batch_size than {batch_size} or " if batch_size > 1 else ""
        super().__init__(where=where, problem=problem, fix=_KILLED.format(smaller=smaller))
        self.loaded = loaded


def run_worker(job: Job, settings: Settings, *, log: Path, listen: Callable[[Event], None]) -> tuple[Started, Finished]:
    """Run one job to its end.

    Args:
        job: The task and how to ask it.
        settings: The run's prompt, coordinates and perturbation.
        log: Where everything goes that lmms-eval and the model print, behind what earlier sessions printed.
        listen: Called with every event.

    Raises:
        DiskFullError: The worker could not write an answer.
        KilledError: The system killed its process.
        RunError: The task broke, or its process ended without finishing. The message names the log.
    """
    for folder in (log.parent, Path(job.out).parent):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, log.open("ab") as output:
        job_file = Path(scratch) / "job.json"
        job_file.write_bytes(msgspec.json.encode(job))
        command = [sys.executable, "-m", "sarbench.lmms.worker", str(job_file)]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # never written to: it ends when this process does, however it does
            stdout=subprocess.PIPE,
            stderr=output,
            env=_environment(settings),
            start_new_session=True,  # so that what the worker started ends with it
        ) as process:
            try:
                started, finished = _follow(process.stdout, job, log, listen)
                if started is None or finished is None:
                    raise _death(process, job, log, loaded=started is not None)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_GRACE_SECONDS)
                return started, finished
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


def check_answers(table: pa.Table, expected: Sequence[str], *, task: str, log: Path) -> None:
    """Believe the artefact, not the exit code: an answer to every question that was built, once and in its order.

    Args:
        table: The answers.
        expected: The sample hashes of the questions.
        task: Its name.
        log: Named in the error.

    Raises:
        RunError: Answers are missing or repeated, or belong to other questions (a stale cache of the data).
    """
    answered = table.column("sample_sha256").to_pylist()
    if answered != list(expected):
        strange = len(set(answered) - set(expected))
        problem = (
            f"{task} gave {len(answered)} answers to {len(expected)} questions, {strange} of them to other questions"
        )
        raise RunError(
            where=log, problem=problem, fix="Read the log, clear the datasets cache and evaluate the task again"
        )


def is_disk_full(error: BaseException) -> bool:
    """Tell a full disk or an exhausted quota from other errors."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _follow(
    events: IO[bytes] | None, job: Job, log: Path, listen: Callable[[Event], None]
) -> tuple[Started | None, Finished | None]:
    """Hear a worker to its end; what it did not say is None."""
    started = None
    for line in events or ():
        try:
            event = decode(line)
        except msgspec.DecodeError:
            break  # cut off in the middle of a line
        listen(event)
        match event:
            case Started():
                started = event
            case Finished() if started is not None:
                return started, event
            case Broken(disk_full=True):
                raise DiskFullError(where=log, problem=f"the disk became full during {job.task}")
            case Broken() if _no_room(log):
                raise DiskFullError(where=log, problem=f"the disk became full during {job.task}")
            case Broken(error=error):
                raise RunError(where=log, problem=f"{job.task} broke: {error}", fix="The log has the whole traceback")
            case _:
                pass
    return started, None


def _death(process: subprocess.Popen[bytes], job: Job, log: Path, *, loaded: bool) -> RunError:
    """Say how a process died that did not finish."""
    if _no_room(log):
        return DiskFullError(where=log, problem=f"the disk became full during {job.task}")
    try:
        code = process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        problem = f"{job.task} broke: its process fell silent"
        return RunError(where=log, problem=problem, fix=_CRASHED)
    if code == -signal.SIGKILL:
        return KilledError(where=log, task=job.task, batch_size=job.batch_size, loaded=loaded)
    how = signal.strsignal(-code) or f"signal {-code}" if code < 0 else f"exit code {code}"
    return RunError(where=log, problem=f"{job.task} broke: its process ended without a word ({how})", fix=_CRASHED)


def _no_room(log: Path) -> bool:
    """Tell whether nothing more can be written where the log lies: what broke then, broke for that."""
    with suppress(OSError):
        return shutil.disk_usage(log.parent).free < _ROOM
    return False


def _environment(settings: Settings) -> Mapping[str, str]:
    """The worker's environment: the run's settings, and lmms-eval kept from recording our commit as its own."""
    return {
        **os.environ,
        **settings.to_environment(),
        "SARBENCH_HOME": str(paths.home()),
        "LMMS_EVAL_GIT_COMMIT": "installed-package",
        "LMMS_EVAL_GIT_BRANCH": "installed-package",
        "TOKENIZERS_PARALLELISM": "false",
    }
