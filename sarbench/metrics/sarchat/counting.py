"""SARChat-Bench-2M's counting columns: `Cnt`, `Cnt@.25` and `Cnt@.5` (arXiv 2502.08168)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy.typing as npt

from sarbench.metrics._paired import check_paired
from sarbench.metrics.boxes import match_at
from sarbench.metrics.count import within
from sarbench.metrics.rates import jaccard_from_counts

THRESHOLDS = (0.25, 0.5)


@dataclass(frozen=True)
class LocatedCounts:
    """Counting with boxes at one overlap, over N images; fractions in 0..1, higher is better, None of nothing."""

    acc: float | None
    """The printed formula, TP / (TP + FP + FN), over the boxes of all images. A missed box costs twice."""
    whole_image: float | None
    """Share of images in which every target has its box and no box is too much: our stricter reading."""
    tp: int
    fp: int
    fn: int
    n: int


def count_accuracy(predicted: Sequence[int | None], true: Sequence[int]) -> float | None:
    """Return `Cnt`: the share of answers that give the right number; fraction in 0..1, higher is better.

    The paper says that numbers are compared. Under its Acc formula a wrong number would be one FP and one FN, so that a
    share s of right answers would print as s / (2 − s); which of the two Cnt is, it leaves open. This is the share.

    Args:
        predicted: One number an answer; None where it could not be read, which is wrong.
        true: The true numbers.

    Raises:
        InputError: See `sarbench.metrics.count.within`.

    >>> count_accuracy([3, None, 5, 7], [3, 2, 5, 5])
    0.5
    """
    right = within(predicted, true)
    return float(right.mean()) if len(right) else None


def located_counts(
    predicted: Sequence[npt.ArrayLike | None],
    true: Sequence[npt.ArrayLike],
    *,
    thresholds: Collection[float] = THRESHOLDS,
) -> dict[float, LocatedCounts]:
    """Return `Cnt@.25` and `Cnt@.5`: counting answers judged by their boxes.

    The paper says that these measure localisation, and prints Acc = TP / (TP + FP + FN). It leaves open whether boxes
    or whole images are counted, how boxes are assigned, and whether the number must be right too. `acc` counts boxes,
    assigned one to one and optimally (`metrics.boxes.match`); `whole_image` is all or nothing. The number that the text
    gives plays no part. A question is about one class, so labels play none either. The referring columns (`RefM@…`,
    `RefS@…`) leave the same open and can be scored alike.

    Args:
        predicted: For each image the boxes of the answer, [n, 4] xyxy pixels; None where it could not be read, which
            misses every target.
        true: For each image the true boxes, [m, 4].
        thresholds: Least overlaps.

    Raises:
        InputError: The lists differ in length, or a bad box or threshold.

    >>> found = located_counts([[[0, 0, 9, 9]], None], [[[0, 0, 9, 9]], [[0, 0, 4, 4]]])[0.5]
    >>> found.acc, found.whole_image
    (0.5, 0.5)
    """
    check_paired(predicted, true)
    images = [
        match_at([] if said is None else said, meant, thresholds=thresholds)
        for said, meant in zip(predicted, true, strict=True)
    ]
    unread = [said is None for said in predicted]
    found = {}
    for threshold in thresholds:
        counts = [(image[threshold].tp, image[threshold].fp, image[threshold].fn) for image in images]
        tp, fp, fn = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
        whole = [miss == extra == 0 and not lost for (_, extra, miss), lost in zip(counts, unread, strict=True)]
        found[threshold] = LocatedCounts(
            acc=float(jaccard_from_counts(tp, fp, fn)) if tp + fp + fn else None,
            whole_image=sum(whole) / len(whole) if whole else None,
            tp=tp,
            fp=fp,
            fn=fn,
            n=len(counts),
        )
    return found
