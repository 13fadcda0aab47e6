"""Overlap and one-to-one matching of boxes.

Boxes are [N, 4] xyxy in pixels with exclusive right and bottom edges, so that a box is x2 − x1 wide (no "+ 1" as in
VRSBench). NaN and negative sizes are refused: COCOeval takes a NaN box for a hit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from sarbench.errors import InputError
from sarbench.metrics.rates import f1_from_counts, jaccard_from_counts, precision_from_counts, recall_from_counts

__all__ = [
    "Match",
    "f1_from_counts",
    "iou",
    "jaccard_from_counts",
    "match",
    "precision_from_counts",
    "recall_from_counts",
]

Boxes = npt.NDArray[np.float64]
Labels = Sequence[str | None]


@dataclass(frozen=True)
class Match:
    """One image: which predicted box belongs to which true one."""

    tp: int
    fp: int
    fn: int
    pairs: tuple[tuple[int, int], ...]
    """(predicted, true) indices, in the order of the predictions."""
    mean_iou: float | None
    """Mean overlap of the pairs, fraction in threshold..1, higher is better; None without pairs."""


def iou(a: npt.ArrayLike, b: npt.ArrayLike) -> Boxes:
    """Return the intersection over union of every box of a with every box of b.

    Range 0..1, fraction, higher is better. Two boxes without area overlap by 0.

    Args:
        a: [N, 4] xyxy.
        b: [M, 4] xyxy, same frame.

    Returns:
        [N, M] float64.

    Raises:
        InputError: A wrong shape, a NaN or infinite edge, or a negative size.

    >>> iou([[0, 0, 2, 2]], [[1, 0, 3, 2], [5, 5, 6, 6]]).round(3).tolist()
    [[0.333, 0.0]]
    """
    first, second = _checked(a, "a"), _checked(b, "b")
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    union = _areas(first)[:, None] + _areas(second)[None, :] - shared
    overlaps: Boxes = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlaps


def match(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    *,
    iou: float = 0.5,
    predicted_labels: Labels | None = None,
    true_labels: Labels | None = None,
) -> Match:
    """Match predicted to true boxes of one image, one to one.

    Of all assignments the one with the most pairs at or above the threshold is taken, and among those the one with the
    largest sum of overlaps (scipy's `linear_sum_assignment`). Extra predictions, repeated ones included, are false
    positives.

    Args:
        predicted: [N, 4] xyxy.
        true: [M, 4] xyxy, same frame.
        iou: Least overlap of a pair, 0 < iou ≤ 1.
        predicted_labels: One per predicted box; None matches any class.
        true_labels: One per true box; None matches any class. Classes count only where both lists are given.

    Raises:
        InputError: Bad boxes (see `iou`), a bad threshold, or as many labels as there are not boxes.

    >>> match([[0, 0, 10, 10], [0, 0, 10, 9]], [[0, 0, 10, 10]])
    Match(tp=1, fp=1, fn=0, pairs=((0, 0),), mean_iou=1.0)
    """
    if not 0 < iou <= 1:
        raise InputError(where=f"iou {iou}", problem="is no overlap threshold", fix="Give a number in 0 < iou ≤ 1")
    overlaps = _overlaps(predicted, true)
    allowed = (overlaps >= iou) & _same_class(overlaps.shape, predicted_labels, true_labels)
    # Every pair is worth more than all overlaps together can be.
    worth = np.where(allowed, overlaps + min(overlaps.shape) + 1, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    kept = allowed[rows, columns]
    pairs = tuple(zip(rows[kept].tolist(), columns[kept].tolist(), strict=True))
    tp = len(pairs)
    mean = float(overlaps[rows[kept], columns[kept]].mean()) if tp else None
    return Match(tp, overlaps.shape[0] - tp, overlaps.shape[1] - tp, pairs, mean)


_overlaps = iou  # `match` has a parameter of the same name


def _same_class(shape: tuple[int, ...], predicted: Labels | None, true: Labels | None) -> npt.NDArray[np.bool_]:
    if predicted is None or true is None:
        return np.ones(shape, dtype=bool)
    if (len(predicted), len(true)) != shape:
        raise InputError(
            where="labels",
            problem=f"are {len(predicted)} predicted and {len(true)} true for {shape[0]} and {shape[1]} boxes",
            fix="Give one label or None for each box",
        )
    same = [[p is None or t is None or p == t for t in true] for p in predicted]
    return np.array(same, dtype=bool).reshape(shape)


def _areas(boxes: Boxes) -> Boxes:
    areas: Boxes = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas


def _checked(boxes: npt.ArrayLike, name: str) -> Boxes:
    values = np.asarray(boxes, dtype=np.float64)
    if values.size == 0:
        return np.zeros((0, 4))
    if values.ndim != 2 or values.shape[1] != 4:
        raise InputError(where=name, problem=f"has the shape {values.shape}", fix="Give boxes of the shape [N, 4]")
    bad = ~np.isfinite(values).all(axis=1) | (values[:, 2] < values[:, 0]) | (values[:, 3] < values[:, 1])
    if bad.any():
        index = int(bad.argmax())
        raise InputError(
            where=f"{name}[{index}]",
            problem=f"is no box: {values[index].tolist()} is not finite, or ends before it begins",
            fix="Leave it out and count it, as sarbench.answers.parse does",
        )
    return values
