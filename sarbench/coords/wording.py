"""Conventions in words, and boxes as text."""

import math
from typing import Any

import numpy.typing as npt

from sarbench.coords.convention import Convention
from sarbench.coords.conversion import as_boxes, as_convention, from_pixels
from sarbench.coords.frames import Size
from sarbench.errors import InputError

# By (y_first, xywh).
_TEMPLATES = {
    (False, False): "[x1, y1, x2, y2]",
    (True, False): "[y1, x1, y2, x2]",
    (False, True): "[x, y, width, height]",
    (True, True): "[y, x, height, width]",
}
_EDGES = {
    (False, False): "left, top, right and bottom",
    (True, False): "top, left, bottom and right",
    (False, True): "left, top, width and height",
    (True, True): "top, left, height and width",
}


def describe(convention: str | Convention) -> str:
    """Say in a phrase for a prompt what the numbers of a convention are.

    A model that resizes its image knows no other pixels than those of the resized image, so `pixel_resized` reads like
    `pixel`. The order of the numbers is told by `box_template` and `edge_names`.

    >>> describe("norm1000")
    'integers from 0 to 1000 relative to the image width and height'
    >>> describe("norm1_padded_yx")
    'fractions from 0 to 1 of the side of the square in which the image is centred'
    """
    known = as_convention(convention)
    if known.scale is None:
        return "pixels of the image"
    square = "the side of the square in which the image is centred"
    if known.scale == 1.0:
        return f"fractions from 0 to 1 of {square if known.padded else 'the image width and height'}"
    return (
        f"integers from 0 to {known.scale:.0f} relative to {square if known.padded else 'the image width and height'}"
    )


def box_template(convention: str | Convention) -> str:
    """Return the order of the four numbers as a prompt shows it.

    >>> box_template("norm1000_yx"), box_template("pixel_xywh")
    ('[y1, x1, y2, x2]', '[x, y, width, height]')
    """
    known = as_convention(convention)
    return _TEMPLATES[known.y_first, known.xywh]


def edge_names(convention: str | Convention) -> str:
    """Return what the four numbers are, in their order, in the words of a prompt.

    >>> edge_names("norm1000_yx"), edge_names("pixel_xywh")
    ('top, left, bottom and right', 'left, top, width and height')
    """
    known = as_convention(convention)
    return _EDGES[known.y_first, known.xywh]


def format_box(xyxy: npt.ArrayLike, convention: str | Convention, size: Size | None = None) -> str:
    """Write one box of native pixels in a convention: whole numbers (halves upwards), or 3 decimals for `norm1`.

    Raises:
        InputError: An edge is NaN or infinite, or as `from_pixels`.

    >>> format_box((128, 64, 256, 128), "norm1000", size=(512, 256))
    '[250, 250, 500, 500]'
    >>> format_box((128, 64, 256, 128), "norm1_yx_xywh", size=(512, 256))
    '[0.250, 0.250, 0.250, 0.250]'
    """
    known = as_convention(convention)
    one: Any = [xyxy]
    box = as_boxes(one)
    if not len(box):
        raise InputError(where="box", problem="is empty", fix="Give its four numbers")
    edges = from_pixels(box, known, size)[0].tolist()
    if not all(map(math.isfinite, edges)):
        raise InputError(where=f"box {edges}", problem="has an edge that is no number", fix="Give four finite numbers")
    written = [str(math.floor(edge + 0.5)) if known.integer else f"{edge:.3f}" for edge in edges]
    return f"[{', '.join(written)}]"
