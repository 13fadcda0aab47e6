"""The recorded answers of a task, held against what the manifest says of them."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sarbench.errors import RunError
from sarbench.runs.record import Manifest, TaskRun
from sarbench.runs.stamp import contradiction, stamp_of
from sarbench.schema import LITE_SUFFIX


def checked_lines(
    lines: Iterable[dict[str, Any]], run: TaskRun, path: Path, *, manifest: Manifest | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the lines of a task.

    Args:
        lines: As they stand in the file.
        run: What the manifest says of the task.
        path: The file, for messages.
        manifest: The run, where lines that were asked in another way than it says are refused too.

    Raises:
        RunError: The file says that it is about another task or other data, it holds a sample of another task, one
            that comes twice or was asked in another way, or another number of lines than were recorded. What was scored
            of them must then be thrown away.
    """
    again = f"Evaluate {run.task} again, or put back the file that the run wrote"
    if (problem := contradiction(stamp_of(path), run)) is not None:
        raise RunError(where=path, problem=problem, fix=again)
    home = f"{run.dataset}/{run.config}/{run.split}/"
    asked = _asked(run, manifest) if manifest else {}
    seen: set[int] = set()
    for line in lines:
        sample = line["id"]
        if not isinstance(sample, str) or not _is_of(sample, home):
            raise RunError(where=path, problem=f"holds {sample!r}, which is no sample of {run.task}", fix=again)
        if hash(sample) in seen:
            raise RunError(where=path, problem=f"holds {sample!r} twice", fix=again)
        seen.add(hash(sample))
        if (problem := _otherwise(line, asked)) is not None:
            raise RunError(where=path, problem=problem, fix=again)
        yield line
    if len(seen) != run.done:
        problem = f"holds {len(seen)} answers, where the manifest says {run.done}"
        raise RunError(where=path, problem=problem, fix=again)


def _asked(run: TaskRun, manifest: Manifest) -> dict[str, str | None]:
    return {"prompt_id": run.prompt_id, "coords": manifest.coords, "perturbation": manifest.perturbation}


def _otherwise(line: Mapping[str, Any], asked: Mapping[str, str | None]) -> str | None:
    """Say where a line was asked in another way than the manifest says; one whose scorer broke does not know how."""
    if line["outcome"] == "failed" and not line["prompt_id"]:
        return None
    for name, expected in asked.items():
        if line[name] != expected:
            said = f"says {name} {line[name] or 'none'} of {line['id']!r}"
            return f"{said}, where the manifest says {expected or 'none'}"
    return None


def _is_of(sample: str, home: str) -> bool:
    """A lite config holds rows of its whole one, under the same ids."""
    return sample.startswith((home, home.replace(f"{LITE_SUFFIX}/", "/")))
