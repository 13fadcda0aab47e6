"""Who looks at splits and writes their parts: this process, several processes of this machine, or a Ray cluster."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, Literal

from sarbench.build.layout import Look, Survey, survey
from sarbench.build.parts import RECORD_NAME, SplitJob, Tick, write_part
from sarbench.errors import InputError, RunError
from sarbench.sources import Report

EngineName = Literal["local", "ray"]

Run = Callable[[SplitJob, Sequence[int], Tick, Callable[[int], Any]], None]
"""Writes some parts of a split. Of what it does it tells either the first function, with rows just written, or the
second one, with the number of a part just finished."""


@dataclass(frozen=True)
class Engine:
    """The work of a build that opens the authors' files. What opening takes is held by workers, if there are any.

    Attributes:
        survey: Looks at splits; gives what was seen, or the error, in their order.
        run: Writes parts.
    """

    survey: Callable[[Sequence[Look]], Iterable[Survey | InputError]]
    run: Run


_STOP_NAME = "stop"
_POLL_SECONDS = 0.2


class Stopped(Exception):  # noqa: N818 - it is no failure: another worker has failed and tells why
    """This worker was asked to stop."""


def engine(name: EngineName, *, workers: int) -> AbstractContextManager[Engine]:
    """Return what does the work; as a context, it lets go of its workers at the end.

    Args:
        name: `local` or `ray`.
        workers: Processes, or Ray actors; 1 with `local` is this process itself.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    if name == "ray":
        from sarbench.build.engines.ray import ray_engine  # Ray is an extra, and slow to import

        return ray_engine(workers=workers)
    return nullcontext(Engine(survey_here, run_here)) if workers == 1 else processes(workers)


def survey_here(looks: Sequence[Look]) -> Iterator[Survey | InputError]:
    """Look at splits in this process."""
    return map(survey, looks)


def run_here(job: SplitJob, parts: Sequence[int], tick: Tick, done: Callable[[int], Any]) -> None:
    """Write parts in this process."""
    with job.open(Report()) as opened:
        for part in parts:
            write_part(job, opened, part, tick=tick)


@contextmanager
def processes(workers: int) -> Iterator[Engine]:
    """Have splits looked at and parts written by processes, each of which opens a split once to write.

    They are started afresh (`spawn`), so a script that builds with several workers must do so under
    `if __name__ == "__main__":`. They ignore Ctrl-C, which this process handles, and die with this process.
    """
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=start_worker)

    def run(job: SplitJob, parts: Sequence[int], tick: Tick, done: Callable[[int], Any]) -> None:
        shares = [share for number in range(workers) if (share := parts[number::workers])]
        _run_shares(pool, job, shares, done)

    def look(looks: Sequence[Look]) -> list[Survey | InputError]:
        try:
            return list(pool.map(survey, looks))
        except BrokenProcessPool as error:
            problem = "a worker was killed while it read them, perhaps because memory ran out"
            fix = "Take fewer workers and build again"
            raise RunError(where=looks[0].data_dir, problem=problem, fix=fix) from error

    try:
        yield Engine(look, run)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _run_shares(
    pool: ProcessPoolExecutor, job: SplitJob, shares: Sequence[Sequence[int]], done: Callable[[int], Any]
) -> None:
    """Let a process write each share; when one fails, let the others stop.

    Raises:
        RunError: A process was killed.
    """
    stop = job.folder / _STOP_NAME
    stop.unlink(missing_ok=True)
    futures: list[Future[None]] = []
    try:
        futures += [pool.submit(_write_share, job, share, stop) for share in shares]
        _watch(job, {part for share in shares for part in share}, futures, done)
    except BrokenProcessPool as error:
        problem = f"a worker was killed while it wrote {job.place}, perhaps because memory ran out"
        fix = "Take fewer workers and build again: finished parts are kept"
        raise RunError(where=job.data_dir, problem=problem, fix=fix) from error
    finally:
        stop.touch()
        wait(futures)
        stop.unlink(missing_ok=True)


def start_worker() -> None:
    """Set up a worker process: Ctrl-C is its parent's business, and it does not outlive its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := parent_process():

        def leave_with_parent() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=leave_with_parent, daemon=True).start()


def _write_share(job: SplitJob, parts: Sequence[int], stop: Path) -> None:
    # A file, not a `multiprocessing.Event`: a worker that is killed while it asks would hold the event's lock for ever.
    def tick(rows: int) -> None:
        if stop.exists():
            raise Stopped

    with job.open(Report()) as opened:
        for part in parts:
            tick(0)
            write_part(job, opened, part, tick=tick)


def _watch(job: SplitJob, left: set[int], futures: Sequence[Future[None]], done: Callable[[int], Any]) -> None:
    """Tell of finished parts until all are; raise the first error."""
    running = set(futures)
    while running:
        finished, running = wait(running, timeout=_POLL_SECONDS, return_when=FIRST_EXCEPTION)
        for part in sorted(part for part in left if (job.part_folder(part) / RECORD_NAME).exists()):
            left.discard(part)
            done(part)
        for future in finished:
            with suppress(Stopped):
                future.result()
