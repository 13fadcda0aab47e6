"""The samples of a task whose images no training split shows, as `sarbench leakage` lists them."""

import json
from pathlib import Path

from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError
from sarbench.runs.record import TaskRun
from sarbench.schema import LITE_SUFFIX

CLEAN = "clean"
"""The slice that the scores of these samples are given."""


def clean_rows(folder: Path, spec: TaskSpec, run: TaskRun) -> frozenset[str] | None:
    """Return the ids of a task's clean rows.

    Args:
        folder: The `REPORT-clean` folder that `sarbench leakage` wrote.
        spec: The task.
        run: What was asked: its data must be what the report looked at.

    Returns:
        Row ids; None where the report did not look at this split.

    Raises:
        InputError: There is no such folder, a file in it cannot be read, or it is about other data than the run.
    """
    if not folder.is_dir():
        fix = "Give the folder REPORT-clean that `sarbench leakage` wrote beside its report"
        raise InputError(where=folder, problem="there is no such folder", fix=fix)
    config = spec.config.removesuffix(LITE_SUFFIX)  # a lite config holds rows of its whole one, under the same ids
    path = folder / f"{spec.dataset}--{config}--{run.split}.json"
    again = "Run `sarbench leakage` again on the data that was evaluated"
    try:
        content = json.loads(path.read_bytes())
        digest, rows = content["data_digest"], frozenset(map(str, content["row_ids"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(where=path, problem=f"is no list of clean rows ({error})", fix=again) from error
    # A task that asks the rows of one kind has a digest of its own.
    if spec.asks is None and config == spec.config and digest != run.data_digest:
        raise InputError(where=path, problem=f"is about other data than {spec.name} was asked on", fix=again)
    return rows
