"""Two folders trade places, in one step where the system can."""

import ctypes
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h


def exchange(new: Path, old: Path) -> None:
    """Let two folders of one file system trade places; where only `new` is there, it takes the place of `old`.

    On Linux nobody ever finds a place empty (renameat2 with RENAME_EXCHANGE). Elsewhere, and on file systems that
    cannot do it, there is a moment without `old`.
    """
    if not old.exists():
        new.rename(old)
    elif not _exchanged_at_once(new, old):
        aside = new.with_name(f"{new.name}.old")
        old.rename(aside)
        new.rename(old)
        aside.rename(new)


def _exchanged_at_once(new: Path, old: Path) -> bool:
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library older than glibc 2.28
        return False
    code: int = rename(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _RENAME_EXCHANGE)
    return code == 0
