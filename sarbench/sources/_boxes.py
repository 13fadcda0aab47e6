"""Boxes at the border: width and height to corners, and whether a box lies in its image."""

import math
import struct
from collections.abc import Sequence
from typing import Literal

from sarbench.schema import Xyxy

_FLOAT32 = struct.Struct("<4f")


def corners(xywh: Sequence[object]) -> Xyxy:
    """Turn COCO's x, y, width, height into left, top, right, bottom with exclusive right and bottom edges.

    Raises:
        ValueError: It is no box; the text is the kind of problem.

    >>> corners([642.0, 11.0, 65.0, 39.0])
    (642.0, 11.0, 707.0, 50.0)
    """
    numbers = [float(edge) for edge in xywh if isinstance(edge, int | float) and not isinstance(edge, bool)]
    if len(xywh) != 4 or len(numbers) != 4:
        msg = "box is not four numbers"
        raise ValueError(msg)
    left, top, width, height = numbers
    return checked((left, top, left + width, top + height))


def checked(xyxy: Xyxy) -> Xyxy:
    """Return the box rounded to float32, the type of the `boxes` column: read back, it hashes as it did when written.

    Raises:
        ValueError: An edge is no finite number or the box has no area; the text is the kind of problem.
    """
    if not (min(xyxy) > -1e9 and max(xyxy) < 1e9) or math.isnan(sum(xyxy)):
        msg = "box is not four numbers"
        raise ValueError(msg)
    left, top, right, bottom = _FLOAT32.unpack(_FLOAT32.pack(*xyxy))
    if right <= left or bottom <= top:
        msg = "box has no area"
        raise ValueError(msg)
    return left, top, right, bottom


def placement(xyxy: Xyxy, width: int, height: int) -> Literal["inside", "partly", "outside"]:
    """Tell whether a box lies inside an image of this size, partly, or has no pixel in it.

    >>> placement((500, 0, 520, 10), 512, 512), placement((512, 0, 520, 10), 512, 512)
    ('partly', 'outside')
    """
    left, top, right, bottom = xyxy
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        return "outside"
    return "inside" if left >= 0 and top >= 0 and right <= width and bottom <= height else "partly"
