"""Doing slow things a little before they are asked for."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def ahead(calls: Iterable[Callable[[], T]], *, depth: int = 8) -> Iterator[Future[T]]:
    """Make calls in two threads, up to `depth` of them before their results are asked for.

    Reading and hashing an image leave the interpreter free, so the rows of one image are made while the next is read.

    Args:
        calls: What to do, in order; two are under way at a time.
        depth: Results that may wait; this many images are held.

    Yields:
        A future for every call, in order; `result()` gives what it returned or raises what it raised.

    >>> [future.result() for future in ahead([lambda: 1, lambda: 2])]
    [1, 2]
    """
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="ahead") as thread:
        try:
            for call in calls:
                waiting.append(thread.submit(call))
                if len(waiting) > depth:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        finally:
            for future in waiting:
                future.cancel()
