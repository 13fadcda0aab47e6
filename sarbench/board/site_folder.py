"""A site is written beside its final place and swapped in whole; what is not a site is never overwritten."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sarbench.errors import InputError

MARKER = ".sarbench-site"
"""A file with this name says that a folder was written by sarbench and may be replaced."""


@contextmanager
def replacing_site(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out`; when the block ends well it takes the place of `out`, else it is removed.

    Raises:
        InputError: `out` is a file, or a folder that is neither empty nor a site.
    """
    target = out.resolve()
    _check(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    try:
        yield fresh
        (fresh / MARKER).write_bytes(b"This folder was written by sarbench and is replaced as a whole.\n")
        _swap(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _check(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(where=target, problem="is a file, not a folder", fix="Give another place for the site")
    if any(target.iterdir()) and not (target / MARKER).is_file():
        problem = "is not empty and was not written as a site by sarbench"
        raise InputError(where=target, problem=problem, fix="Give an empty or new folder for the site")


def _swap(fresh: Path, target: Path) -> None:
    """Put `fresh` in the place of `target`; if the second rename fails, the old site comes back."""
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    had_one = target.exists()
    if had_one:
        target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        if had_one:
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
