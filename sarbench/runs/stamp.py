"""What `samples/<task>.parquet` says of itself: schema metadata that names the task, its data and the record's version.

A samples file that is copied into another run, or left by an evaluation of other data, then does not pass for the
manifest's. Files of runs that were recorded before this have no stamp and are taken as they are.
"""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.runs.record import RECORD_VERSION, SAMPLES, TaskRun

TASK = "sarbench.task"
DIGEST = "sarbench.data_digest"
VERSION = "sarbench.record_version"


def stamp(task: str, data_digest: str) -> dict[str, str]:
    """Return the metadata of the samples of a task; `data_digest` as in `TaskRun`.

    >>> stamp("t", "ab")
    {'sarbench.task': 't', 'sarbench.data_digest': 'ab', 'sarbench.record_version': '1'}
    """
    return {TASK: task, DIGEST: data_digest, VERSION: RECORD_VERSION}


def stamped(said: Mapping[str, str]) -> pa.Schema:
    """Return `SAMPLES` with a stamp as its metadata."""
    return SAMPLES.with_metadata(dict(said) or None)


def stamp_in(schema: pa.Schema) -> dict[str, str]:
    """Return the stamp of a schema; empty where it has none."""
    metadata = schema.metadata or {}
    return {name: metadata[name.encode()].decode() for name in (TASK, DIGEST, VERSION) if name.encode() in metadata}


def stamp_of(path: Path) -> dict[str, str]:
    """Return the stamp of a file; empty where it has none, or cannot be read: whoever reads its lines says so."""
    try:
        return stamp_in(pq.read_schema(path))
    except (pa.ArrowException, OSError):
        return {}


def contradiction(said: Mapping[str, str], run: TaskRun) -> str | None:
    """Say where a stamp and the manifest's word on a task disagree; None where they do not."""
    for name, what, recorded in ((TASK, "the task", run.task), (DIGEST, "data with the digest", run.data_digest)):
        if said.get(name, recorded) != recorded:
            return f"says that it holds answers to {what} {said[name][:40]}, where the manifest says {recorded[:40]}"
    if said.get(VERSION, RECORD_VERSION) != RECORD_VERSION:
        return f"has version {said[VERSION]} of the run record, where this sarbench reads {RECORD_VERSION}"
    return None
