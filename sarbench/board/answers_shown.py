"""What `target` and `parsed` of the run record hold, as a page shows it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sarbench.board.names import printable
from sarbench.board.numbers import compact
from sarbench.board.overlay import DrawnBox

MOST_CHARACTERS = 1500
"""Longer texts are cut on the page; the run record keeps them whole."""

_MOST_LISTED = 8


@dataclass(frozen=True)
class Facts:
    """The readable part of a target or a parsed answer."""

    lines: tuple[tuple[str, str], ...] = ()
    """Name and text, e.g. `("count", "4")`."""
    boxes: tuple[DrawnBox, ...] = ()
    region: DrawnBox | None = None
    withheld: bool = False
    """Whether it holds free text that is not among the lines, since texts may not be shown."""


def facts(encoded: str | None, *, texts: bool) -> Facts:
    """Read a JSON object of the run record; keys that it does not have, or that are malformed, are left out.

    Args:
        encoded: The column's value; `null`, None or anything but an object gives no facts.
        texts: Whether free text may be shown.

    >>> facts('{"count": 4, "text": "four ships"}', texts=False).lines
    (('count', '4'),)
    """
    try:
        held = json.loads(encoded or "null")
    except json.JSONDecodeError:
        return Facts()
    if not isinstance(held, dict):
        return Facts()
    boxes = tuple(box for item in _list(held.get("boxes")) if (box := _box(item)) is not None)
    region = _box({"xyxy": held.get("region")})
    lines = [
        ("text", shorten(str(held["text"])) if texts and held.get("text") is not None else ""),
        *(("caption", shorten(str(item))) for item in _list(held.get("captions"))[:_MOST_LISTED] if texts),
        ("answer", _scalar(held.get("answer"))),
        ("position", _scalar(held.get("position"))),
        ("count", _scalar(held.get("count"))),
        ("labels", _join(_list(held.get("labels")))),
        *((name, _scalar(value)) for name, value in _mapping(held.get("fields")).items()),
        ("mentions", _join([_mention(item) for item in _list(held.get("mentions"))])),
        ("boxes", _join([_written(box) for box in boxes], separator="\n")),
        ("region", _written(region) if region else ""),
    ]
    withheld = not texts and any(held.get(name) not in (None, "", []) for name in ("text", "captions"))
    return Facts(tuple((printable(name), text) for name, text in lines if text), boxes, region, withheld)


def shorten(text: str) -> str:
    """Cut a long text, and say so; make control characters visible."""
    if len(text) <= MOST_CHARACTERS:
        return printable(text)
    return f"{printable(text[:MOST_CHARACTERS])} … [cut here; {len(text)} characters in the run record]"


def _box(item: Any) -> DrawnBox | None:
    if not isinstance(item, Mapping):
        return None
    edges = _list(item.get("xyxy"))
    if len(edges) != 4 or not all(isinstance(edge, int | float) and math.isfinite(edge) for edge in edges):
        return None
    label = item.get("label")
    left, top, right, bottom = (float(edge) for edge in edges)
    return DrawnBox((left, top, right, bottom), printable(str(label)) if label is not None else None)


def _written(box: DrawnBox) -> str:
    edges = ", ".join(compact(round(edge, 1)) for edge in box.xyxy)
    return f"[{edges}] {box.label}" if box.label else f"[{edges}]"


def _mention(item: Any) -> str:
    parts = _list(item)
    return " – ".join(str(part) for part in parts)


def _join(items: Sequence[Any], *, separator: str = ", ") -> str:
    shown = separator.join(printable(str(item))[:200] for item in items[:_MOST_LISTED])
    left = len(items) - _MOST_LISTED
    return f"{shown}{separator}and {left} more" if left > 0 else shown


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    return compact(float(value)) if isinstance(value, int | float) else printable(str(value))[:200]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
