"""A fixed-size record of an image by which its copies are found among many: signs of cosine coefficients.

The thumbnail, squeezed to a square, is projected on the low two-dimensional cosines (the DCT of a perceptual hash); the
signs of the 189 coefficients whose frequencies in half periods add up to at most 18 are the hash. Flips only change
signs and a transposition only swaps coefficients, so each hash is stored in one canonical orientation.

A copy may have lost a tenth of its area at its edges. Therefore an image stores not one hash but those of 46 windows:
all of it, and windows of 95 % and 90 % of its area at places about 2.5 % of a side apart. A copy's own hash, that of
all of it, is looked up among the windows' hashes of the others.

On 150 simulated chips (seeds that the benchmark does not use) a copy that was cropped, speckled anew at 4 looks and
encoded as JPEG differed from the nearest window in 4 % of the coarse bits on average and in 10 % at most. Independent
bits would differ in 50 ± 5 %.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sarbench.leakage.dihedral import ORIENTATIONS
from sarbench.leakage.reduction import Thumbnail

_CELLS = 64
"""Side of the square that is projected."""
_TOP = 18
"""Greatest sum of the two frequencies, in half periods a window."""
_SIDES = ((1.0, 1), (0.975, 2), (0.949, 3), (0.925, 4), (0.9, 5))
"""Lengths of intervals as a share of a side, and how many places each takes; step k stands for 2.5 % · k less."""
_STEPS = (0, 2, 4)
"""Windows pair two intervals whose steps add up to these: all, 95 % and 90 % of the area."""
_CLEAR = 0.6
"""A coefficient that is this small against the root mean square of all may have changed its sign in a copy."""


def _intervals() -> list[tuple[int, float, float]]:
    return [
        (step, float(start), float(start) + length)
        for step, (length, places) in enumerate(_SIDES)
        for start in np.linspace(0, 1 - length, places)
    ]


def _cosines(start: float, end: float) -> NDArray[np.float64]:
    """Return [19, cells]: the mean and the orthonormal cosines of an interval, integrated over each cell."""
    edges = np.linspace(0, 1, _CELLS + 1)
    low, high = np.clip(edges[:-1], start, end) - start, np.clip(edges[1:], start, end) - start
    wave = np.pi * np.arange(1, _TOP + 1)[:, np.newaxis] / (end - start)
    waves = np.sqrt(2) * (np.sin(wave * high) - np.sin(wave * low)) / wave
    return np.vstack([high - low, waves]) / (end - start)


_INTERVALS = _intervals()
_BASIS = np.vstack([_cosines(start, end) for _, start, end in _INTERVALS]).astype(np.float32)
_WINDOWS = np.array(
    sorted(
        (_INTERVALS[y][0] + _INTERVALS[x][0], y, x)
        for y in range(len(_INTERVALS))
        for x in range(len(_INTERVALS))
        if _INTERVALS[y][0] + _INTERVALS[x][0] in _STEPS
    )
)[:, 1:]
WINDOWS: NDArray[np.float64] = np.array(
    [[*_INTERVALS[y][1:], *_INTERVALS[x][1:]] for y, x in _WINDOWS], dtype=np.float64
)
"""[46, 4]: top, bottom, left and right of each window as shares of the sides; the first is all of the image."""
_FREQUENCIES = np.array([(total - v, v) for total in range(1, _TOP + 1) for v in range(total + 1)])
"""[189, 2]: vertical and horizontal frequency of each coefficient, lowest first."""
BITS = len(_FREQUENCIES)
COARSE = int((_FREQUENCIES.sum(axis=1) <= 12).sum())
"""How many of the bits, from the lowest, are coarse enough to be looked up: a copy changes few of them."""
_SWAPPED = np.array([np.flatnonzero((pair[::-1] == _FREQUENCIES).all(axis=1))[0] for pair in _FREQUENCIES])

DESCRIPTOR = np.dtype(
    [
        ("windows", "<u8", (len(WINDOWS), 3)),
        ("turns", "u1", (len(WINDOWS),)),
        ("queries", "<u8", (len(ORIENTATIONS), 3)),
        ("asked", "u1"),
    ]
)
"""One image: each window's hash in its canonical orientation, and which orientation that is; the hash of all of it in
each orientation, and which of these (bit k for orientation k) may be the canonical one of a copy. 1343 bytes."""


def describe(thumbnail: Thumbnail) -> NDArray[np.void]:
    """Return the record of an image, of type `DESCRIPTOR` and without dimensions; stack records with `np.array`."""
    coefficients = _coefficients(thumbnail)
    record = np.zeros((), dtype=DESCRIPTOR)
    turns = _canonical(coefficients)
    record["turns"] = turns
    for orientation in ORIENTATIONS:
        chosen = turns == orientation
        record["windows"][chosen] = _hashes(_turned(coefficients[chosen], orientation))
        record["queries"][orientation] = _hashes(_turned(coefficients[:1], orientation))[0]
    record["asked"] = _asked(coefficients[0])
    return record


def distance(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the number of bits in which hashes [..., 3] differ."""
    different = np.ascontiguousarray(one ^ other).view(np.uint16)
    return np.asarray(_ONES[different].sum(axis=-1, dtype=np.intp))


