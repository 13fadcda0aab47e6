"""Coordinate conventions of boxes, and their exact conversion to native pixels.

Inside sarbench a box is xyxy in pixels of the native image with exclusive right and bottom edges. Models speak other
conventions; a run declares one of them, and nothing here guesses which:

- `pixel`: pixels of the native image;
- `norm1`, `norm100`, `norm999`, `norm1000`: the right and bottom edge of the image stand at 1, 100, 999 or 1000;
- `pixel_resized(factor,min_pixels,max_pixels)`: pixels of the image after the resize of Qwen2.5-VL (see `resized`);
- `pixel_yx`, `norm1_yx`, `norm100_yx`, `norm999_yx`, `norm1000_yx`: the same with y before x.
"""

import math
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError, UnknownNameError

Boxes = npt.NDArray[np.float64]
"""[N, 4] float64."""

Size = tuple[int, int]
"""Width and height in pixels."""

_SCALES: dict[str, float] = {"norm1": 1.0, "norm100": 100.0, "norm999": 999.0, "norm1000": 1000.0}
_RESIZED = re.compile(r"pixel_resized\(([0-9]{1,9}), ?([0-9]{1,9}), ?([0-9]{1,9})\)")

CONVENTIONS: tuple[str, ...] = (
    "pixel",
    *_SCALES,
    "pixel_resized(factor,min_pixels,max_pixels)",
    "pixel_yx",
    *(f"{name}_yx" for name in _SCALES),
)
"""Every name that `parse_convention` reads."""


@dataclass(frozen=True)
class Resize:
    """Sides become multiples of `factor`, with an area between `min_pixels` and `max_pixels`."""

    factor: int
    min_pixels: int
    max_pixels: int


@dataclass(frozen=True)
class Convention:
    """How four numbers stand for a box."""

    name: str
    scale: float | None = None
    """What the right and bottom edge of the image are called; None for pixels."""
    y_first: bool = False
    resize: Resize | None = None

    @property
    def integer(self) -> bool:
        """Whether the convention is written in whole numbers."""
        return self.scale != 1.0

    @property
    def needs_size(self) -> bool:
        """Whether the conversion depends on the size of the image."""
        return self.scale is not None or self.resize is not None


def parse_convention(name: str) -> Convention:
    """Read the name of a convention.

    Args:
        name: One of `CONVENTIONS`, with numbers in place of the parameters of `pixel_resized`.

    Raises:
        UnknownNameError: The name is none of these, or the parameters of `pixel_resized` make no sense.

    >>> parse_convention("norm1000_yx")
    Convention(name='norm1000_yx', scale=1000.0, y_first=True, resize=None)
    >>> parse_convention("pixel_resized(28,200704,1605632)").resize
    Resize(factor=28, min_pixels=200704, max_pixels=1605632)
    """
    if match := _RESIZED.fullmatch(name):
        factor, low, high = (int(group) for group in match.groups())
        if factor < 1 or not factor * factor <= high or not 1 <= low <= high:
            raise UnknownNameError(
                where=name,
                problem="is no resize: it needs factor ≥ 1, 1 ≤ min_pixels ≤ max_pixels and factor² ≤ max_pixels",
                fix="Give the numbers of the model's image processor, e.g. pixel_resized(28,200704,1605632)",
            )
        return Convention(name=f"pixel_resized({factor},{low},{high})", resize=Resize(factor, low, high))
    base = name.removesuffix("_yx")
    if base != "pixel" and base not in _SCALES:
        raise UnknownNameError(
            where=name,
            problem="is no coordinate convention",
            fix=f"Use one of: {', '.join(CONVENTIONS)}",
        )
    return Convention(name=name, scale=_SCALES.get(base), y_first=base != name)


def resized(size: Size, factor: int, min_pixels: int, max_pixels: int) -> Size:
    """Return the size that a Qwen2-VL or Qwen2.5-VL processor gives an image.

    Both sides are rounded (half to even) to multiples of `factor`; where the area then leaves the limits, both are
    scaled alike and rounded inwards. Source: `smart_resize` of Qwen's `qwen_vl_utils`, and of transformers'
    `image_processing_qwen2_vl`, which differ only below half a factor.

    Args:
        size: Width and height of the native image.
        factor: Patch size times merge size, 28 for Qwen2.5-VL.
        min_pixels: Least area.
        max_pixels: Greatest area.

    >>> resized((512, 512), 28, 200704, 1605632), resized((4000, 3000), 28, 200704, 1605632)
    ((504, 504), (1456, 1092))
    """
    sides = _checked(size)
    rounded = [max(factor, round(side / factor) * factor) for side in sides]
    if rounded[0] * rounded[1] > max_pixels:
        shrink = math.sqrt(sides[0] * sides[1] / max_pixels)
        rounded = [max(factor, math.floor(side / shrink / factor) * factor) for side in sides]
    elif rounded[0] * rounded[1] < min_pixels:
        grow = math.sqrt(min_pixels / (sides[0] * sides[1]))
        rounded = [math.ceil(side * grow / factor) * factor for side in sides]
    return rounded[0], rounded[1]


