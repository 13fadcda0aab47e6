"""Files that are whole or absent, and folders that one process writes at a time."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sarbench.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` when the block ends well, delete it when it does not.

    The folder is created when needed. Readers see the old file or the new one, never half of either.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with the line ends it has, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode())


@contextmanager
def locked(folder: Path, *, problem: str, wait: bool = False) -> Iterator[None]:
    """Hold the only lock on a folder; the system lets go of it when the process dies, however it dies.

    Args:
        folder: The folder.
        problem: What another process that holds it does there.
        wait: Whether to wait for it, however long it takes.

    Raises:
        InputError: Another process holds it, and this one does not wait.
    """
    if sys.platform == "win32":  # no flock there: a writer trusts that it is alone
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if not wait:
                    raise InputError(where=folder, problem=problem, fix="Wait until it has finished") from error
                logging.getLogger(__name__).warning("%s: %s; waiting for it", folder, problem)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
