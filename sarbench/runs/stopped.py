"""Runs that were stopped before their first task was whole: answers are there, and no record of them yet."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.errors import InputError

GO_ON = "Run the same `sarbench eval` with --resume: what was written is not asked again"


def stopped_run(folder: Path) -> InputError | None:
    """Say what lies in a folder that a run was begun in and that holds no manifest; None where none was begun."""
    if not (folder / "sessions.jsonl").is_file() and not any(folder.glob("parts/*/*.parquet")):
        return None
    number = sum(len(_answered(task)) for task in folder.glob("parts/*") if task.is_dir())
    problem = f"is a run that was stopped before its first task was whole; {number} answers are written"
    return InputError(where=folder, problem=problem, fix=GO_ON)


def stopped_runs(results: Path) -> Iterator[InputError]:
    """Say it of every such folder at most two levels below another, and of that itself."""
    for pattern in (".", "*", "*/*"):
        for folder in sorted(results.glob(pattern)) if pattern != "." else [results]:
            if folder.is_dir() and not (folder / "manifest.json").exists() and (found := stopped_run(folder)):
                yield found


def _answered(parts: Path) -> set[int]:
    """Return the positions of the questions of a task that were answered; of what cannot be read, none."""
    found: set[int] = set()
    for path in parts.glob("[!.]*.parquet"):
        try:
            table = pq.read_table(path, columns=["position", "error"])
        except (pa.ArrowException, OSError, KeyError):
            continue
        found.update(line["position"] for line in table.to_pylist() if line["error"] is None)
    return found