def to_pixels(boxes: npt.ArrayLike, convention: str | Convention, size: Size | None = None) -> Boxes:
    """Convert boxes from a convention to native pixels.

    Args:
        boxes: [N, 4], in the order of the convention.
        convention: The convention they are in.
        size: Width and height of the native image; `pixel` and `pixel_yx` do without.

    Returns:
        [N, 4] float64 xyxy in native pixels; nothing is rounded or clipped.

    Raises:
        UnknownNameError: No such convention.
        InputError: The shape is wrong, or the size is missing or not positive.

    >>> to_pixels([[500, 0, 1000, 250]], "norm1000", size=(512, 256)).tolist()
    [[256.0, 0.0, 512.0, 64.0]]
    """
    known = _convention(convention)
    values = _four_columns(boxes)
    if known.y_first:
        values = values[:, [1, 0, 3, 2]]
    native, spoken = _frames(known, size)
    return values if native is None else values * native / spoken


def from_pixels(boxes: npt.ArrayLike, convention: str | Convention, size: Size | None = None) -> Boxes:
    """Convert boxes from native pixels to a convention: the inverse of `to_pixels`, unrounded.

    Args, errors: as `to_pixels`.

    Returns:
        [N, 4] float64 in the order of the convention.

    >>> from_pixels([[256, 0, 512, 64]], "norm1_yx", size=(512, 256)).tolist()
    [[0.0, 0.5, 0.25, 1.0]]
    """
    known = _convention(convention)
    values = _four_columns(boxes)
    native, spoken = _frames(known, size)
    if native is not None:
        values = values * spoken / native
    return values[:, [1, 0, 3, 2]] if known.y_first else values


def describe(convention: str | Convention) -> str:
    """Say in a phrase for a prompt what the numbers of a convention are.

    A model that resizes its image knows no other pixels than those of the resized image, so `pixel_resized` reads like
    `pixel`.

    >>> describe("norm1000")
    'integers from 0 to 1000 relative to the image width and height'
    """
    scale = _convention(convention).scale
    if scale is None:
        return "pixels of the image"
    if scale == 1.0:
        return "fractions from 0 to 1 of the image width and height"
    return f"integers from 0 to {scale:.0f} relative to the image width and height"


def box_template(convention: str | Convention) -> str:
    """Return the order of the four numbers as a prompt shows it.

    >>> box_template("norm1000_yx")
    '[y1, x1, y2, x2]'
    """
    return "[y1, x1, y2, x2]" if _convention(convention).y_first else "[x1, y1, x2, y2]"


def format_box(xyxy: npt.ArrayLike, convention: str | Convention, size: Size | None = None) -> str:
    """Write one box of native pixels in a convention: whole numbers (halves upwards), or 3 decimals for `norm1`.

    >>> format_box((128, 64, 256, 128), "norm1000", size=(512, 256))
    '[250, 250, 500, 500]'
    >>> format_box((128, 64, 256, 128), "norm1_yx", size=(512, 256))
    '[0.250, 0.250, 0.500, 0.500]'
    """
    known = _convention(convention)
    edges = from_pixels(np.asarray(xyxy, dtype=np.float64).reshape(1, -1), known, size)[0].tolist()
    written = [str(math.floor(edge + 0.5)) if known.integer else f"{edge:.3f}" for edge in edges]
    return f"[{', '.join(written)}]"


def _convention(convention: str | Convention) -> Convention:
    return parse_convention(convention) if isinstance(convention, str) else convention


def _four_columns(boxes: npt.ArrayLike) -> Boxes:
    values = np.array(boxes, dtype=np.float64)
    if values.size == 0:
        return np.zeros((0, 4))
    if values.ndim != 2 or values.shape[1] != 4:
        raise InputError(
            where="boxes",
            problem=f"have the shape {values.shape}",
            fix="Give an array of the shape [N, 4]",
        )
    return values


def _frames(known: Convention, size: Size | None) -> tuple[Boxes | None, Boxes]:
    """Return the far corner of the image, twice, in native pixels and in the convention; no native one: no change."""
    if not known.needs_size:
        return None, np.ones(4)
    if size is None:
        raise InputError(
            where=known.name,
            problem="cannot be converted without the size of the image",
            fix="Give size=(width, height) of the native image",
        )
    width, height = _checked(size)
    spoken: tuple[float | None, ...]
    if known.resize is not None:
        limits = known.resize
        spoken = resized((width, height), limits.factor, limits.min_pixels, limits.max_pixels) * 2
    else:
        spoken = (known.scale,) * 4
    return np.array([width, height, width, height], dtype=np.float64), np.array(spoken, dtype=np.float64)


def _checked(size: Size) -> Size:
    width, height = size
    if width < 1 or height < 1:
        raise InputError(
            where=f"size {width} × {height}",
            problem="is no size of an image",
            fix="Give the width and height of the native image in pixels, both at least 1",
        )
    return width, height
