"""Several requests at once, in threads that do not keep a stopped program alive."""

from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def side_by_side(work: Callable[[A], B], items: Iterable[A], *, workers: int, stopped: Event) -> Iterator[tuple[A, B]]:
    """Yield every item with what `work` made of it, as it is done.

    A thread begins nothing new before the caller has come back for more: what is done and not yet in the caller's
    hands is never more than one item a thread.

    Args:
        work: Called in threads; what it raises is raised here.
        items: What there is to do.
        workers: Threads.
        stopped: Once it is set nothing new is begun; it is set when the caller leaves. What is done by then is still
            yielded to a caller that stays.
    """
    waiting: SimpleQueue[A] = SimpleQueue()
    done: SimpleQueue[tuple[A, B] | BaseException | None] = SimpleQueue()
    for item in items:
        waiting.put(item)
    free = Semaphore(workers)

    def run() -> None:
        try:
            while free.acquire() and not stopped.is_set():
                try:
                    item = waiting.get_nowait()
                except Empty:
                    break
                done.put((item, work(item)))
        except BaseException as error:  # handed over: it is raised where the results are awaited
            done.put(error)
        finally:
            done.put(None)

    for _ in range(workers):
        Thread(target=run, daemon=True).start()
    working = workers
    try:
        while working:
            found = done.get()
            if isinstance(found, BaseException):
                raise found
            if found is None:
                working -= 1
                free.release()
            else:
                yield found
                free.release()
    finally:
        stopped.set()
        free.release(workers)
