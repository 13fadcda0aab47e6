"""SARChat's spelling of boxes inside text: `{<x1><y1><x2><y2>}`, two corners (arXiv 2502.08168, section 3.1.3)."""

import re
from typing import NamedTuple

from sarbench.schema import Xyxy
from sarbench.sources._boxes import checked

_NUMBER = r"<\s*(-?[0-9]{1,6}(?:\.[0-9]{1,17})?)\s*>"
_BOX = re.compile(r"\{\s*" + r"[\s,]*".join([_NUMBER] * 4) + r"\s*\}")
_BEGINS = re.compile(r"\{\s*<")


class BoxText(NamedTuple):
    """One box as found in a text, from offset `start` to `end`; `xyxy` is None where the box has no area."""

    xyxy: Xyxy | None
    start: int
    end: int


def find_boxes(text: str) -> tuple[BoxText, ...]:
    """Return the boxes of a text in order, whatever stands between them. Never raises.

    >>> [box.xyxy for box in find_boxes("{<393><426><470><494>} (bottom right){<1><2><1><9>}")]
    [(393.0, 426.0, 470.0, 494.0), None]
    """
    if "{" not in text:
        return ()
    return tuple([BoxText(_edges(found), found.start(), found.end()) for found in _BOX.finditer(text)])


def begun(text: str) -> int:
    """Return how many places of a text begin like a box, whether they are one or not.

    >>> begun("{<1><2><3><4>} {<5><6><7>")
    2
    """
    return len(_BEGINS.findall(text)) if "{" in text else 0


def write_box(xyxy: Xyxy, size: tuple[int, int]) -> str:
    """Write a box in whole pixels, cut to the image and at least one pixel wide and high.

    Args:
        xyxy: Left, top, right, bottom in pixels.
        size: Width and height of the image.

    >>> write_box((-3.0, 10.4, 20.6, 10.45), (512, 512))
    '{<0><10><21><11>}'
    """
    left, right = _span(xyxy[0], xyxy[2], size[0])
    top, bottom = _span(xyxy[1], xyxy[3], size[1])
    return f"{{<{left}><{top}><{right}><{bottom}>}}"


def _edges(found: re.Match[str]) -> Xyxy | None:
    left, top, right, bottom = map(float, found.groups())
    if "." not in found[0]:  # six digits at most: exact in float32
        return (left, top, right, bottom) if left < right and top < bottom else None
    try:
        return checked((left, top, right, bottom))
    except ValueError:
        return None


def _span(low: float, high: float, limit: int) -> tuple[int, int]:
    first = min(max(round(low), 0), limit - 1)
    return first, min(max(round(high), first + 1), limit)
