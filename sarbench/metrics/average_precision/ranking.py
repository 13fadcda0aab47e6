"""All detections of a set of images in the order of their scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import numeric
from sarbench.metrics.average_precision.detections import (
    Codes,
    Flat,
    Labelled,
    Scored,
    flatten,
    flatten_scores,
    read_or_nothing,
)
from sarbench.metrics.average_precision.greedy import Hits, Queue, by_label, hits, queue

Floats = npt.NDArray[np.float64]

COCO_THRESHOLDS: tuple[float, ...] = tuple(np.linspace(0.5, 0.95, 10).tolist())
"""0.50, 0.55, …, 0.95, to the last bit as COCOeval has them."""


@dataclass(frozen=True)
class Ranked:
    """Checked input with its two orders: that in which detections choose, and that of the curves."""

    classes: tuple[str, ...]
    images: int
    thresholds: Floats
    detections: Flat
    scores: Floats
    truths: Flat
    line: Queue
    places: Codes
    """[K]: places in the line by class and falling score."""
    order: Codes
    """[K]: the detections at these places."""
    bounds: Codes
    """[classes + 1]: where the classes begin in `places`."""

    def hits(self) -> Hits:
        """Return which detections find a true box, by class and falling score: [T, K]."""
        return hits(self.line, self.thresholds)[:, self.places]

    def positives(self, weights: Floats | None = None) -> Floats:
        """Return the number of true boxes of each class, or their summed image weights: [classes]."""
        each = None if weights is None else weights[self.truths.image]
        return np.bincount(self.truths.label, weights=each, minlength=len(self.classes)).astype(np.float64)

    @property
    def tied(self) -> float:
        """Share of the detections whose score another one of their class has too."""
        if len(self.order) == 0:
            return 0.0
        same = _same_class(self) & (np.diff(self.scores[self.order]) == 0)
        return float((np.r_[same, False] | np.r_[False, same]).mean())


def rank(predictions: Sequence[Scored | None], truths: Sequence[Labelled], thresholds: Sequence[float]) -> Ranked:
    """Check the input and sort it.

    Raises:
        InputError: See `sarbench.metrics.average_precision.average_precision`.
    """
    limits = numeric(thresholds, "thresholds")
    if limits.ndim != 1 or len(limits) == 0 or not ((limits > 0) & (limits <= 1)).all():
        raise InputError(where=f"thresholds {thresholds}", problem="are no overlaps", fix="Give numbers in 0 < t ≤ 1")
    read = read_or_nothing(predictions)
    classes, detections, true = flatten(read, truths)
    scores = flatten_scores(read, detections.image)
    by_score = np.argsort(-scores, kind="stable")
    height = np.empty_like(by_score)
    height[by_score] = np.arange(len(by_score))
    line, lined_up = queue(detections, height, true, len(truths))
    place = np.full(len(scores), -1)
    place[lined_up] = np.arange(len(lined_up))
    order = by_score[by_label(detections.label[by_score])]
    order = order[place[order] >= 0]
    bounds = np.searchsorted(detections.label[order], np.arange(len(classes) + 1))
    ranked = Ranked(classes, len(truths), limits, detections, scores, true, line, place[order], order, bounds)
    _refuse_constant(ranked)
    return ranked


def _same_class(ranked: Ranked) -> npt.NDArray[np.bool_]:
    same: npt.NDArray[np.bool_] = np.diff(ranked.detections.label[ranked.order]) == 0
    return same


def _refuse_constant(ranked: Ranked) -> None:
    same = _same_class(ranked)
    if same.any() and not np.diff(ranked.scores[ranked.order])[same].any():
        raise InputError(
            where="scores",
            problem="are the same for all detections of a class, so that the order of the files would decide the"
            " average precision",
            fix="Give the model's own scores, or use tie_aware_ap50 or F1 (metrics.boxes.match), which need none",
        )
