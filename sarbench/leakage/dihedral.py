"""The eight flips and quarter turns of an image: the dihedral group of the square.

Orientation k of an array is its transpose when k has bit 4, then mirrored left–right when it has bit 1, then upside
down when it has bit 2. Orientation 0 leaves it alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ORIENTATIONS = range(8)


def turn(array: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return a view of [height, width] in one of the eight orientations.

    >>> turn(np.array([[1, 2], [3, 4]]), 5).tolist()
    [[3, 1], [4, 2]]
    """
    turned = array.T if orientation & 4 else array
    if orientation & 1:
        turned = turned[:, ::-1]
    return turned[::-1] if orientation & 2 else turned


def _after(first: int, second: int) -> int:
    """Return the orientation that does what turning by `first` and then by `second` does."""
    corners = np.arange(4).reshape(2, 2)
    wanted = turn(turn(corners, first), second)
    return next(k for k in ORIENTATIONS if np.array_equal(turn(corners, k), wanted))


AFTER: NDArray[np.uint8] = np.array([[_after(a, b) for b in ORIENTATIONS] for a in ORIENTATIONS], dtype=np.uint8)
"""[first, second] → the one orientation that equals both in turn."""

INVERSE: NDArray[np.uint8] = np.argmin(AFTER, axis=1).astype(np.uint8)
"""Orientation → the one that undoes it."""
