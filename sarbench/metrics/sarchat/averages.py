"""The averages of SARChat-Bench-2M (arXiv 2502.08168, section on metrics), and why its table does not follow them.

Printed are: Acc = TP / (TP + FP + FN); a task's score = the unweighted mean of its sub-tasks' accuracies; the overall
score = Σ score · items / Σ items over the tasks. No scorer was published.

The column Avg of table 3 is not that formula. For the 16 models it lies between 0.26 below and 0.87 above it, and
even weights inside the tasks fitted by least squares miss it by up to 0.19 points. AbsPos is a part of what is
known: every one of its values is a simple fraction (81.25 = 13/16, 64.29 = 9/14), so it rests on a handful of samples
that differ from model to model, is all or nothing for some, and still makes a third of the grounding score.
Identification holds 77 % of the items, so the overall score mostly repeats ID-M and ID-S. An average of our own is
therefore never shown beside a printed one without saying so, and the mean of the six tasks is shown too.

Scores keep the unit they come in, fraction or percent; higher is better everywhere.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import is_number, numeric

Array = npt.NDArray[np.float64]
Columns = Mapping[str, npt.ArrayLike]

SUB_TASKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "classification": ("Cls",),
        "description": ("Desc",),
        "counting": ("Cnt", "Cnt@.25", "Cnt@.5"),
        "grounding": ("AbsPos", "SG-M", "SG-S"),
        "identification": ("ID-M", "ID-S"),
        "referring": ("RefM@.25", "RefM@.5", "RefS@.25", "RefS@.5"),
    }
)
"""Task → its columns in table 3."""

TEST_ITEMS: Mapping[str, int] = MappingProxyType(
    {
        "classification": 10_024,
        "description": 6_032,
        "counting": 11_704,
        "grounding": 11_608,
        "identification": 175_565,
        "referring": 11_703,
    }
)
"""Test items of each task, 226,636 in all. One table of the paper prints 11,794 for counting, which does not sum up."""


@dataclass(frozen=True)
class PrintedVersusFormula:
    """One row of table 3: its Avg beside what its own columns give; all in the unit of the row."""

    printed: float
    formula: float
    without_abspos: float
    """The formula with grounding as the mean of SG-M and SG-S."""
    plain_mean: float
    """Unweighted mean of the six tasks, grounding without AbsPos: what is left when identification does not rule."""


def task_score(columns: Columns, task: str, *, leave_out: Collection[str] = ()) -> Array:
    """Return a task's score, the unweighted mean of its sub-tasks: [...] in the unit of the columns.

    Args:
        columns: Sub-task (a name in `SUB_TASKS`) → score, or scores of any one shape.
        task: A name in `SUB_TASKS`.
        leave_out: Sub-tasks that do not count, such as AbsPos.

    Raises:
        InputError: No such task, or a sub-task is missing or NaN.

    >>> float(task_score({"ID-M": 98.0, "ID-S": 99.0}, "identification"))
    98.5
    """
    if not isinstance(task, str) or task not in SUB_TASKS:
        raise InputError(where=f"task {task!r}", problem="is unknown", fix=f"Use one of: {', '.join(SUB_TASKS)}")
    _check_mapping(columns, "columns", "sub-task")
    names = [name for name in SUB_TASKS[task] if name not in leave_out]
    missing = [name for name in names if name not in columns]
    if missing or not names:
        raise InputError(
            where=f"task {task}",
            problem=f"lacks the score of {', '.join(missing)}" if missing else "has no sub-task left",
            fix="Give every sub-task a score, or name it in leave_out",
        )
    values = numeric([numeric(columns[name], name) for name in names], f"task {task}", fix="Give scores of one shape")
    if not np.isfinite(values).all():
        raise InputError(where=f"task {task}", problem="has a score that is NaN", fix="Leave that sub-task out")
    mean: Array = values.mean(axis=0)
    return mean


def task_scores(columns: Columns, *, leave_out: Collection[str] = ()) -> dict[str, Array]:
    """Return the score of every task; args and errors as `task_score`."""
    return {task: task_score(columns, task, leave_out=leave_out) for task in SUB_TASKS}


def overall(scores: Mapping[str, npt.ArrayLike], *, items: Mapping[str, int] = TEST_ITEMS) -> Array:
    """Return Σ score · items / Σ items over the tasks: [...] in the unit of the scores, higher is better.

    Args:
        scores: Task → score, or scores of any one shape.
        items: Task → number of items; the paper's test split unless you scored other ones.

    Raises:
        InputError: The two do not name the same tasks, a number of items is negative, or there is no item at all.

    >>> float(overall({"a": 1.0, "b": 0.0}, items={"a": 3, "b": 1}))
    0.75
    """
    _check_mapping(scores, "scores", "task")
    _check_mapping(items, "items", "task")
    if not all(isinstance(number, int | np.integer) and is_number(number) for number in items.values()):
        raise InputError(where="items", problem="are no whole numbers", fix="Give each task its number of items")
    if scores.keys() != items.keys() or min(items.values(), default=0) < 0 or sum(items.values()) == 0:
        raise InputError(
            where="scores and items",
            problem=f"name the tasks {sorted(scores)} and {sorted(items)}, or give no items",
            fix="Give each task a score and a number of items",
        )
    if not all(np.isfinite(numeric(score, task)).all() for task, score in scores.items()):
        raise InputError(where="scores", problem="hold NaN", fix="Give each task a score, in one shape")
    total: Array = np.asarray(sum(numeric(scores[task], task) * n for task, n in items.items()))
    return total / sum(items.values())


def printed_versus_formula(columns: Mapping[str, float], *, printed: float) -> PrintedVersusFormula:
    """Set a printed Avg beside what the printed formula makes of the same row of table 3.

    Args:
        columns: Column (a name in `SUB_TASKS`) → printed value.
        printed: The printed Avg.

    Raises:
        InputError: See `task_score`; a printed Avg that is no number.
    """
    if not is_number(printed):
        raise InputError(where=f"printed {printed!r}", problem="is no score", fix="Give the Avg of the row")
    scores = task_scores(columns)
    without = task_scores(columns, leave_out=("AbsPos",))
    return PrintedVersusFormula(
        printed=printed,
        formula=float(overall(scores)),
        without_abspos=float(overall(without)),
        plain_mean=float(np.mean(list(without.values()))),
    )


def _check_mapping(given: object, name: str, key: str) -> None:
    if not isinstance(given, Mapping):
        problem = f"are of type {type(given).__name__}"
        raise InputError(where=name, problem=problem, fix=f"Give a mapping from {key} to number")
