"""Whether two images show the same pixels: normalised cross-correlation of their despeckled thumbnails.

Each thumbnail is whitened first: smoothed, and divided by its local contrast after its local mean was taken off, so
that every part of the picture counts alike. A few bright targets on calm sea would otherwise decide alone, and two
ships of one shape at one place look the same. What then agrees in copies are the targets' outlines and the grain that
single-look speckle leaves behind; multiplying by new speckle of 4 looks or more does not hide it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from sarbench.leakage.descriptor import WINDOWS
from sarbench.leakage.dihedral import ORIENTATIONS, turn
from sarbench.leakage.reduction import Thumbnail

Field = NDArray[np.float32]

SCORE = 0.5
"""Least correlation of a confirmed pair; chosen on seeds that the benchmark does not use."""
LEAST_SHARED = 0.8
"""Least area that a pair shares, as a share of the larger image's."""

_SMOOTH, _LOCAL = 1.0, 6.0
"""Standard deviations of the two Gaussian windows in pixels of the thumbnail."""
_LEAST_CONTRAST = 2.0
"""Gray values of the thumbnail: less local contrast is rounding and counts for less."""
_CLIP = 2.5


@dataclass(frozen=True)
class Match:
    """How well two images agree where they lie best on each other.

    Attributes:
        score: Normalised cross-correlation over the shared area, -1 to 1.
        orientation: How the second image must be turned to lie on the first.
        shared: Shared area as a share of the larger image's.
    """

    score: float
    orientation: int
    shared: float

    @property
    def confirmed(self) -> bool:
        """Whether the two are copies."""
        return self.score >= SCORE


def confirm(
    first: Thumbnail,
    second: Thumbnail,
    *,
    orientations: Sequence[int] = ORIENTATIONS,
    window: int | None = None,
) -> Match:
    """Lay the second image on the first in every orientation and at every shift, and return the best match.

    Both are compared at the scale of their pixels. Where that cannot be, as their areas differ by more than a crop
    takes away, or where it does not convince, the second is also scaled to the window of the first.

    Args:
        first: One image.
        second: The other.
        orientations: Those of the second image to try.
        window: Number of the window of the first image that the second may fill, from `candidates`; None for all of it.
    """
    best = Match(-1.0, int(orientations[0]), 0.0)
    fixed = _whiten(first.pixels)
    for turned_size in (False, True):
        tried = [k for k in orientations if bool(k & 4) == turned_size]
        for size in _sizes(first, second, window, swapped=turned_size) if tried else []:
            if best.confirmed:
                break
            moving = _whiten(_resized(second.pixels, size[::-1] if turned_size else size))
            for orientation in tried:
                score, shared = _correlate(fixed, turn(moving, orientation))
                if score > best.score:
                    best = Match(score, orientation, shared)
    return best


def _sizes(first: Thumbnail, second: Thumbnail, window: int | None, *, swapped: bool) -> list[tuple[int, int]]:
    """Return the heights and widths that the turned second image is tried at, in pixels of the first thumbnail."""
    rows, columns = first.pixels.shape
    height, width = (second.width, second.height) if swapped else (second.height, second.width)
    native = round(height * rows / first.height), round(width * columns / first.width)
    top, bottom, left, right = WINDOWS[window or 0]
    filling = round((bottom - top) * rows), round((right - left) * columns)
    sizes = [native] if LEAST_SHARED <= native[0] * native[1] / (rows * columns) <= 1 / LEAST_SHARED else []
    return sizes if filling in sizes else [*sizes, filling]


def _resized(pixels: NDArray[np.uint8], size: tuple[int, int]) -> Field:
    picture = Image.fromarray(pixels.astype(np.float32))
    if pixels.shape != size:
        picture = picture.resize((max(1, size[1]), max(1, size[0])), Image.Resampling.BICUBIC)
    return np.asarray(picture)


def _whiten(pixels: NDArray[np.uint8] | Field) -> Field:
    """Return [height, width] of zero local mean and unit local contrast, clipped."""
    smooth = gaussian_filter(pixels.astype(np.float32), _SMOOTH)
    smooth -= gaussian_filter(smooth, _LOCAL)
    contrast = np.sqrt(gaussian_filter(smooth**2, _LOCAL) + np.float32(_LEAST_CONTRAST**2))
    whitened: Field = np.clip(smooth / contrast, -_CLIP, _CLIP).astype(np.float32)
    return whitened


def _correlate(fixed: Field, moving: Field) -> tuple[float, float]:
    """Return score and shared area at the shift where the two agree best; (-1, 0) when no shift shares enough."""
    shape = [scipy.fft.next_fast_len(a + b - 1, real=True) for a, b in zip(fixed.shape, moving.shape, strict=True)]
    spectrum = scipy.fft.rfft2(fixed, s=shape) * np.conj(scipy.fft.rfft2(moving, s=shape))
    products = scipy.fft.irfft2(spectrum, s=shape)
    down, right = (_shifts(a, b) for a, b in zip(fixed.shape, moving.shape, strict=True))
    heights, widths = (
        np.minimum(a, b + shifts) - np.maximum(0, shifts)
        for a, b, shifts in zip(fixed.shape, moving.shape, (down, right), strict=True)
    )
    shared = np.outer(heights, widths) / max(fixed.size, moving.size)
    allowed = shared >= LEAST_SHARED - 0.02  # rounding of sizes
    if not allowed.any():
        return -1.0, 0.0
    reachable = np.where(allowed, products[np.ix_(down % shape[0], right % shape[1])] / np.sqrt(shared), -np.inf)
    row, column = np.unravel_index(int(np.argmax(reachable)), reachable.shape)
    score = _agreement(fixed, moving, int(down[row]), int(right[column]))
    return score, float(shared[row, column])


def _shifts(fixed: int, moving: int) -> NDArray[np.intp]:
    """Return every shift along one side at which the two overlap by nearly as much as they may."""
    slack = round((1 - LEAST_SHARED) * max(fixed, moving)) + 1
    return np.arange(min(0, fixed - moving) - slack, max(0, fixed - moving) + slack + 1)


def _agreement(fixed: Field, moving: Field, down: int, right: int) -> float:
    """Return the correlation coefficient over the shared area when `moving` starts at (down, right) of `fixed`."""
    top, left = max(0, down), max(0, right)
    bottom, end = min(fixed.shape[0], down + moving.shape[0]), min(fixed.shape[1], right + moving.shape[1])
    one = fixed[top:bottom, left:end].astype(np.float64)
    other = moving[top - down : bottom - down, left - right : end - right].astype(np.float64)
    one, other = one - one.mean(), other - other.mean()
    power = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / power if power > 0 else 0.0
