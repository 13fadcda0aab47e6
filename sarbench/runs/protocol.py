"""Scoring one answer: the `strict` protocol, the same for every road an answer comes by.

The lmms-eval hooks, the floors and the offline rescoring all call `score_answer`, so that a number does not depend on
who computed it. A sample's scores are the per-sample facts that `sarbench.runs.aggregate` sums up; nothing here looks
at more than one answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from sarbench.answers import Parsed, parse
from sarbench.answers.outcome import Outcome
from sarbench.metrics import boxes as box_metrics
from sarbench.metrics import choice, count
from sarbench.metrics.fields import FIELDS, agreement, mention_overlap
from sarbench.prompts import Family, family

IOU_THRESHOLDS = (0.25, 0.5)
"""SARChat-Bench-2M scores at both (arXiv 2502.08168, section on metrics); 0.5 is our headline."""

ANSWER_KIND: dict[Family, str] = {
    "classification": "labels",
    "description": "mentions",
    "counting": "count",
    "grounding": "boxes",
    "identification": "fields",
    "referring": "boxes",
}
"""How the answer to each kind of question is read (see `sarbench.answers.parse`)."""

_SCORED = ("ok", "out_of_range")


class AnswerScore(msgspec.Struct, frozen=True):
    """What was read from one answer, what became of it, and its per-sample scores."""

    parsed: dict[str, Any] | None
    outcome: Outcome
    rule: str
    scores: dict[str, float]


def target_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Take from a row of the schema what its answer is scored against, as the JSON object of the run record.

    >>> row = {"task": "counting", "subtask": "count", "question": "[count] Count the ship.", "answers": ["…"],
    ...        "boxes": [], "count": 4, "region": [], "choices": []}
    >>> target_of(row)
    {'count': 4, 'boxes': []}
    """
    boxes = [
        {"label": box["label"], "xyxy": [float(edge) for edge in box["xyxy"]], "position": box["position"]}
        for box in row["boxes"]
    ]
    answer = row["answers"][0] if row["answers"] else ""
    match family(row):
        case "classification":
            choices = list(row["choices"])
            named = {
                choice for choice in choices if re.search(rf"\b{re.escape(choice)}(s|es)?\b", answer, re.IGNORECASE)
            }
            read = parse(answer, kind="labels", choices=choices).value
            return {"labels": sorted(read or named), "choices": choices}
        case "description":
            mentions = parse(answer, kind="mentions").value or ()
            return {"mentions": [list(mention) for mention in mentions], "boxes": boxes}
        case "counting":
            return {"count": row["count"], "boxes": boxes}
        case "identification":
            fields = parse(answer, kind="fields").value
            return {"fields": dict(fields or {}), "region": [float(edge) for edge in row["region"]]}
        case "grounding" | "referring":
            return {"boxes": boxes}


def score_answer(
    kind: Family, target: Mapping[str, Any], prediction: str, *, coords: str, size: tuple[int, int]
) -> AnswerScore:
    """Read one answer and score it against its target.

    Args:
        kind: The kind of question.
        target: The target as `target_of` gives it.
        prediction: The model's text, whatever it is; this function never raises on it.
        coords: The coordinate convention of the run.
        size: Width and height of the native image in pixels.

    Returns:
        The parsed answer and its scores. A failed answer has no scores: it leaves every denominator. Every other
        outcome but `ok` and `out_of_range` scores as an empty answer, except that boxes which were given are paid for.
    """
    read = parse(prediction, kind=ANSWER_KIND[kind], choices=tuple(target.get("choices", ())), coords=coords, size=size)
    if read.outcome == "failed":
        return AnswerScore(None, "failed", read.rule, {})
    usable = read if read.outcome in _SCORED else None
    scores = _SCORERS[kind](target, usable)
    if ANSWER_KIND[kind] == "boxes":
        scores = _charge(scores, read, usable)
    return AnswerScore(_parsed(kind, read), read.outcome, read.rule, scores)


def _parsed(kind: Family, read: Parsed) -> dict[str, Any] | None:
    """Turn a parsed value into the JSON object of the run record."""
    if read.value is None:
        return None
    match kind:
        case "classification":
            return {"labels": sorted(read.value)}
        case "description":
            return {"mentions": [list(mention) for mention in read.value]}
        case "counting":
            return {"count": read.value}
        case "identification":
            return {"fields": dict(read.value)}
        case "grounding" | "referring":
            labels = read.labels or (None,) * len(read.value)
            return {
                "boxes": [
                    {"label": label, "xyxy": [float(edge) for edge in box], "position": None}
                    for box, label in zip(read.value, labels, strict=True)
                ]
            }


