"""The questions for boxes that a model is asked before its convention is known: never those it is ranked by."""

from collections.abc import Sequence
from dataclasses import replace

from sarbench.calibrate.items import SPLITS, no_boxes, refuse_test
from sarbench.catalogue import Catalogue, TaskSpec, read_catalogue
from sarbench.questions.score import BOX_KINDS
from sarbench.schema import LITE_SUFFIX

LIMIT = 200
"""Questions of a task where nobody says how many: ten times what a clear outcome needs, as many answers miss."""


def box_tasks(wanted: Sequence[str], *, split: str | None = None) -> tuple[TaskSpec, ...]:
    """Return tasks that ask for boxes, on another split than their own.

    A lite task stands for its whole one, whose config has the splits to learn from.

    Args:
        wanted: Names, groups or wildcards. What a group or wildcard brings along and asks for no boxes is left out.
        split: `train` or `validation`; None: validation, or train where that is not built.

    Raises:
        InputError: The split is a test split.
        UnknownNameError: There is no such task, or a task that is named asks for no boxes, or none does.

    >>> [(spec.name, spec.splits) for spec in box_tasks(["sarbench_sarchat_rebuilt_referring_lite"])]
    [('sarbench_sarchat_rebuilt_referring', ('validation', 'train'))]
    """
    if split is not None:
        refuse_test(split, where=f"split {split!r}")
    catalogue = read_catalogue()
    chosen = {}
    for spec in catalogue.select(wanted):
        if spec.family in BOX_KINDS:
            whole = _whole(catalogue, spec)
            chosen[whole.name] = whole
        elif spec.name in wanted:
            raise no_boxes(spec.name)
    if not chosen:
        raise no_boxes(", ".join(wanted))
    first, other = (split, None) if split else (SPLITS[1], SPLITS[0])
    return tuple(replace(spec, split=first, fallback_split=other) for spec in chosen.values())


def _whole(catalogue: Catalogue, spec: TaskSpec) -> TaskSpec:
    config = spec.config.removesuffix(LITE_SUFFIX)
    if config == spec.config:
        return spec
    same = (
        task
        for task in catalogue.tasks.values()
        if (task.dataset, task.config, task.family, task.asks) == (spec.dataset, config, spec.family, spec.asks)
    )
    return next(same, replace(spec, config=config))
