"""A worker that the kernel killed for want of memory, started again with smaller batches.

Such a process cannot help itself as one whose accelerator is full can (`sarbench.lmms.memory`). What it had written is
kept, so the next one goes on behind the last whole chunk.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from sarbench.lmms.job import Event, Finished, Job, Noted, Started
from sarbench.lmms.process import KilledError, run_worker
from sarbench.lmms.settings import Settings

_RETRIES = 2


def run_while_killed(
    job: Job, settings: Settings, *, log: Path, listen: Callable[[Event], None]
) -> tuple[Started, Finished]:
    """Run one job to its end; where the system kills its process, run it again with half the batch, at most twice.

    A process that was killed before its model was loaded, or with one question at a time, is not started again: it
    would end the same way.

    Returns:
        What the worker said that began, that is with the answers of earlier sessions alone, and what the last one said.

    Raises:
        KilledError: It was killed once too often.
        RunError: As `sarbench.lmms.process.run_worker`.
    """
    first: Started | None = None

    def hear(event: Event) -> None:
        nonlocal first
        if first is None and isinstance(event, Started):
            first = event
        listen(event)

    least = max(1, job.batch_size >> _RETRIES)
    while True:
        try:
            started, finished = run_worker(job, settings, log=log, listen=hear)
        except KilledError as killed:
            if job.batch_size == least or not killed.loaded:
                raise
            job = msgspec.structs.replace(job, batch_size=job.batch_size // 2)
            reason = "its process was killed (signal 9), most likely by the kernel for want of memory"
            listen(Noted(f"{reason}; batch size {job.batch_size} from there on"))
        else:
            return first or started, finished
