"""Boxes from a convention to native pixels, and back."""

import numpy as np
import numpy.typing as npt

from sarbench.coords.convention import Convention, parse_convention
from sarbench.coords.frames import Size, frame
from sarbench.errors import InputError

Boxes = npt.NDArray[np.float64]
"""[N, 4] float64."""


def to_pixels(
    boxes: npt.ArrayLike, convention: str | Convention, size: Size | npt.NDArray[np.integer] | None = None
) -> Boxes:
    """Convert boxes from a convention to native pixels.

    Args:
        boxes: [N, 4], in the order of the convention.
        convention: The convention they are in.
        size: Width and height of the native image, or an array [N, 2] with those of each box; the conventions in
            native pixels do without.

    Returns:
        [N, 4] float64 xyxy in native pixels; nothing is rounded or clipped (see `faults` and `clip`).

    Raises:
        UnknownNameError: No such convention.
        InputError: A shape is wrong, or the size is missing or not positive.

    >>> to_pixels([[500, 0, 1000, 250]], "norm1000", size=(512, 256)).tolist()
    [[256.0, 0.0, 512.0, 64.0]]
    >>> to_pixels([[0.5, 0.25, 0.5, 0.5]], "norm1_padded_xywh", size=(512, 256)).tolist()
    [[256.0, 0.0, 512.0, 256.0]]
    """
    known = as_convention(convention)
    values = as_boxes(boxes)
    if known.y_first:
        values = values[:, [1, 0, 3, 2]]
    if known.xywh:
        values[:, 2:] += values[:, :2]
    whole = frame(known, size, boxes=len(values))
    if whole is None:
        return values
    native: Boxes = values * whole.native / whole.spoken
    return native if whole.shift is None else native - whole.shift


def from_pixels(
    boxes: npt.ArrayLike, convention: str | Convention, size: Size | npt.NDArray[np.integer] | None = None
) -> Boxes:
    """Convert boxes from native pixels to a convention: the inverse of `to_pixels`, unrounded.

    Args, errors: as `to_pixels`.

    Returns:
        [N, 4] float64 in the order of the convention.

    >>> from_pixels([[256, 0, 512, 64]], "norm1_yx", size=(512, 256)).tolist()
    [[0.0, 0.5, 0.25, 1.0]]
    """
    known = as_convention(convention)
    values = as_boxes(boxes)
    whole = frame(known, size, boxes=len(values))
    if whole is not None:
        shifted = values if whole.shift is None else values + whole.shift
        values = shifted * whole.spoken / whole.native
    if known.xywh:
        values[:, 2:] -= values[:, :2]
    return values[:, [1, 0, 3, 2]] if known.y_first else values


def as_convention(convention: str | Convention) -> Convention:
    """Read a name; leave a convention as it is."""
    return convention if isinstance(convention, Convention) else parse_convention(convention)


def as_boxes(boxes: npt.ArrayLike) -> Boxes:
    """Return a copy as [N, 4] float64; nothing at all is [0, 4].

    Raises:
        InputError: The shape is wrong.
    """
    try:
        values = np.array(boxes, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            where="boxes", problem=f"are no table of numbers ({error})", fix="Give four numbers for each box"
        ) from error
    if values.size == 0:
        return np.zeros((0, 4))
    if values.ndim != 2 or values.shape[1] != 4:
        raise InputError(
            where="boxes",
            problem=f"have the shape {values.shape}",
            fix="Give an array of the shape [N, 4]",
        )
    return values