def _classification(target: Mapping[str, Any], read: Parsed | None) -> dict[str, float]:
    (exact,) = choice.exact_sets([read.value if read else None], [target["labels"]])
    return {"exact": float(exact)}


def _counting(target: Mapping[str, Any], read: Parsed | None) -> dict[str, float]:
    said, true = [read.value if read else None], [target["count"]]
    (exact,), (close,) = count.within(said, true), count.within(said, true, tolerance=1)
    scores = {"exact": float(exact), "within_1": float(close)}
    for error in count.absolute_errors(said, true):
        scores["absolute_error"] = float(error)
    return scores


def _description(target: Mapping[str, Any], read: Parsed | None) -> dict[str, float]:
    true, said = target["mentions"], read.value if read else ()
    scores: dict[str, float] = {}
    # The category alone is scored as mentions whose position is left out.
    for name, keep in (("mention", 2), ("category", 1)):
        found = mention_overlap(*([tuple((*pair[:keep], "")[:2]) for pair in pairs] for pairs in (said, true)))
        scores |= {f"{name}_tp": found.tp, f"{name}_fp": found.fp, f"{name}_fn": found.fn}
    return scores


def _identification(target: Mapping[str, Any], read: Parsed | None) -> dict[str, float]:
    found = agreement(read.value if read else None, target["fields"])
    fields = {name: getattr(found, name) for name in FIELDS}
    known = {name: float(agrees) for name, agrees in fields.items() if agrees is not None}
    return {"all_fields": float(found.all), **known}


def _grounding(target: Mapping[str, Any], read: Parsed | None) -> dict[str, float]:
    return _box_scores(target["boxes"], read, within_class=True)


def _referring(target: Mapping[str, Any], read: Parsed | None) -> dict[str, float]:
    """Score referring: the class is given in the question, so labels in the answer do not count."""
    scores = _box_scores(target["boxes"], read, within_class=False)
    if len(target["boxes"]) == 1:
        scores |= _first_box_hits(target["boxes"][0]["xyxy"], read)
    return scores


def _box_scores(true: Sequence[Mapping[str, Any]], read: Parsed | None, *, within_class: bool) -> dict[str, float]:
    predicted_boxes = read.value if read else np.empty((0, 4))
    true_boxes = np.array([box["xyxy"] for box in true], dtype=np.float64).reshape(-1, 4)
    labels = {}
    if within_class:
        # A box without a class is a box of no class: leaving the class out must not be the safest answer.
        said = (read.labels if read else None) or (None,) * len(predicted_boxes)
        labels = {"predicted_labels": [label or "" for label in said], "true_labels": [box["label"] for box in true]}
    scores: dict[str, float] = {}
    for threshold in IOU_THRESHOLDS:
        found = box_metrics.match(predicted_boxes, true_boxes, iou=threshold, **labels)
        scores |= {f"tp@{threshold}": found.tp, f"fp@{threshold}": found.fp, f"fn@{threshold}": found.fn}
        if threshold == IOU_THRESHOLDS[-1]:
            scores["iou_sum"] = (found.mean_iou or 0.0) * found.tp
    return scores


def _charge(scores: dict[str, float], read: Parsed, usable: Parsed | None) -> dict[str, float]:
    """Count boxes that were given but not matched as wrong: a broken box must not make the others free."""
    wasted = read.dropped + (len(read.value) if usable is None and read.value is not None else 0)
    return {name: value + wasted if name.startswith("fp@") else value for name, value in scores.items()}


def _first_box_hits(true: Sequence[float], read: Parsed | None) -> dict[str, float]:
    """Hit rate of a single target takes the first box only: more boxes buy nothing."""
    overlap = 0.0
    if read is not None and len(read.value):
        overlap = float(box_metrics.iou(read.value[:1], np.array([true], dtype=np.float64))[0, 0])
    return {f"hit@{threshold}": float(overlap >= threshold) for threshold in IOU_THRESHOLDS}


_SCORERS: dict[Family, Callable[[Mapping[str, Any], Parsed | None], dict[str, float]]] = {
    "classification": _classification,
    "description": _description,
    "counting": _counting,
    "grounding": _grounding,
    "identification": _identification,
    "referring": _referring,
}
