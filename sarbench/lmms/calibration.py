"""Asking a model what its coordinate convention is estimated from: questions for boxes on items to learn from."""

from collections.abc import Sequence
from dataclasses import replace

from sarbench.calibrate import box_tasks
from sarbench.catalogue import read_catalogue
from sarbench.coords import parse_convention
from sarbench.lmms.conventions import convention_for
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.settings import Settings

NOTE = "These are answers to training or validation items, for `sarbench calibrate`: they are never ranked."


def calibration_run(
    asked: Evaluation, tasks: Sequence[str], *, split: str | None = None, coords: str | None = None
) -> Evaluation:
    """Return an evaluation with what makes it one to calibrate on.

    Args:
        asked: The model and how to ask it; its `limit` questions of each task come from all over the split.
        tasks: Names, groups or wildcards; the data of those that are named is built where that can be done.
        split: `train` or `validation`; None: validation, or train where that is not built.
        coords: The convention that the prompts ask for. None: that of the model's family, or pixels.

    Raises:
        InputError: The split is a test split.
        UnknownNameError: A name does not exist, or no task asks for boxes.
    """
    declared = None if coords else convention_for(asked.model, asked.arguments)
    convention = parse_convention(coords or (declared.convention if declared else "pixel")).name
    specs = box_tasks(tasks, split=split)
    catalogue = read_catalogue()
    named = frozenset(box_tasks([name])[0].name for name in tasks if name in catalogue.tasks)
    return replace(
        asked,
        tasks=specs,
        settings=Settings(coords=convention),
        elsewhere=True,
        may_build=named,
        notes=(NOTE,),
    )
