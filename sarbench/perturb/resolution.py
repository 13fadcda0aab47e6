"""Averages of intensity: more looks on the same pixel grid, or fewer and larger pixels."""

import math

import numpy as np
import numpy.typing as npt
from scipy.ndimage import correlate1d

Array = npt.NDArray[np.float64]

_UNIT = 1024


def multilooked(intensity: Array, *, looks: float) -> Array:
    """Average neighbouring pixels so that independent ones gain `looks` times as many looks.

    The window is the same in both directions and symmetric, so that nothing moves; beyond the border the image is
    mirrored. Neighbouring pixels of real chips are correlated and gain less.

    Args:
        intensity: [bands, height, width].
        looks: How many times as many; need not be whole.

    Returns:
        [bands, height, width].
    """
    window = kernel(looks)
    for axis in (1, 2):
        intensity = correlate1d(intensity, window, axis=axis, mode="reflect")
    averaged: Array = intensity / window.sum() ** 2
    return averaged


def kernel(looks: float) -> Array:
    """Return the weights along one direction, as whole numbers: equal ones, and smaller ones at both ends.

    With m ones between two ends of weight a, (m + 2a)² / (m + 2a²) pixels' worth of looks are gained; a is chosen so
    that this is √looks. Whole weights keep sums of 8-bit intensities exact, whatever the order of adding.

    >>> kernel(9.0).tolist(), kernel(4.0).tolist()
    ([1024.0, 1024.0, 1024.0], [256.0, 1024.0, 256.0])
    """
    wanted = math.sqrt(looks)
    inner = max(1, 2 * math.ceil((wanted - 3) / 2) + 1)  # the largest odd number below `wanted`, at least 1
    low, high = 0.0, 1.0
    for _ in range(40):  # the gain grows with a from m to m + 2
        middle = (low + high) / 2
        gained = (inner + 2 * middle) ** 2 / (inner + 2 * middle**2)
        low, high = (middle, high) if gained < wanted else (low, middle)
    end = round((low + high) / 2 * _UNIT)
    return np.array([end, *[_UNIT] * inner, end], dtype=np.float64)


def block_averaged(intensity: Array, *, factor: int) -> Array:
    """Average blocks of `factor` × `factor` pixels into one: a coarser ground sampling distance.

    The last blocks of a side that is no multiple of `factor` average the pixels that there are.

    Args:
        intensity: [bands, height, width].
        factor: How many old pixels a new one is wide and high.

    Returns:
        [bands, ⌈height / factor⌉, ⌈width / factor⌉].

    >>> block_averaged(np.array([[[1.0, 3.0, 7.0]]]), factor=2).tolist()
    [[[2.0, 7.0]]]
    """
    height, width = intensity.shape[1:]
    rows, columns = np.arange(0, height, factor), np.arange(0, width, factor)
    sums = np.add.reduceat(np.add.reduceat(intensity, rows, axis=1), columns, axis=2)
    counts = np.diff(np.append(rows, height))[:, None] * np.diff(np.append(columns, width))
    averaged: Array = sums / counts
    return averaged
