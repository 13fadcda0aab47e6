"""Simulated chips and the ways in which copies of them differ."""

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sarbench.simulate import scene, speckle, to_amplitude_8bit

Picture = NDArray[np.uint8]


@cache
def chip(seed: int, *, size: tuple[int, int] = (256, 256), kind: str | None = None, targets: int = 3) -> Picture:
    """A chip with at least `targets` targets; do not write into it."""
    rng = np.random.default_rng([77, seed])
    while len((simulated := scene(rng, size=size, kind=kind)).targets) < targets:
        pass
    simulated.image.setflags(write=False)
    return simulated.image


def respeckled(picture: Picture, seed: int = 0, looks: float = 4) -> Picture:
    intensity = (picture.astype(np.float32) / 255) ** 2
    return to_amplitude_8bit(speckle(intensity, looks=looks, rng=np.random.default_rng(seed)), white=1.0)


def cropped(picture: Picture, *, rows: float = 0.94, top: float = 0.5, left: float = 0.5) -> Picture:
    """Nine tenths of the area: `rows` of the height; `top` and `left` say where the rest is cut off."""
    height, width = round(picture.shape[0] * rows), round(picture.shape[1] * 0.9 / rows)
    first, start = round((picture.shape[0] - height) * top), round((picture.shape[1] - width) * left)
    return picture[first : first + height, start : start + width]


def encoded(picture: Picture, form: str = "PNG", **options: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, form, **options)
    return buffer.getvalue()


def jpeg(picture: Picture, quality: int = 75) -> Picture:
    with Image.open(io.BytesIO(encoded(picture, "JPEG", quality=quality))) as image:
        return np.asarray(image)
