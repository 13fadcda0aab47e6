"""One evaluation writes a run's folder at a time; the others are told which."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sarbench.errors import InputError, RunError
from sarbench.files import locked, write_text

WRITER = "writer.txt"
_TEMPORARY = re.compile(r"\..+\.\d+\.tmp")
"""Names that `sarbench.files.replacing` gives."""


def remove_temporaries(folder: Path) -> None:
    """Delete what killed processes had begun to write of a run, and nothing else; the caller holds its lock."""
    for pattern in (".*.tmp", "samples/.*.tmp", "parts/.*.tmp", "parts/*/.*.tmp"):
        for left in folder.glob(pattern):
            if _TEMPORARY.fullmatch(left.name):
                left.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold a run's folder; `writer.txt` in it says who does.

    The lock is the system's, and goes when the process does, however it dies: a `writer.txt` that was left behind
    stops nobody.

    Raises:
        RunError: Another process writes this run.
    """
    note = folder / WRITER
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder, problem="is being written"))
        except InputError as error:
            problem = f"is being written by another evaluation ({_writer(note)})"
            fix = "Wait until it has finished, or stop it; or give another --out"
            raise RunError(where=folder, problem=problem, fix=fix) from error
        since = datetime.now(UTC).isoformat(timespec="seconds")
        with suppress(OSError):  # on a full disk the first answer says so
            write_text(note, f"process {os.getpid()} on {socket.gethostname()} since {since}\n")
        try:
            yield
        finally:
            with suppress(OSError):
                note.unlink(missing_ok=True)


def _writer(note: Path) -> str:
    try:
        return note.read_text().strip() or "it does not say which"
    except OSError:
        return "it does not say which"
