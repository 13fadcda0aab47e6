"""Read boxes in any spelling into native pixels."""

import re

import numpy as np

from sarbench.answers._box_labels import label_boxes
from sarbench.answers._numbers import says_none
from sarbench.answers._spellings import MAX_BOXES, SpelledBox, find_boxes
from sarbench.answers.outcome import Outcome
from sarbench.answers.parsed import Parsed, unparsable
from sarbench.answers.vocabulary import Vocabulary
from sarbench.coords import Boxes, Convention, Size, to_pixels

_LOC = Convention(name="loc", scale=1024.0, y_first=True)
"""PaliGemma's tokens say by themselves what they are: bin n of 1024 stands for n/1024 of the side, y first."""

_OVERSHOOT = 0.5
"""How far, in native pixels, an edge may lie outside the image: models round."""

_EMPTY_LIST = re.compile(r"\W{0,8}(?:json\b)?[\s'\"]{0,4}\[ ?\][\s'\".]{0,8}", re.IGNORECASE)


def read_boxes(text: str, words: Vocabulary, convention: Convention, size: Size | None) -> Parsed:
    """Read every box of an answer.

    The numbers are taken in the convention of the run and in no other; only `<loc…>` tokens bring their own. Rotated
    boxes become their axis-aligned hull. Boxes without area are left out of the value and give the outcome
    `degenerate`; else edges more than half a pixel outside the image give `out_of_range`, with the boxes as they are.
    "No ships" and `[]` are an answer with no boxes. The rule is the spelling of the first box, with `_capped` behind it
    where there are more than `MAX_BOXES`.
    """
    spelled, total = find_boxes(text)
    if not spelled:
        if _EMPTY_LIST.fullmatch(text) or says_none(text):
            return Parsed(np.zeros((0, 4)), "ok", "none")
        return unparsable()
    if size is None and any(box.spelling == "loc" for box in spelled):
        return unparsable("loc_without_size")
    native = _native(spelled, convention, size)
    solid = (native[:, 2] > native[:, 0]) & (native[:, 3] > native[:, 1])
    value = _hulls(native, np.array([box.angle for box in spelled]))[solid]
    labels = [label for label, kept in zip(label_boxes(text, spelled, words), solid, strict=True) if kept]
    outcome: Outcome = "ok"
    if not solid.all():
        outcome = "degenerate"
    elif _outside(value, size):
        outcome = "out_of_range"
    rule = spelled[0].spelling + ("_capped" if total > MAX_BOXES else "")
    told = tuple(labels) if any(label is not None for label in labels) else None
    return Parsed(value, outcome, rule, told, dropped=total - len(value))


def _native(spelled: list[SpelledBox], convention: Convention, size: Size | None) -> Boxes:
    numbers = np.array([box.numbers for box in spelled])
    own = np.array([box.spelling == "loc" for box in spelled])
    native = np.empty_like(numbers)
    native[~own] = to_pixels(numbers[~own], convention, size)
    if own.any():
        native[own] = to_pixels(numbers[own], _LOC, size)
    return native


def _hulls(boxes: Boxes, degrees: Boxes) -> Boxes:
    """Return the axis-aligned hulls of boxes turned by an angle about their centres.

    GeoChat's own drawing code scales to pixels first and turns then (`bbox_and_angle_to_polygon` in geochat_demo.py).
    """
    cosine, sine = np.abs(np.cos(np.radians(degrees))), np.abs(np.sin(np.radians(degrees)))
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    grow_x = (width * cosine + height * sine - width) / 2
    grow_y = (width * sine + height * cosine - height) / 2
    hulls: Boxes = boxes + np.stack([-grow_x, -grow_y, grow_x, grow_y], axis=1)
    # A turn by nothing must give back the very same numbers.
    return np.where((degrees == 0)[:, None], boxes, hulls)


def _outside(boxes: Boxes, size: Size | None) -> bool:
    low = bool((boxes < -_OVERSHOOT).any())
    if size is None:
        return low
    far = np.array([size[0], size[1]]) + _OVERSHOOT
    return low or bool((boxes[:, :2] > far).any() or (boxes[:, 2:] > far).any())
