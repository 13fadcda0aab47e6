"""Boxes drawn over an image: true ones solid, predicted ones dashed, the region that is asked about dotted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sarbench.board.numbers import compact

MOST_DRAWN = 100
"""More boxes than this are not drawn, so that a model stuck in a loop cannot swell a page."""

_MOST_LABELLED = 12
_LABEL_LENGTH = 24


@dataclass(frozen=True)
class DrawnBox:
    """A box in pixels of the native image, exclusive right and bottom edges, and its label."""

    xyxy: tuple[float, float, float, float]
    label: str | None = None


def overlay(
    width: int,
    height: int,
    *,
    truth: Sequence[DrawnBox] = (),
    predicted: Sequence[DrawnBox] = (),
    region: DrawnBox | None = None,
    labels: bool = True,
) -> Markup:
    """Draw boxes in a frame of the image's own size, to be laid over the image.

    Every line is drawn twice, dark under bright, to stand out from any speckle. Boxes reach past the frame only as far
    as it shows; which ones do is for the text beside it.

    Args:
        width: Width of the native image in pixels.
        height: Its height.
        truth: True boxes.
        predicted: Predicted boxes.
        region: The box that the question is about.
        labels: Whether to write labels at boxes.

    Returns:
        An SVG element with a description for screen readers.
    """
    size = max(width, height)
    parts = [_boxes("region", [region] if region else [], size, labels=False)]
    parts.append(_boxes("truth", truth, size, labels=labels and len(truth) <= _MOST_LABELLED))
    parts.append(_boxes("predicted", predicted, size, labels=labels and len(predicted) <= _MOST_LABELLED))
    opening = '<svg class="boxes" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    label = describe(width, height, truth=len(truth), predicted=len(predicted), region=region is not None)
    return Markup(opening).format(width, height, label, Markup("").join(parts))


def describe(width: int, height: int, *, truth: int, predicted: int, region: bool) -> str:
    """Say in words what is drawn.

    >>> describe(512, 256, truth=2, predicted=0, region=False)
    '512 × 256 pixels: 2 true boxes (solid)'
    """
    parts = [
        _plural(truth, "true box", "solid"),
        _plural(predicted, "predicted box", "dashed"),
        "the region asked about (dotted)" if region else "",
    ]
    drawn = ", ".join(part for part in parts if part) or "no boxes"
    return f"{width} × {height} pixels: {drawn}"


def _plural(number: int, name: str, line: str) -> str:
    if number == 0:
        return ""
    return f"{number} {name if number == 1 else name + 'es'} ({line})"


def _boxes(kind: str, boxes: Sequence[DrawnBox], size: int, *, labels: bool) -> Markup:
    drawn = [_box(kind, box, size, labelled=labels) for box in boxes[:MOST_DRAWN]]
    return Markup("").join(part for part in drawn if part)


def _box(kind: str, box: DrawnBox, size: int, *, labelled: bool) -> Markup | None:
    if not all(math.isfinite(edge) for edge in box.xyxy):
        return None
    # Far outside the frame nothing is seen, and renderers lose their precision.
    edges = [min(max(edge, -4.0 * size), 5.0 * size) for edge in box.xyxy]
    left, right = sorted((edges[0], edges[2]))
    top, bottom = sorted((edges[1], edges[3]))
    place = Markup('x="{}" y="{}" width="{}" height="{}"').format(
        compact(left), compact(top), compact(right - left), compact(bottom - top)
    )
    rects = Markup('<rect class="halo" {place}/><rect class="{kind}" {place}/>').format(place=place, kind=kind)
    if not labelled or not box.label:
        return rects
    text = box.label if len(box.label) <= _LABEL_LENGTH else box.label[: _LABEL_LENGTH - 1] + "…"
    # True labels stand above their box, predicted ones below it, so that both can be read where boxes agree.
    font = size / 24
    above = kind == "truth"
    y = top - font * 0.35 if above else bottom + font
    y = min(max(y, font), size * 5.0)
    return rects + Markup('<text class="{}" x="{}" y="{}" font-size="{}">{}</text>').format(
        kind, compact(max(left, 0)), compact(y), compact(font), text
    )
