"""Reading and writing a run's folder; every file in it is whole or absent."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from sarbench.errors import InputError, RunError
from sarbench.files import locked, replacing
from sarbench.runs.batches import BATCH
from sarbench.runs.record import NEVER_NULL, SAMPLES, Manifest, Scores
from sarbench.runs.samples import from_table, to_table
from sarbench.runs.schema import schema_path
from sarbench.runs.stamp import stamp, stamp_in, stamp_of, stamped
from sarbench.runs.stopped import stopped_run

SCORES = "scores.json"
WORDINGS = "wordings"
"""Folder in a run's folder that holds the runs of the same model under the other wordings of the prompt."""
WRITTEN = "is being written by another process"

_Model = TypeVar("_Model", bound=BaseModel)


class Run:
    """A run that lies in a folder: its manifest and scores are read at once, its samples when asked for."""

    def __init__(self, folder: Path, manifest: Manifest, scores: Scores) -> None:
        self.folder = folder
        self.manifest = manifest
        self.scores = scores

    def samples(self, task: str) -> pa.Table:
        """Read the answers to one task, with exactly the `SAMPLES` schema."""
        return load_samples(self.folder, task)


def load_run(folder: Path) -> Run:
    """Read a run.

    Raises:
        InputError: The folder, its manifest or its scores are missing or not readable as such.
    """
    if not folder.is_dir():
        raise InputError(
            where=folder, problem="is not a folder", fix="Give the folder that `sarbench eval --out` wrote"
        )
    return Run(folder, load_manifest(folder), load_scores(folder))


def load_manifest(folder: Path) -> Manifest:
    """Read `manifest.json` of the run in `folder`."""
    return _load(folder / "manifest.json", Manifest)


def load_scores(folder: Path) -> Scores:
    """Read `scores.json` of the run in `folder`."""
    return _load(folder / SCORES, Scores)


def load_samples(folder: Path, task: str) -> pa.Table:
    """Read `samples/<task>.parquet` of the run in `folder`."""
    path = samples_path(folder, task)
    try:
        return _open(path, task).read()
    except (pa.ArrowException, OSError) as error:
        raise RunError(where=path, problem=f"cannot be read ({error})", fix=f"Evaluate {task} again") from error


def read_lines(folder: Path, task: str) -> Iterator[dict[str, Any]]:
    """Yield the answers to one task, some thousand in memory at a time.

    Raises:
        RunError: The file cannot be read, or a line lacks what every line has.
    """
    path = samples_path(folder, task)
    file = _open(path, task)
    first = 1
    try:
        for batch in file.iter_batches(batch_size=BATCH):
            _check_filled(batch, path, first)
            first += batch.num_rows
            yield from from_table(batch)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise RunError(where=path, problem=f"cannot be read ({error})", fix=f"Evaluate {task} again") from error


