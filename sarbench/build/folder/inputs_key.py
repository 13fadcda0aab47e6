"""A key that changes with anything the rows of a dataset depend on."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from sarbench._version import __version__
from sarbench.schema import SCHEMA_VERSION
from sarbench.sources import SourceModule

_PACKAGE = Path(__file__).parents[2]

ROWS_CODE = ("schema.py", "coords/*.py", "imaging/*.py", "sources/**/*.py")
"""The modules that decide what the rows are."""

FILES_CODE = (*ROWS_CODE, "build/**/*.py")
"""The modules that decide what the files of a build are."""


def inputs_key(
    source: SourceModule, data_dir: Path, *, code: Iterable[str], options: Mapping[str, str], more: Iterable[str] = ()
) -> str:
    """Hash the code, the versions of schema and pyarrow, and name, size and time of every input file.

    Args:
        source: The dataset's module.
        data_dir: The authors' files.
        code: Globs of modules, relative to the package.
        options: Complete, from `sources.check_options`.
        more: Anything else that matters.

    Returns:
        16 hexadecimal digits.
    """
    parts = [__version__, SCHEMA_VERSION, pa.__version__, source.CARD.name, *map(repr, sorted(options.items())), *more]
    digest = hashlib.sha256("\n".join(parts).encode())
    for pattern in code:
        for module in sorted(_PACKAGE.glob(pattern)):
            digest.update(module.read_bytes())
    for path in sorted(source.files(data_dir)):
        digest.update(f"{os.path.relpath(path, data_dir)}\n".encode())
        for line in _stats(path):
            digest.update(line.encode())
    return digest.hexdigest()[:16]


def _stats(path: Path) -> list[str]:
    """Describe a file, or every file that lies directly in a folder."""
    if not path.is_dir():
        return [_stat(path.name, path.stat())]
    with os.scandir(path) as entries:
        return sorted(line for entry in entries for line in _entry(entry))


def _entry(entry: os.DirEntry[str]) -> list[str]:
    """Describe one file of a folder; a link that leads nowhere or to itself is no file."""
    try:
        return [_stat(entry.name, entry.stat())] if entry.is_file() else []
    except OSError:
        return []


def _stat(name: str, stat: os.stat_result) -> str:
    return f"{name!r} {stat.st_size} {stat.st_mtime_ns}\n"
