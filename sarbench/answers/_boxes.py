"""Read boxes in any spelling into native pixels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from sarbench.answers._box_labels import label_boxes
from sarbench.answers._numbers import says_none
from sarbench.answers._spellings import MAX_BOXES, SpelledBox, find_boxes
from sarbench.answers.outcome import Outcome
from sarbench.answers.parsed import Parsed, excerpt, unparsable
from sarbench.answers.vocabulary import Vocabulary
from sarbench.coords import Boxes, Convention, Size, faults, to_pixels

_LOC = Convention(name="loc", scale=1024.0, y_first=True)
"""PaliGemma's tokens say by themselves what they are: bin n of 1024 stands for n/1024 of the side, y first."""

_PATCHES = Convention(name="patches", scale=32.0)
"""So do Kosmos-2's tokens: cells of a grid of 32 × 32."""

_BINS = Convention(name="bins", scale=1000.0)
"""So do Florence-2's: the middle of one of 1000 bins."""

OWN_FRAME = {"loc": _LOC, "patches": _PATCHES, "bins": _BINS}
"""Spellings that bring a convention of their own, and need the size of the image."""

_TEXT_PAIR = r"[\"']\w{1,40}[\"'] ?: ?[\"'][^\"']{0,80}[\"']"
_EMPTY_LIST = re.compile(
    r"\W{0,8}(?:json\b)?[\s'\"]{0,4}(?:\[ ?\]|\{ ?\}|null\b"
    rf"|\[? ?\{{ ?(?:{_TEXT_PAIR} ?, ?)?[\"']\w{{1,40}}[\"'] ?: ?(?:\[ ?\]|null) ?(?:, ?{_TEXT_PAIR} ?)?\}} ?\]?)"
    r"[\s'\".]{0,8}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Written:
    """The boxes of one answer, at least one, with their numbers as they are written."""

    boxes: Sequence[SpelledBox]
    labels: Sequence[str | None]
    total: int
    """Boxes in the answer, of which at most `MAX_BOXES` are here."""
    read: str
    """The words of the first box."""

    def own_frame(self) -> str | None:
        """Return the first spelling that brings a convention of its own, and so needs the size of the image."""
        return next((box.spelling for box in self.boxes if box.spelling in OWN_FRAME), None)


def read_boxes(text: str, words: Vocabulary, convention: Convention, size: Size | None) -> Parsed:
    """Read every box of an answer.

    The numbers are taken in the convention of the run and in no other, with two exceptions: `<loc…>`, `<loc_…>`
    and `<patch_index_…>` tokens bring their own, and keys such as "ymin" or "width" tell the order of the numbers
    themselves, as do the names of the corners ("top-left: (1, 2), bottom-right: (3, 4)"). Rotated boxes and polygons
    become their axis-aligned hull; a list of top-left and bottom-right corners is as many boxes. Boxes without area are
    left out of the value and give the outcome `degenerate`; else edges more than half a pixel outside the image give
    `out_of_range`, with the boxes as they are. "No ships", `[]` and `null` are an answer with no boxes. The rule is the
    spelling of the first box, with `_capped` behind it where there are more than `MAX_BOXES`.
    """
    written = written_boxes(text, words)
    if isinstance(written, Parsed):
        return written
    if size is None and (spelling := written.own_frame()):
        return unparsable(f"{spelling}_without_size", written.read)
    return in_pixels([written], convention, size)[0]


def written_boxes(text: str, words: Vocabulary) -> Written | Parsed:
    """Find the boxes of an answer; what the answer is where it has none."""
    spelled, total = find_boxes(text)
    if spelled:
        read = excerpt(text, spelled[0].start, spelled[0].end)
        return Written(spelled, label_boxes(text, spelled, words), total, read)
    if _EMPTY_LIST.fullmatch(text) or says_none(text):
        return Parsed(np.zeros((0, 4)), "ok", "none", read=excerpt(text))
    return unparsable()


def in_pixels(
    answers: Sequence[Written], convention: Convention, size: Size | npt.NDArray[np.int64] | None
) -> list[Parsed]:
    """Convert the boxes of answers, all of them at once, and tell what is wrong with them.

    Args:
        answers: Answers, B boxes in all.
        convention: What their numbers are.
        size: Width and height of the image that they are about, or [B, 2] with those of each box; None where no size
            is known: then no box may have an own frame.
    """
    spelled = [box for answer in answers for box in answer.boxes]
    native = _native(spelled, convention, size)
    turned = hulls(native, np.array([box.angle for box in spelled]))
    wrong = faults(native, size)
    solid = (~(wrong.degenerate | wrong.not_finite)).tolist()
    outside = (wrong.out_of_range if turned is native else faults(turned, size).out_of_range).tolist()
    ends = list(accumulate(len(answer.boxes) for answer in answers))
    return [
        _judged(answer, turned[first:end], solid[first:end], outside[first:end])
        for answer, first, end in zip(answers, [0, *ends], ends, strict=False)
    ]


def _judged(answer: Written, boxes: Boxes, solid: list[bool], outside: list[bool]) -> Parsed:
    outcome: Outcome = "out_of_range" if any(outside) else "ok"
    labels = answer.labels
    if not all(solid):
        outcome, boxes = "degenerate", boxes[solid]
        labels = [label for label, kept in zip(labels, solid, strict=True) if kept]
    rule = answer.boxes[0].spelling + ("_capped" if answer.total > MAX_BOXES else "")
    told = tuple(labels) if any(label is not None for label in labels) else None
    return Parsed(boxes, outcome, rule, told, dropped=answer.total - len(boxes), read=answer.read)


def frame_of(spelling: str, convention: Convention) -> Convention:
    """Return what the numbers of a box are: its own convention, that of its keys, or that of the run."""
    if spelling in ("polygon", "named_corners"):
        return replace(convention, xywh=False)
    if spelling in ("keyed", "sized"):
        return replace(convention, y_first=False, xywh=spelling == "sized")
    return OWN_FRAME.get(spelling, convention)


def hulls(boxes: Boxes, degrees: Boxes) -> Boxes:
    """Return the axis-aligned hulls of boxes turned by an angle about their centres.

    GeoChat's own drawing code scales to pixels first and turns then (`bbox_and_angle_to_polygon` in geochat_demo.py).
    """
    # A turn by nothing must give back the very same numbers.
    if not degrees.any():
        return boxes
    cosine, sine = np.abs(np.cos(np.radians(degrees))), np.abs(np.sin(np.radians(degrees)))
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    grow_x = (width * cosine + height * sine - width) / 2
    grow_y = (width * sine + height * cosine - height) / 2
    turned: Boxes = boxes + np.stack([-grow_x, -grow_y, grow_x, grow_y], axis=1)
    return np.where((degrees == 0)[:, None], boxes, turned)


def _native(spelled: list[SpelledBox], convention: Convention, size: Size | npt.NDArray[np.int64] | None) -> Boxes:
    numbers = np.array([box.numbers for box in spelled])
    spellings = {box.spelling for box in spelled}
    if len(spellings) == 1:
        return to_pixels(numbers, frame_of(spelled[0].spelling, convention), size)
    native = np.empty_like(numbers)
    for spelling in spellings:
        chosen = [box.spelling == spelling for box in spelled]
        within = size[chosen] if isinstance(size, np.ndarray) else size
        native[chosen] = to_pixels(numbers[chosen], frame_of(spelling, convention), within)
    return native
