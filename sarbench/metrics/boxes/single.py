"""One target, one box: the hit rate."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import check_overlap, numeric
from sarbench.metrics._paired import check_paired
from sarbench.metrics.boxes.overlap import Edges, overlap
from sarbench.metrics.boxes.valid import Boxes, checked, shaped


def first_box_ious(
    predicted: Sequence[npt.ArrayLike | None], true: npt.ArrayLike, *, edges: Edges = "exclusive"
) -> Boxes:
    """Return the overlap of the first box of each answer with the one true box of its question: [N] float64.

    Range 0..1, fraction, higher is better. An answer without a box overlaps by 0 and keeps its place. Boxes after the
    first are not looked at: more of them buy nothing (VRSBench takes the first four integers of an answer likewise).

    Args:
        predicted: For each question the boxes of its answer, [n, 4] xyxy; None where it could not be read.
        true: [N, 4] xyxy, same frame.
        edges: "inclusive" for VRSBench's numbers; see `sarbench.metrics.boxes.iou`.

    Raises:
        InputError: The lists differ in length, or a bad box.

    >>> first_box_ious([[[0, 0, 4, 4], [9, 9, 10, 10]], None], [[0, 0, 4, 2], [0, 0, 1, 1]]).tolist()
    [0.5, 0.0]
    """
    targets = checked(true, "true")
    check_paired(predicted, targets)
    firsts = [_first(answer, index) for index, answer in enumerate(predicted)]
    given = np.array([box is not None for box in firsts], dtype=bool)
    boxes = np.array([(0.0, 0.0, 0.0, 0.0) if box is None else box for box in firsts])
    return np.where(given, overlap(checked(boxes, "predicted"), targets, edges), 0.0)


def hit_rate(overlaps: npt.ArrayLike, *, iou: float = 0.5) -> float | None:
    """Return the share of overlaps at or above a threshold: fraction in 0..1, higher is better; None of nothing.

    With `first_box_ious` over all questions this is Acc@iou of VRSBench (hits / all samples, arXiv 2406.12384) and of
    most grounding papers. It is not SARChat-2M's printed Acc, in which a single miss costs twice
    (`jaccard_from_counts`).

    Raises:
        InputError: A threshold outside 0 < iou ≤ 1, or an overlap that is no fraction.

    >>> hit_rate([0.6, 0.5, 0.1, 0.0])
    0.5
    """
    check_overlap(iou)
    values = numeric(overlaps, "overlaps")
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError(where="overlaps", problem="are not all in 0..1", fix="Give what first_box_ious returned")
    return float((values >= iou).mean()) if values.size else None


def _first(answer: npt.ArrayLike | None, index: int) -> Boxes | None:
    if answer is None:
        return None
    boxes = shaped(answer, f"predicted[{index}]")
    return boxes[0] if len(boxes) else None
