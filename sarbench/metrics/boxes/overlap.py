"""Intersection over union."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics.boxes.valid import Boxes, checked

Edges = Literal["exclusive", "inclusive"]
"""Whether the right and bottom edge are the first pixels outside a box, or its last pixels."""


def iou(a: npt.ArrayLike, b: npt.ArrayLike, *, edges: Edges = "exclusive") -> Boxes:
    """Return the intersection over union of every box of a with every box of b.

    Range 0..1, fraction, higher is better. Two boxes without area overlap by 0.

    Args:
        a: [N, 4] xyxy in pixels.
        b: [M, 4] xyxy, same frame.
        edges: "exclusive" is sarbench's frame and COCO's. "inclusive" adds one pixel to every width and height, of the
            intersection too: VRSBench's `computeIoU` (lx709/VRSBench, eval_utils.py), for the `paper` protocol alone.
            At a target of ten pixels the two differ visibly.

    Returns:
        [N, M] float64.

    Raises:
        InputError: A wrong shape, a NaN or infinite edge, a negative size, or unknown edges.

    >>> iou([[0, 0, 2, 2]], [[1, 0, 3, 2], [5, 5, 6, 6]]).round(3).tolist()
    [[0.333, 0.0]]
    >>> iou([[0, 0, 2, 2]], [[1, 0, 3, 2]], edges="inclusive").tolist()
    [[0.5]]
    """
    first, second = checked(a, "a"), checked(b, "b")
    return overlap(first[:, None, :], second[None, :, :], edges)


def paired_iou(a: npt.ArrayLike, b: npt.ArrayLike, *, edges: Edges = "exclusive") -> Boxes:
    """Return the intersection over union of the boxes of a with the boxes of b, row by row: [N] float64.

    Range, args, errors: as `iou`; a and b have the same length.

    >>> paired_iou([[0, 0, 2, 2], [0, 0, 1, 1]], [[0, 0, 2, 1], [5, 5, 6, 6]]).tolist()
    [0.5, 0.0]
    """
    first, second = checked(a, "a"), checked(b, "b")
    if len(first) != len(second):
        raise InputError(
            where="a and b",
            problem=f"hold {len(first)} and {len(second)} boxes",
            fix="Give boxes that belong together row by row, or use iou for every pair",
        )
    return overlap(first, second, edges)


def overlap(a: Boxes, b: Boxes, edges: Edges = "exclusive") -> Boxes:
    """Return the intersection over union of sound boxes [..., 4] whose shapes broadcast: [...]."""
    if not isinstance(edges, str) or edges not in get_args(Edges):
        raise InputError(where=f"edges {edges!r}", problem="are unknown", fix='Give "exclusive" or "inclusive"')
    pixel = 1.0 if edges == "inclusive" else 0.0
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0]) + pixel
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1]) + pixel
    shared = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    union = _area(a, pixel) + _area(b, pixel) - shared
    overlaps: Boxes = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlaps


def _area(boxes: Boxes, pixel: float) -> Boxes:
    area: Boxes = (boxes[..., 2] - boxes[..., 0] + pixel) * (boxes[..., 3] - boxes[..., 1] + pixel)
    return area
