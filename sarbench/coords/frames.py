"""The frame that the numbers of a convention are relative to."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.coords.convention import Convention, Resize, check_resize
from sarbench.errors import InputError

Size = tuple[int, int]
"""Width and height in pixels."""

_LONGEST_SIDE = 2**31 - 1
"""Pixels; beyond it two sides do not fit into one int64."""

Sizes = npt.NDArray[np.int64]
"""[N, 2] int64: the width and height of the image of each box."""


@dataclass(frozen=True)
class Frame:
    """A box in a convention times `native` over `spoken`, less `shift`, is a box in native pixels.

    Each is [N, 4] or [1, 4] float64, in the order xyxy.
    """

    native: npt.NDArray[np.float64]
    spoken: npt.NDArray[np.float64]
    shift: npt.NDArray[np.float64] | None


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

    Raises:
        InputError: The size is none of an image.
        UnknownNameError: The limits make no sense, as for `parse_convention`.

    >>> resized((512, 512), 28, 200704, 1605632), resized((4000, 3000), 28, 200704, 1605632)
    ((504, 504), (1456, 1092))
    """
    check_resize(factor, min_pixels, max_pixels)
    sides = checked(size, boxes=1)[0].tolist()
    rounded = [max(factor, round(side / factor) * factor) for side in sides]
    if rounded[0] * rounded[1] > max_pixels:
        shrink = math.sqrt(sides[0] * sides[1] / max_pixels)
        rounded = [max(factor, math.floor(side / shrink / factor) * factor) for side in sides]
    elif rounded[0] * rounded[1] < min_pixels:
        grow = math.sqrt(min_pixels / (sides[0] * sides[1]))
        rounded = [math.ceil(side * grow / factor) * factor for side in sides]
    return rounded[0], rounded[1]


def frame(known: Convention, size: Size | npt.ArrayLike | None, *, boxes: int) -> Frame | None:
    """Return the frame of a convention for one size or for [N, 2] sizes; None where nothing is to be converted.

    Raises:
        InputError: The convention needs a size and has none, a size is no whole number of pixels, or there are neither
            as many sizes as boxes nor one for all.
    """
    if not known.needs_size:
        return None
    if size is None:
        raise InputError(
            where=known.name,
            problem="cannot be converted without the size of the image",
            fix="Give size=(width, height) of the native image",
        )
    sizes = checked(size, boxes=boxes)
    if known.resize is not None:
        return Frame(_corners(sizes), _corners(_resized_each(sizes, known.resize)), None)
    spoken = np.full((1, 4), known.scale, dtype=np.float64)
    if not known.padded:
        return Frame(_corners(sizes), spoken, None)
    # LLaVA-1.5 pastes at (longer - shorter) // 2 (`expand2square` in llava/mm_utils.py).
    side = sizes.max(axis=1, keepdims=True)
    return Frame(_corners(np.repeat(side, 2, axis=1)), spoken, _corners((side - sizes) // 2))


def checked(size: Size | npt.ArrayLike, *, boxes: int | None = None) -> Sizes:
    """Return one size or [N, 2] sizes as [N, 2] int64.

    Raises:
        InputError: The shape is wrong, a side is no whole number of pixels or less than one, or there are neither as
            many sizes as boxes nor one for all.
    """
    if (
        isinstance(size, tuple)
        and len(size) == 2
        and type(size[0]) is int is type(size[1])
        and min(size) >= 1
        and max(size) <= _LONGEST_SIDE
    ):
        return np.array([size], dtype=np.int64)  # the usual case, and three times as fast
    sizes = _whole(size)
    sizes = sizes.reshape(1, 2) if sizes.shape == (2,) else sizes
    if sizes.ndim != 2 or sizes.shape[1] != 2:
        raise InputError(
            where="size", problem=f"has the shape {sizes.shape}", fix="Give (width, height), or one such pair a box"
        )
    if len(sizes) and sizes.min() < 1:
        index = int(np.flatnonzero((sizes < 1).any(axis=1))[0])
        raise InputError(
            where=f"size {sizes[index, 0]} × {sizes[index, 1]}" + (f" at index {index}" if len(sizes) > 1 else ""),
            problem="is no size of an image",
            fix="Give the width and height of the native image in pixels, both at least 1",
        )
    if boxes is not None and len(sizes) not in (1, boxes):
        raise InputError(
            where="size", problem=f"has {len(sizes)} entries for {boxes} boxes", fix="Give one size, or one a box"
        )
    return sizes


def _whole(size: npt.ArrayLike) -> Sizes:
    try:
        given = np.asarray(size, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        given = np.array([np.nan])
    if not (given == np.floor(given)).all() or not (np.abs(given) <= _LONGEST_SIDE).all():
        raise InputError(
            where=f"size {size!r}"[:80], problem="is no pair of whole numbers", fix="Give width and height in pixels"
        )
    sizes: Sizes = given.astype(np.int64)
    return sizes


def _corners(sizes: Sizes) -> npt.NDArray[np.float64]:
    return np.concatenate((sizes, sizes), axis=1).astype(np.float64)


def _resized_each(sizes: Sizes, limits: Resize) -> Sizes:
    """Resize every size; data sets have few different ones."""
    keys, inverse = np.unique(sizes[:, 0] << 32 | sizes[:, 1], return_inverse=True)
    distinct = [
        resized((int(key >> 32), int(key & 0xFFFFFFFF)), limits.factor, limits.min_pixels, limits.max_pixels)
        for key in keys
    ]
    each: Sizes = np.array(distinct, dtype=np.int64).reshape(-1, 2)[inverse.reshape(-1)]
    return each
