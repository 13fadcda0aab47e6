"""Whether a task was asked on the rows it is about: an answer to a question that may be learned from ranks nothing."""

from collections.abc import Mapping
from functools import cache

from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.runs.record import TaskRun

_LEARNED_FROM = frozenset({"train", "validation"})


def split_flaw(task: TaskRun) -> str:
    """Say so where a run was asked on another split than its task's; empty where it was not.

    A task whose dataset has no other split (FUSAR-GEOVL) asks train, all runs alike, and its page says so. A split that
    is asked in place of one that was not built is a flaw all the same: a model may have learned from it. Retrieval has
    its split in its name. A task that this version does not have passes.
    """
    spec = _tasks().get(task.task)
    if spec is None or task.split == spec.split:
        return ""
    if task.split == spec.fallback_split:
        return f"asked on the split {task.split}, which a model may have learned from"
    why = "which is for calibration" if task.split in _LEARNED_FROM else f"not on {' or '.join(spec.splits)}"
    return f"asked on the split {task.split}, {why}"


@cache
def _tasks() -> Mapping[str, TaskSpec]:
    return read_catalogue().tasks
