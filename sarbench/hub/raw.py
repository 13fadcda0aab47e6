"""The authors' files as `datasets` wants them: tables, and a key that changes with anything the tables depend on."""

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from sarbench import sources
from sarbench._version import __version__
from sarbench.build.batches import batches
from sarbench.errors import InputError
from sarbench.schema import SCHEMA_VERSION, to_table
from sarbench.sources import Report

_PACKAGE = Path(__file__).parents[1]
_CODE = ("schema.py", "coords.py", "build/batches.py", "imaging/*.py", "sources/*.py")
"""The modules that decide what the rows are."""


def raw_tables(name: str, data_dir: str, config: str, split: str) -> Iterator[pa.Table]:
    """Yield the rows of one split; what was wrong with the files is logged at the end.

    Raises:
        InputError: There is not one row.
    """
    report = Report()
    empty = True
    for batch in batches(sources.get(name).rows(Path(data_dir), config, split, report=report)):
        empty = False
        yield to_table(batch)
    if empty:
        problem = f"gives no row of {config}/{split} ({report.summary()})"
        fix = f"Run `sarbench check {name} --data-dir` on it, then mend the files or download them again"
        raise InputError(where=data_dir, problem=problem, fix=fix)
    if report.counts:
        logging.getLogger(__name__).warning("%s %s/%s: %s", name, config, split, report.summary())


def cache_key(name: str, data_dir: Path) -> str:
    """Hash the code that makes the rows, the schema version, and name, size and time of every input file.

    `datasets` keeps prepared rows for ever under this key, so an image exchanged in place must change it.
    """
    digest = hashlib.sha256(f"{__version__} {SCHEMA_VERSION} {name}".encode())
    for pattern in _CODE:
        for module in sorted(_PACKAGE.glob(pattern)):
            digest.update(module.read_bytes())
    for path in sorted(sources.get(name).files(data_dir)):
        digest.update(f"{os.path.relpath(path, data_dir)}\n".encode())
        for line in _stats(path):
            digest.update(line.encode())
    return digest.hexdigest()[:16]


def _stats(path: Path) -> list[str]:
    """Describe a file, or every file that lies directly in a folder."""
    if not path.is_dir():
        return [_stat(path.name, path.stat())]
    with os.scandir(path) as entries:
        return sorted(_stat(entry.name, entry.stat()) for entry in entries if entry.is_file())


def _stat(name: str, stat: os.stat_result) -> str:
    return f"{name!r} {stat.st_size} {stat.st_mtime_ns}\n"
