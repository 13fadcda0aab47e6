"""Severity curves and spreads over wordings, made of shares of a headline."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sarbench.runs.record import CurvePoint, Score, Scores, SeverityCurve, TaskScores, Wording, WordingSpread
from tests.board.board_plans import RunPlan, TaskPlan


def with_planned(plan: RunPlan, tasks: Sequence[TaskScores]) -> Scores:
    """Return the scores of a run with the curves and spreads that its plan asks for."""
    planned = [(task, of) for task in plan.tasks for of in tasks if of.task == task.task]
    return Scores(
        sarbench_version="0.1.0",
        tasks=tuple(tasks),
        curves=tuple(curve for task, of in planned for curve in _curves(plan, task, of)),
        wordings=tuple(_spread(plan, task, of) for task, of in planned if task.wordings),
    )


def _headline(of: TaskScores) -> Score:
    return next(score for score in of.scores if score.headline)


def _curves(plan: RunPlan, task: TaskPlan, of: TaskScores) -> list[SeverityCurve]:
    head = _headline(of)
    made = []
    for name, shares in task.curves.items():
        values = [None if share is None else share * head.value for share in shares]
        whole = None if None in values else [head.value, *values]
        points = [
            CurvePoint(perturbation=f"{name}:s={step}", run_id=f"{plan.run_id}-{name}-{step}", value=value)
            for step, value in enumerate(values, start=1)
        ]
        floor = 0.25 * head.value
        area = None if whole is None else float(np.mean([(a + b) / 2 for a, b in pairwise(whole)]))
        made.append(
            SeverityCurve(
                task=task.task,
                metric=head.metric,
                unit=head.unit,
                perturbation=name,
                clean=head.value,
                points=tuple(points),
                floor=floor,
                floor_run_id=f"{plan.run_id}-blind",
                area=area,
                retained=None if area is None else (area - floor) / (head.value - floor),
                worst=None if whole is None else (whole[-1] - floor) / (head.value - floor),
                area_low=None if area is None else area - 0.05 * head.value,
                area_high=None if area is None else area + 0.05 * head.value,
                retained_low=None if area is None else (area - floor) / (head.value - floor) - 0.04,
                retained_high=None if area is None else (area - floor) / (head.value - floor) + 0.05,
                method="none" if area is None else "cluster-bootstrap-2000",
            )
        )
    return made


def _spread(plan: RunPlan, task: TaskPlan, of: TaskScores) -> WordingSpread:
    head = _headline(of)
    values = {name: None if share is None else share * head.value for name, share in task.wordings.items()}
    known = [value for value in values.values() if value is not None]
    whole = len(known) == len(values)
    return WordingSpread(
        task=task.task,
        metric=head.metric,
        unit=head.unit,
        higher_is_better=head.higher_is_better,
        wordings=tuple(
            Wording(prompt_id=name, run_id=f"{plan.run_id}-{name}", value=value) for name, value in values.items()
        ),
        mean=sum(known) / len(known) if whole else None,
        lowest=min(known) if whole else None,
        highest=max(known) if whole else None,
    )