class Rewriting:
    """New samples and scores of a run, beside the old ones until all are there (see `rewriting`)."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._scores = stack.enter_context(replacing(folder / SCORES))  # the first to come is the last to be renamed

    @contextmanager
    def samples(self, task: str) -> Iterator[Callable[[Mapping[str, Any]], None]]:
        """Give a function that takes the lines of a task; some thousand are in memory at a time. The stamp is kept."""
        old = samples_path(self._folder, task)
        path = self._stack.enter_context(replacing(old))
        with pq.ParquetWriter(path, stamped(stamp_of(old)), compression="zstd", write_page_checksum=True) as writer:
            waiting: list[Mapping[str, Any]] = []

            def write(line: Mapping[str, Any]) -> None:
                waiting.append(line)
                if len(waiting) >= BATCH:
                    writer.write_table(to_table(waiting))
                    waiting.clear()

            yield write
            writer.write_table(to_table(waiting))

    def scores(self, scores: Scores) -> None:
        """Take the scores that were made of these samples."""
        self._scores.write_bytes(_as_json(scores))

    def manifest(self, manifest: Manifest) -> None:
        """Take the manifest where it is another than before."""
        if manifest != load_manifest(self._folder):
            path = self._stack.enter_context(replacing(self._folder / "manifest.json"))
            path.write_bytes(_as_json(manifest))


@contextmanager
def rewriting(folder: Path) -> Iterator[Rewriting]:
    """Replace samples and scores of a run together when the block ends well; otherwise all stays as it was.

    Everything is on the disk before the first file is renamed, `scores.json` last. A process that dies between two
    renames leaves new samples beside old scores, which scoring again puts right. The caller holds the run's lock: what
    a process that was killed had begun to write is deleted.
    """
    for left in (*folder.glob(".*.json.*.tmp"), *folder.glob("samples/.*.tmp")):
        left.unlink(missing_ok=True)
    with ExitStack() as stack:
        yield Rewriting(folder, stack)


def samples_path(folder: Path, task: str) -> Path:
    """Return where the answers to `task` lie in a run's folder."""
    return folder / "samples" / f"{task}.parquet"


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json`."""
    with replacing(folder / "manifest.json") as path:
        path.write_bytes(_as_json(manifest))


def save_scores(folder: Path, scores: Scores) -> None:
    """Write `scores.json`."""
    with replacing(folder / SCORES) as path:
        path.write_bytes(_as_json(scores))


def change_scores(folder: Path, change: Callable[[Scores], Scores]) -> None:
    """Read `scores.json`, change it and write it, with nobody else writing to the run meanwhile.

    Raises:
        InputError: It is missing or not readable, or another process writes to the run.
    """
    with locked(folder, problem=WRITTEN):
        save_scores(folder, change(load_scores(folder)))


def save_samples(folder: Path, task: str, table: pa.Table, *, data_digest: str | None = None) -> None:
    """Write `samples/<task>.parquet`.

    Args:
        folder: The run.
        task: Its name.
        table: The answers.
        data_digest: That of the data they are about, for the stamp of the file; None: the stamp of `table` is kept.
    """
    said = stamp_in(table.schema) if data_digest is None else stamp(task, data_digest)
    with replacing(samples_path(folder, task)) as path:
        pq.write_table(table.cast(stamped(said)), path, compression="zstd", write_page_checksum=True)


def _as_json(record: BaseModel) -> bytes:
    return (record.model_dump_json(indent=2) + "\n").encode()


def _check_filled(batch: pa.RecordBatch, path: Path, first: int) -> None:
    for name in NEVER_NULL:
        column = batch.column(name)
        if column.null_count:
            place = column.is_null().to_pylist().index(True)
            found = batch.column("id")[place].as_py()
            problem = f"record {first + place} ({found}) has no {name}"
            raise RunError(where=path, problem=problem, fix="Evaluate again, or put back the file that the run wrote")


def _open(path: Path, task: str) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except FileNotFoundError as error:
        raise RunError(where=path, problem="is missing", fix=f"Evaluate {task} again") from error
    except (pa.ArrowException, OSError) as error:
        raise RunError(where=path, problem=f"cannot be read ({error})", fix=f"Evaluate {task} again") from error
    if not file.schema_arrow.equals(SAMPLES):
        fix = f"Evaluate {task} again; {schema_path('samples-line')} says what the columns are"
        raise RunError(where=path, problem="has other columns than a run record", fix=fix)
    return file


def _load(path: Path, kind: type[_Model]) -> _Model:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        if path.name == SCORES:
            raise InputError(where=path, problem="is missing", fix="Run `sarbench score` on the folder") from error
        if (stopped := stopped_run(path.parent)) is not None:
            raise stopped from error
        inside = sorted(found.parent.name for found in path.parent.glob("*/manifest.json"))
        fix = (
            f"Give one of the runs in it: {', '.join(inside[:5])}"
            if inside
            else "Give what `sarbench eval --out` wrote"
        )
        raise InputError(where=path.parent, problem="is no run: it has no manifest.json", fix=fix) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        problem = f"is not a run record of this version: {place}: {first['msg']}"
        fix = f"Evaluate again, or mend the file by hand; {schema_path(path.stem)} says what belongs in it"
        raise InputError(where=path, problem=problem, fix=fix) from error