_ONES = np.array([number.bit_count() for number in range(1 << 16)], dtype=np.uint8)


def _coefficients(thumbnail: Thumbnail) -> NDArray[np.float32]:
    """Return [46, 189]: the cosine coefficients of each window."""
    small = Image.fromarray(thumbnail.pixels.astype(np.float32)).resize((_CELLS, _CELLS), Image.Resampling.BOX)
    both = (_BASIS @ np.asarray(small)) @ _BASIS.T
    grid = both.reshape(len(_INTERVALS), _TOP + 1, len(_INTERVALS), _TOP + 1)
    rows, columns = _WINDOWS[:, 0, np.newaxis], _WINDOWS[:, 1, np.newaxis]
    chosen: NDArray[np.float32] = grid[rows, _FREQUENCIES[:, 0], columns, _FREQUENCIES[:, 1]]
    return chosen


def _turned(coefficients: NDArray[np.float32], orientation: int) -> NDArray[np.float32]:
    """Return the coefficients [..., 189] that the image has in an orientation."""
    turned = coefficients[..., _SWAPPED] if orientation & 4 else coefficients
    signs = np.ones(BITS, dtype=np.float32)
    if orientation & 1:
        signs = signs * (1 - 2 * (_FREQUENCIES[:, 1] % 2))
    if orientation & 2:
        signs = signs * (1 - 2 * (_FREQUENCIES[:, 0] % 2))
    return (turned * signs).astype(np.float32)


def _canonical(coefficients: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the orientation in which both slopes are positive and the vertical one is the steeper."""
    down, right = coefficients[:, 0], coefficients[:, 1]  # frequencies (1, 0) and (0, 1)
    swap = np.abs(right) > np.abs(down)
    first, second = np.where(swap, right, down), np.where(swap, down, right)
    return (4 * swap + 2 * (first < 0) + (second < 0)).astype(np.uint8)


def _asked(coefficients: NDArray[np.float32]) -> int:
    """Return a bit set of the orientations whose slopes break the canonical order by no more than noise does."""
    noise = _CLEAR * float(np.sqrt(np.mean(coefficients**2)))
    asked = 0
    for orientation in ORIENTATIONS:
        down, right = (float(value) for value in _turned(coefficients, orientation)[:2])
        if min(down, right, abs(down) - abs(right)) >= -noise:
            asked |= 1 << orientation
    return asked


def _hashes(coefficients: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return [n, 3]: the signs of coefficients [n, 189] as bits, lowest frequency in the lowest bit."""
    bits = np.zeros((len(coefficients), 192), dtype=bool)
    bits[:, :BITS] = coefficients > 0
    packed: NDArray[Any] = np.packbits(bits, axis=1, bitorder="little")
    return packed.view("<u8")
