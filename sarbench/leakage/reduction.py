"""A small despeckled picture of an image: all that the comparison of images ever looks at.

Speckle is averaged away by boxes of at least 2 × 2 pixels, so that the longer side has at most 192; what is left goes
to a logarithmic scale, where a change of gain is a shift, and is stretched between two percentiles to 0 … 255.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONG_SIDE = 192
"""Greatest side of a thumbnail: 37 kB at most, and a box of 4 × 4 pixels for chips of 800."""
_LEAST_BOX = 2
_LEAST_SIDE = 8
_TAIL = 0.5
"""Per cent of the pixels that saturate at each end."""
_FLOOR = 1 / 64
"""Share of the bright end that is added before the logarithm, as the dark end of an 8-bit image is mostly rounding."""
_BLANK_SHARE = 0.9999
"""An image with this share of its pixels on one value shows nothing."""
_PLAIN_SHARE = 0.9
"""A thumbnail with this share of its pixels on one value shows too little to tell it from others."""


@dataclass(frozen=True)
class Thumbnail:
    """What is kept of an image.

    Attributes:
        pixels: [height, width] uint8, sides 8 to 192.
        width: Width of the image itself in pixels.
        height: Height of the image itself in pixels.
        pixel_sha256: Hash of the image's gray pixels, the same for a gray image and its copy in three equal bands.
        blank: All pixels but one in 10,000 have one value: no-data, not an image of something.
        plain: Nine tenths of the thumbnail have one value: equal pixels tell a copy, likeness does not.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    pixel_sha256: str
    blank: bool
    plain: bool


def thumbnail(pixels: NDArray[Any]) -> Thumbnail:
    """Reduce an image to what is compared.

    Args:
        pixels: [bands, height, width] as `imaging.decode` gives them, or [height, width]; any real type. Bands are
            averaged.

    Raises:
        ValueError: The array has another shape, no pixels, or complex samples.
    """
    gray = _gray(pixels)
    height, width = gray.shape
    values = np.nan_to_num(gray.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    small = _stretch(_shrink(values))
    blank, plain = _commonest(values) >= _BLANK_SHARE, _commonest(small) >= _PLAIN_SHARE
    return Thumbnail(small, width, height, _hash(gray), blank, plain)


def _gray(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return [height, width]: the only band, the first of equal bands, or their mean in float32."""
    if pixels.ndim not in (2, 3) or pixels.size == 0 or np.iscomplexobj(pixels):
        msg = f"has shape {pixels.shape} and type {pixels.dtype}, expected real [bands, height, width] with pixels"
        raise ValueError(msg)
    if pixels.ndim == 2:
        return pixels
    if all(np.array_equal(pixels[0], band) for band in pixels[1:]):
        return np.asarray(pixels[0])
    return np.asarray(pixels.mean(axis=0, dtype=np.float32))


def _hash(gray: NDArray[Any]) -> str:
    little = np.ascontiguousarray(gray, dtype=gray.dtype.newbyteorder("<"))
    digest = hashlib.sha256(f"{gray.dtype.name} {gray.shape}".encode())
    digest.update(little.data)
    return digest.hexdigest()


def _commonest(values: NDArray[Any]) -> float:
    """Return the share of pixels that equal the median: no other value can have more than half of them."""
    middle = np.partition(values, values.size // 2, axis=None)[values.size // 2]
    return float(np.mean(values == middle))


def _shrink(values: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = values.shape
    box = max(_LEAST_BOX, max(height, width) / LONG_SIDE)
    size = (max(_LEAST_SIDE, round(width / box)), max(_LEAST_SIDE, round(height / box)))
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BOX))


def _stretch(small: NDArray[np.float32]) -> NDArray[np.uint8]:
    positive = small - min(np.float32(0), small.min())
    bright = np.percentile(positive, 100 - _TAIL)
    decibels = np.log(positive + np.float32(max(_FLOOR * bright, 1e-6)))
    low, high = np.percentile(decibels, (_TAIL, 100 - _TAIL))
    scaled = (decibels - low) * (255 / max(high - low, 1e-6))
    stretched: NDArray[np.uint8] = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    return stretched
