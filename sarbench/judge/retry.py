"""Asking again what may succeed later, and waiting in between."""

import random
import time
from collections.abc import Callable
from threading import Event

from sarbench.judge.endpoint import Failure, Reply

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
"""Seconds between two attempts. Each wait is twice the one before, then cut by up to a half, so that workers that
failed together do not come back together."""


def until_answered(
    ask: Callable[[], Reply | Failure],
    *,
    attempts: int,
    stopped: Event,
    first_wait: float = FIRST_WAIT,
    reach_within: float | None = None,
) -> Reply | Failure:
    """Ask until there is a reply, a failure that stays, or no attempt left.

    Args:
        ask: One attempt.
        attempts: How many there are.
        stopped: Ends the waiting.
        first_wait: Seconds behind the first failure. A server that says how long to wait is obeyed, up to a minute.
        reach_within: Seconds after which no further connection is tried while none came about; None: as any failure.
    """
    began = time.monotonic()
    for attempt in range(attempts):
        found = ask()
        if isinstance(found, Reply) or not found.again or attempt == attempts - 1:
            break
        if found.unreached and reach_within is not None and time.monotonic() - began >= reach_within:
            break
        wait = found.wait if found.wait is not None else first_wait * 2**attempt * random.uniform(0.5, 1.0)
        if stopped.wait(min(wait, LONGEST_WAIT)):
            break
    return found
