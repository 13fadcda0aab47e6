"""Scores of made-up answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sarbench.answers.outcome import OUTCOMES
from sarbench.runs.record import Score, TaskScores
from tests.board.board_plans import CAPTION, COUNTING, JUDGE, TaskPlan


def task_scores(task: TaskPlan, lines: Sequence[Mapping[str, Any]]) -> TaskScores:
    outcomes = Counter(line["outcome"] for line in lines)
    scored = [dict(line["scores"]) for line in lines if line["outcome"] != "failed"]
    caption, counting = task.task == CAPTION, task.task == COUNTING
    metric = "cider" if caption else "exact" if counting else "f1@0.5"
    if task.undecided is not None:
        metric = "accuracy"
    values = [_one(scores, "exact" if metric == "accuracy" else metric) for scores in scored]
    mean = float(np.mean(values)) if values else None
    headline = mean if task.value is None else task.value
    half = task.half_width or (2 * float(np.std(values)) / len(values) ** 0.5 if values else 0.0)
    rest = {"exact": [("within_1", 1.2)], "cider": [("rouge_l", 0.5)]}.get(metric, [("precision@0.5", 0.9)])
    made = [_score(task, metric, headline, half, len(values), headline=True, unit="CIDEr" if caption else "fraction")]
    if headline is not None:
        made += [_score(task, name, min(headline * scale, 1.0), half, len(values)) for name, scale in rest]
    if task.undecided is not None:
        made.append(_score(task, "undecided", task.undecided, half, len(values), higher=None))
    if task.judged is not None:
        made.append(_score(task, f"{metric}_judged", task.judged, half, len(values), method="clustered-t; " + JUDGE))
    if task.above_chance is not None:
        made.append(_score(task, "f1_above_chance@0.5", task.above_chance, 0.1, len(values)))
    if counting and headline is not None:
        made.append(_score(task, "mae", 1.4 - headline, 0.2, len(values), unit="objects", higher=False))
        made += [
            _score(task, metric, min(1.0, headline + shift), half * 1.5, len(values) // 2, slice_=name)
            for name, shift in (("few objects", 0.1), ("many objects", -0.1))
        ]
    return TaskScores(
        task=task.task,
        samples=len(lines),
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        scores=tuple(made),
    )


def _one(scores: Mapping[str, float], metric: str) -> float:
    if metric in scores:
        return scores[metric]
    hits, false, missed = (scores[f"{part}@0.5"] for part in ("tp", "fp", "fn"))
    return 2 * hits / (2 * hits + false + missed) if hits + false + missed else 0.0


def _score(
    task: TaskPlan,
    metric: str,
    value: float | None,
    half: float,
    n: int,
    *,
    headline: bool = False,
    unit: str = "fraction",
    higher: bool | None = True,
    method: str | None = None,
    slice_: str = "all",
) -> Score:
    least = -1.0 if "above_chance" in metric else 0.0
    limits = (None, None) if value is None else (max(least, value - half), value + half)
    if unit == "fraction" and limits[1] is not None:
        limits = (limits[0], min(1.0, limits[1]))
    return Score(
        task=task.task,
        metric=metric,
        protocol="strict",
        slice=slice_,
        value=value,
        low=limits[0],
        high=limits[1],
        n=n,
        clusters=(n + 1) // 2,
        method=method or "clustered-t" if metric != "f1@0.5" else "cluster-bootstrap-2000",
        unit=unit,
        higher_is_better=higher,
        headline=headline,
    )
