"""One-to-one matching of predicted to true boxes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from sarbench.errors import InputError
from sarbench.metrics._numeric import check_overlap
from sarbench.metrics._paired import length
from sarbench.metrics.boxes.overlap import Edges
from sarbench.metrics.boxes.overlap import iou as overlaps_of  # `match` has a parameter of that name
from sarbench.metrics.boxes.valid import Boxes

Labels = Sequence[str | None]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Match:
    """One image: which predicted box belongs to which true one."""

    tp: int
    fp: int
    fn: int
    pairs: tuple[tuple[int, int], ...]
    """(predicted, true) indices, in the order of the predictions."""
    mean_iou: float | None
    """Mean overlap of the pairs, fraction in threshold..1, higher is better; None without pairs. It says nothing of
    missed targets: one pair out of ten can have a mean of 1."""

    @property
    def iou_sum(self) -> float:
        """Summed overlap of the pairs, 0..tp: what a mean over many images is made of."""
        return (self.mean_iou or 0.0) * self.tp


def match(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    *,
    iou: float = 0.5,
    predicted_labels: Labels | None = None,
    true_labels: Labels | None = None,
    edges: Edges = "exclusive",
) -> Match:
    """Match predicted to true boxes of one image, one to one.

    Of all assignments the one with the most pairs at or above the threshold is taken, and among those the one with the
    largest sum of overlaps (sarbench's own rule; COCOeval is greedy by score, which text answers do not have). Extra
    predictions, repeated ones included, are false positives.

    Args:
        predicted: [N, 4] xyxy in pixels.
        true: [M, 4] xyxy, same frame.
        iou: Least overlap of a pair, 0 < iou ≤ 1.
        predicted_labels: One per predicted box; None matches any class.
        true_labels: One per true box; None matches any class. Classes count only where both lists are given.
        edges: See `sarbench.metrics.boxes.iou`.

    Raises:
        InputError: Bad boxes (see `iou`), a bad threshold, or as many labels as there are not boxes.

    >>> match([[0, 0, 10, 10], [0, 0, 10, 9]], [[0, 0, 10, 10]])
    Match(tp=1, fp=1, fn=0, pairs=((0, 0),), mean_iou=1.0)
    """
    found = match_at(
        predicted, true, thresholds=(iou,), predicted_labels=predicted_labels, true_labels=true_labels, edges=edges
    )
    return found[iou]


def match_at(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    *,
    thresholds: Iterable[float],
    predicted_labels: Labels | None = None,
    true_labels: Labels | None = None,
    edges: Edges = "exclusive",
) -> dict[float, Match]:
    """Match the boxes of one image at several thresholds from one table of overlaps.

    Each threshold is matched by itself, as `match` does it: a pair at 0.25 need not be one at 0.5.

    Args, errors: as `match`, with `thresholds` in place of `iou`.

    Returns:
        Threshold, as given → match.

    >>> found = match_at([[0, 0, 10, 10]], [[0, 0, 10, 4]], thresholds=(0.25, 0.5))
    >>> found[0.25].tp, found[0.5].tp
    (1, 0)
    """
    asked = _thresholds(thresholds)
    overlaps = overlaps_of(predicted, true, edges=edges)
    same = same_class(overlaps.shape, predicted_labels, true_labels)
    return {threshold: matched(overlaps, overlaps >= threshold, same) for threshold in asked}


def _thresholds(given: Iterable[float]) -> tuple[float, ...]:
    if not isinstance(given, Iterable):
        raise InputError(where=f"thresholds {given!r}", problem="are no list of overlaps", fix="Give them as (0.5,)")
    asked = tuple(given)
    for threshold in asked:
        check_overlap(threshold)
    return asked


def matched(overlaps: Boxes, near: npt.NDArray[np.bool_], same: npt.NDArray[np.bool_] | None) -> Match:
    """Match the boxes of one image from their overlaps [N, M], and from which are near and of one class enough."""
    rows, columns = _best_pairs(overlaps, near if same is None else near & same)
    tp = len(rows)
    # An exact sum does not depend on the order of the boxes.
    mean = fsum(overlaps[rows, columns].tolist()) / tp if tp else None
    pairs = tuple(zip(rows.tolist(), columns.tolist(), strict=True))
    return Match(tp, overlaps.shape[0] - tp, overlaps.shape[1] - tp, pairs, mean)


def _best_pairs(overlaps: Boxes, allowed: npt.NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Return the rows, ascending, and the columns of the best assignment among the allowed pairs.

    Most images need no solver: nothing is near, or nothing is near twice, or one side has a single box.
    """
    rows, columns = np.nonzero(allowed)
    if len(rows) <= 1 or _no_conflict(rows, columns):
        return rows, columns
    # Every pair is worth more than all overlaps together can be.
    worth = np.where(allowed, overlaps + (min(overlaps.shape) + 1), 0.0)
    if min(overlaps.shape) == 1:
        best = int(worth[rows, columns].argmax())
        return rows[best : best + 1], columns[best : best + 1]
    rows, columns = linear_sum_assignment(worth, maximize=True)
    kept = allowed[rows, columns]
    return rows[kept], columns[kept]


def _no_conflict(rows: Indices, columns: Indices) -> bool:
    """Whether no box stands in two pairs; the rows are sorted."""
    return bool((rows[1:] != rows[:-1]).all()) and len(set(columns.tolist())) == len(columns)


def same_class(shape: tuple[int, ...], predicted: Labels | None, true: Labels | None) -> npt.NDArray[np.bool_] | None:
    """Return which pairs may match by class, or None where all may.

    Raises:
        InputError: As many labels as there are not boxes.
    """
    if predicted is None or true is None:
        return None
    sizes = (length(predicted, "predicted_labels"), length(true, "true_labels"))
    if sizes != shape:
        raise InputError(
            where="labels",
            problem=f"are {sizes[0]} predicted and {sizes[1]} true for {shape[0]} and {shape[1]} boxes",
            fix="Give a list with one label or None for each box",
        )
    try:
        same = [[p is None or t is None or bool(p == t) for t in true] for p in predicted]
    except (ValueError, OverflowError) as error:
        raise InputError(where="labels", problem="hold arrays", fix="Give one text or None for each box") from error
    return np.array(same, dtype=bool).reshape(shape)
