"""The recorded answers of a task, held against what the manifest says of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sarbench.errors import RunError
from sarbench.runs.record import TaskRun


def checked_lines(lines: Iterable[dict[str, Any]], run: TaskRun, path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a task.

    Args:
        lines: As they stand in the file.
        run: What the manifest says.
        path: The file, for messages.

    Raises:
        RunError: A sample of another task, one that comes twice, or another number of lines than were recorded. What
            was scored of them must then be thrown away.
    """
    again = f"Evaluate {run.task} again, or put back the file that the run wrote"
    home = f"{run.dataset}/{run.config}/{run.split}/"
    seen: set[int] = set()
    for line in lines:
        sample = line["id"]
        if not isinstance(sample, str) or not _is_of(sample, home):
            raise RunError(where=path, problem=f"holds {sample!r}, which is no sample of {run.task}", fix=again)
        if hash(sample) in seen:
            raise RunError(where=path, problem=f"holds {sample!r} twice", fix=again)
        seen.add(hash(sample))
        yield line
    if len(seen) != run.done:
        problem = f"holds {len(seen)} answers, where the manifest says {run.done}"
        raise RunError(where=path, problem=problem, fix=again)


def _is_of(sample: str, home: str) -> bool:
    """A lite config holds rows of its whole one, under the same ids."""
    return sample.startswith((home, home.replace("-lite/", "/")))
