"""Reading and writing a run's folder; every file in it is whole or absent."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from sarbench.errors import InputError, RunError
from sarbench.files import replacing, write_text
from sarbench.runs.batches import BATCH
from sarbench.runs.record import SAMPLES, Manifest, Scores
from sarbench.runs.samples import from_table, to_table

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
    return Run(folder, load_manifest(folder), _load(folder / "scores.json", Scores))


def find_runs(folder: Path) -> list[Path]:
    """Return the run folders at any depth under `folder`, sorted by path: those that hold a manifest."""
    return sorted(path.parent for path in folder.rglob("manifest.json"))


def load_manifest(folder: Path) -> Manifest:
    """Read `manifest.json` of the run in `folder`."""
    return _load(folder / "manifest.json", Manifest)


def load_samples(folder: Path, task: str) -> pa.Table:
    """Read `samples/<task>.parquet` of the run in `folder`."""
    path = samples_path(folder, task)
    try:
        return _open(path, task).read()
    except (pa.ArrowException, OSError) as error:
        raise RunError(where=path, problem=f"cannot be read ({error})", fix=f"Evaluate {task} again") from error


def read_lines(folder: Path, task: str) -> Iterator[dict[str, Any]]:
    """Yield the answers to one task, some thousand in memory at a time."""
    path = samples_path(folder, task)
    file = _open(path, task)
    try:
        for batch in file.iter_batches(batch_size=BATCH):
            yield from from_table(batch)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise RunError(where=path, problem=f"cannot be read ({error})", fix=f"Evaluate {task} again") from error


@contextmanager
def rewriting_samples(folder: Path, task: str) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Give a function that takes lines; they replace the file of the task when all have come."""
    with replacing(samples_path(folder, task)) as path, pq.ParquetWriter(path, SAMPLES, compression="zstd") as writer:
        waiting: list[Mapping[str, Any]] = []

        def write(line: Mapping[str, Any]) -> None:
            waiting.append(line)
            if len(waiting) >= BATCH:
                writer.write_table(to_table(waiting))
                waiting.clear()

        yield write
        writer.write_table(to_table(waiting))


def samples_path(folder: Path, task: str) -> Path:
    """Return where the answers to `task` lie in a run's folder."""
    return folder / "samples" / f"{task}.parquet"


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json`."""
    write_text(folder / "manifest.json", manifest.model_dump_json(indent=2) + "\n")


def save_scores(folder: Path, scores: Scores) -> None:
    """Write `scores.json`."""
    write_text(folder / "scores.json", scores.model_dump_json(indent=2) + "\n")


def save_samples(folder: Path, task: str, table: pa.Table) -> None:
    """Write `samples/<task>.parquet`."""
    with replacing(samples_path(folder, task)) as path:
        pq.write_table(table.cast(SAMPLES), path, compression="zstd")


def _open(path: Path, task: str) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
    except FileNotFoundError as error:
        raise RunError(where=path, problem="is missing", fix=f"Evaluate {task} again") from error
    except (pa.ArrowException, OSError) as error:
        raise RunError(where=path, problem=f"cannot be read ({error})", fix=f"Evaluate {task} again") from error
    if not file.schema_arrow.equals(SAMPLES):
        raise RunError(where=path, problem="has other columns than a run record", fix=f"Evaluate {task} again")
    return file


def _load(path: Path, kind: type[_Model]) -> _Model:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        if path.name == "scores.json":
            raise InputError(where=path, problem="is missing", fix="Run `sarbench score` on the folder") from error
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
        raise InputError(where=path, problem=problem, fix="Evaluate again, or mend the file by hand") from error
