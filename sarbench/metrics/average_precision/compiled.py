"""The greedy matching of `greedy.hits_by_array` as a compiled loop. Calling it needs numba; importing it does not."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def hits(boxes: Floats, first: Codes, last: Codes, true: Floats, limits: Floats) -> Flags:
    """Return which detections find a true box: [T, D]; arguments as in `greedy.Queue`.

    Raises:
        ImportError: numba is not installed.
    """
    found = np.zeros((len(limits), len(boxes)), dtype=np.bool_)
    _compiled()(boxes, first, last, true, limits, found, np.zeros((len(true), len(limits)), dtype=np.bool_))
    return found


@cache
def _compiled() -> Callable[..., Any]:
    import numba

    loop: Callable[..., Any] = numba.njit(nogil=True)(_choose)
    return loop


def _choose(boxes: Floats, first: Codes, last: Codes, true: Floats, limits: Floats, found: Flags, taken: Flags) -> None:
    """Fill `found` [T, D] and `taken` [M, T]."""
    best = np.empty(len(limits))
    choice = np.empty(len(limits), dtype=np.int64)
    for detection in range(len(boxes)):
        left, top, right, bottom = boxes[detection]
        area = (right - left) * (bottom - top)
        best[:] = limits
        choice[:] = -1
        for index in range(first[detection], last[detection]):
            width = min(right, true[index, 2]) - max(left, true[index, 0])
            height = min(bottom, true[index, 3]) - max(top, true[index, 1])
            if width <= 0 or height <= 0:
                continue
            shared = width * height
            other = (true[index, 2] - true[index, 0]) * (true[index, 3] - true[index, 1])
            overlap = shared / (area + other - shared)
            for level in range(len(limits)):
                if overlap >= best[level] and not taken[index, level]:
                    best[level] = overlap
                    choice[level] = index
        for level in range(len(limits)):
            if choice[level] >= 0:
                taken[choice[level], level] = True
                found[level, detection] = True
