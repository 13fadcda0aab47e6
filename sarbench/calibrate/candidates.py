"""The conventions that a calibration tries, and which of them cannot be told apart on given images."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from sarbench.coords import Size, from_pixels, to_pixels
from sarbench.metrics.boxes import iou

CANDIDATES: tuple[str, ...] = (
    "pixel",
    "norm1",
    "norm100",
    "norm999",
    "norm1000",
    "norm1_padded",
    "norm1000_padded",
    "pixel_resized(28,200704,1605632)",
    "pixel_yx",
    "norm1_yx",
    "norm1000_yx",
    "pixel_xywh",
    "norm1_xywh",
    "norm1000_xywh",
)
"""What the families of `sarbench.lmms.conventions` speak, and their usual slips: y first, width and height."""

ALIKE = 0.9
"""From this mean overlap on, two readings of the same numbers count as one."""

_PROBE = ((0.1, 0.2, 0.4, 0.5), (0.5, 0.55, 0.8, 0.95))
"""Boxes as shares of width and height."""


def alike(one: str, other: str, sizes: Iterable[Size]) -> bool:
    """Tell whether two conventions read the same numbers as nearly the same boxes on these images.

    Args:
        one: Name of a convention.
        other: Name of another.
        sizes: Width and height of each image; one that comes often counts often.

    >>> alike("norm999", "norm1000", [(512, 512)]), alike("norm1000", "pixel", [(512, 512)])
    (True, False)
    >>> alike("norm1000", "pixel", [(1000, 1000)])
    True
    """
    counted = Counter(sizes)
    shared = sum(number * _overlap(one, other, size) for size, number in counted.items())
    return shared >= ALIKE * counted.total()


def _overlap(one: str, other: str, size: Size) -> float:
    """Return the mean overlap of boxes with what `other` makes of their numbers in `one`."""
    boxes = np.array(_PROBE) * (*size, *size)
    read = to_pixels(from_pixels(boxes, one, size), other, size)
    if (read[:, 2:] <= read[:, :2]).any():
        return 0.0
    return float(np.diag(iou(boxes, read)).mean())


def stretched_alike(factor: tuple[float, float]) -> bool:
    """Tell whether boxes stay nearly the same when their numbers are multiplied, across and down.

    >>> stretched_alike((1.01, 0.99)), stretched_alike((0.945, 0.945))
    (True, False)
    """
    boxes = np.array(_PROBE)
    return float(np.diag(iou(boxes, boxes * (*factor, *factor))).mean()) >= ALIKE
