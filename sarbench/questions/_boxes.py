"""Facts about boxes: matched one to one at every threshold, with a cost for each that hits nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sarbench.answers import Parsed
from sarbench.coords import Size
from sarbench.errors import InputError
from sarbench.metrics import boxes as box_metrics
from sarbench.questions import estimate, numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Row, Target
from sarbench.questions.metric import SARCHAT, Metric, Number

THRESHOLDS = (0.25, 0.5, 0.75)
"""SARChat-Bench-2M scores at the first two (arXiv 2502.08168, section on metrics); 0.5 is our headline."""

HEADLINE = 0.5

_MIRRORED = "mirrored_tp"
_EDGES = 4

F1 = Metric(f"f1@{HEADLINE}", f"F1 of boxes matched one to one at IoU {HEADLINE}; every box that hits nothing costs")
RATES = tuple(
    Metric(f"{rate}@{threshold}", f"{words} of boxes matched one to one at IoU {threshold}")
    for threshold in (0.5, 0.25, 0.75)
    for rate, words in (("f1", "F1"), ("precision", "precision"), ("recall", "recall"))
    if (rate, threshold) != ("f1", HEADLINE)
)
BY_CHANCE = Metric(
    f"f1_by_chance@{HEADLINE}",
    f"F1 at IoU {HEADLINE} of the same boxes in the mirrored pictures: what their number and size alone give",
    higher_is_better=None,
)
ABOVE_CHANCE = Metric(
    f"f1_above_chance@{HEADLINE}",
    f"f1@{HEADLINE} less f1_by_chance@{HEADLINE}: 0 on average for boxes that know neither the picture nor"
    " on which side targets usually lie, however many; the same box everywhere is for a blind run to find out",
    low=-1.0,
)
MATCHED_IOU = Metric(
    "matched_iou",
    f"mean overlap of the pairs matched at IoU {HEADLINE}: how tight hits are, whatever was missed",
    higher_is_better=None,
)
MEAN_IOU = Metric(
    "mean_iou",
    f"mean overlap of the pairs matched at IoU {THRESHOLDS[0]}; missed and extra boxes count as pairs without overlap",
)
JACCARD = tuple(
    Metric(
        f"jaccard@{threshold}",
        f"tp / (tp + fp + fn) of boxes at IoU {threshold}, which the paper calls Acc",
        source=SARCHAT + "; how boxes are assigned and whether classes count is not printed: as under strict here",
        protocol="paper",
        datasets=("sarchat-2m",),
    )
    for threshold in (0.25, 0.5)
)
ALL = (F1, ABOVE_CHANCE, BY_CHANCE, *RATES, MATCHED_IOU, MEAN_IOU, *JACCARD)


def boxes_of(row: Row) -> list[dict[str, Any]]:
    """Return the true boxes of a row as the run record keeps them.

    Raises:
        InputError: The row has no column of boxes, which is not the same as having no box.
    """
    if row.get("boxes") is None:
        fix = "Give the column `boxes`, an empty list where there is nothing"
        raise InputError(where=row.get("id", "reference"), problem="has no boxes to hold an answer against", fix=fix)
    for place, box in enumerate(row["boxes"]):
        if len(box["xyxy"]) != _EDGES:
            problem = f"has a true box of {len(box['xyxy'])} edges, boxes[{place}]"
            raise InputError(where=row.get("id", "reference"), problem=problem, fix="Give boxes as [x1, y1, x2, y2]")
    return [
        {"label": box["label"], "xyxy": [float(edge) for edge in box["xyxy"]], "position": box.get("position")}
        for box in row["boxes"]
    ]


def boxes_read(read: Parsed) -> dict[str, Any]:
    """Return the boxes of an answer as the run record keeps them."""
    labels = read.labels or (None,) * len(read.value)
    return {
        "boxes": [
            {"label": label, "xyxy": [float(edge) for edge in box], "position": None}
            for box, label in zip(read.value, labels, strict=True)
        ]
    }


def box_facts(
    true: Sequence[Mapping[str, Any]],
    read: Parsed | None,
    *,
    within_class: bool,
    overlaps: bool = True,
    size: Size | None = None,
) -> dict[str, float]:
    """Return true positives, false positives and misses at every threshold, and sums of overlaps.

    Where the size of the image is given, true positives by chance too: the mean of the three mirrored pictures.
    """
    predicted = read.value if read else np.empty((0, 4))
    true_boxes = np.array([box["xyxy"] for box in true], dtype=np.float64).reshape(-1, 4)
    said = true_labels = None
    if within_class:
        # A box without a class is a box of no class: leaving the class out must not be the safest answer.
        said = [(label or "").casefold() for label in (read.labels if read else None) or (None,) * len(predicted)]
        true_labels = [(box["label"] or "").casefold() for box in true]
    matches = box_metrics.match_at(
        predicted, true_boxes, thresholds=THRESHOLDS, predicted_labels=said, true_labels=true_labels
    )
    facts: dict[str, float] = {}
    for threshold, found in matches.items():
        facts |= {f"tp@{threshold}": found.tp, f"fp@{threshold}": found.fp, f"fn@{threshold}": found.fn}
        if overlaps:
            facts[f"iou_sum@{threshold}"] = (found.mean_iou or 0.0) * found.tp
    if size is not None:
        hits = box_metrics.mirrored_hits(
            predicted, true_boxes, size, iou=HEADLINE, predicted_labels=said, true_labels=true_labels
        )
        facts[_MIRRORED] = hits / box_metrics.MIRRORED_PICTURES
    return facts


def with_boxes(read: Parsed) -> Parsed | None:
    """Return a reading whose boxes are scored, which a broken box among them does not hinder."""
    return read if read.outcome in ("ok", "out_of_range", "degenerate") and read.value is not None else None


def charged(facts: dict[str, float], read: Parsed) -> dict[str, float]:
    """Count boxes that were given and cannot be matched as wrong: broken ones, and those beyond the limit."""
    wasted = read.dropped
    return {name: value + wasted if name.startswith("fp@") else value for name, value in facts.items()}


def box_numbers(facts: Facts) -> Iterator[Number]:
    """Yield the numbers that grounding and referring share."""
    for metric in (F1, *RATES, *(JACCARD if "of_sarchat" in facts.columns else ())):
        threshold = metric.name.partition("@")[2]
        scored = facts.having("of_sarchat") if metric in JACCARD else facts
        yield from numbers.overlap((metric,), scored, f"{{}}@{threshold}")
    yield from _beside_chance(facts)
    having = facts.only(facts.table(f"tp@{HEADLINE}")[:, 0] > 0)
    yield numbers.share(MATCHED_IOU, having, f"iou_sum@{HEADLINE}", f"tp@{HEADLINE}", rate=False)
    parts = facts.table(*(f"{part}@{THRESHOLDS[0]}" for part in ("iou_sum", "tp", "fp", "fn")))
    places = np.stack([parts[:, 0], parts[:, 1:].sum(axis=1)], axis=1)
    yield Number(MEAN_IOU, estimate.ratio(places, facts.images, numbers.share_of))


def _beside_chance(facts: Facts) -> Iterator[Number]:
    """Yield what the same boxes are worth in the mirrored pictures, and what the true one adds to it."""
    sized = facts.having(_MIRRORED)
    if len(facts) and not len(sized):
        unavailable = estimate.NOTHING._replace(method="unavailable")
        for metric in (ABOVE_CHANCE, BY_CHANCE):
            yield Number(metric, unavailable, note="the sizes of the images are not known")
        return
    columns = sized.table(_MIRRORED, *(f"{part}@{HEADLINE}" for part in ("tp", "fp", "fn")))
    chance, hits, given_and_true = columns[:, 0], columns[:, 1], columns[:, 1:] @ (2.0, 1.0, 1.0)
    above = np.stack([2 * (hits - chance), given_and_true], axis=1)
    by_chance = np.stack([2 * chance, given_and_true], axis=1)
    note = None
    if len(sized) < len(facts):
        note = f"of {len(sized)} of {len(facts)} answers: the sizes of the other images are not known"
    made = estimate.ratio(above, sized.images, numbers.share_of, bottom=ABOVE_CHANCE.low)
    yield Number(ABOVE_CHANCE, made, note=note)
    yield Number(BY_CHANCE, estimate.ratio(by_chance, sized.images, numbers.share_of), note=note)


def single_or_multi(target: Target) -> tuple[str, ...]:
    """Return the part of a target: the authors tell questions with one target from those with several."""
    return ("single",) if len(target["boxes"]) == 1 else ("multi",) if target["boxes"] else ("none",)
