"""What SARChat's questions and answers say: task, class, number, positions and boxes, read from the text.

Literal texts: README figures of https://github.com/JimmyMa99/SARChat and arXiv 2502.08168, section 3.
"""

import re
from collections.abc import Sequence

import msgspec

from sarbench.schema import Box, TaskOrigin, Xyxy
from sarbench.sources import _flags
from sarbench.sources._classes import mentions
from sarbench.sources.sarchat.boxtext import BoxText, begun, find_boxes

_PREFIX = re.compile(r"\s*\[\s*([a-zA-Z]+)\s*\]")
_TASKS_OF_PREFIXES = {
    "count": "counting",
    "grounding": "grounding",
    "identify": "identification",
    "refer": "referring",
}
_OPTIONS = re.compile(r"\(([^()]*,[^()]*)\)")
_NUMBER = re.compile(r"\b([0-9]{1,6})\b")
_POSITION = re.compile(r"\b(top|middle|bottom)\s+(left|center|right)\b", re.IGNORECASE)
_POSITION_BEHIND = re.compile(r"\s*\(\s*([a-z]+(?:\s+[a-z]+)?)\s*\)", re.IGNORECASE)
_LONGEST_CLASS_ANSWER = 8


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one question and its answer state, in the terms of the schema.

    Boxes and region are in the frame of the text; `region_position` is where the answer says that the region lies.
    """

    boxes: tuple[Box, ...] = ()
    region: Xyxy | None = None
    region_position: str | None = None
    count: int | None = None
    choices: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def task_of(question: str, answer: str) -> tuple[str, TaskOrigin, str | None]:
    """Tell a question's config, whether its prefix or a rule of ours tells it, and the prefix as the authors write it.

    Classification and description have no prefix: a question that lists options in brackets, or a short answer that
    names a class, is classification.

    >>> task_of("[refer] Locate 1 aircraft.", "{<393><426><470><494>} (bottom right)")
    ('referring', 'prefix', 'refer')
    >>> task_of("What do you observe in this satellite imagery?", "A small ship is visible in the top left portion.")
    ('description', 'rule', None)
    """
    found = _PREFIX.match(question)
    word = found[1].lower() if found else None
    if word in _TASKS_OF_PREFIXES:
        return _TASKS_OF_PREFIXES[word], "prefix", word
    short = len(answer.split()) <= _LONGEST_CLASS_ANSWER and mentions(answer)
    positioned = _POSITION.search(answer) is not None
    return ("classification" if _choices(question) or (short and not positioned) else "description"), "rule", None


def prefix_of(question: str) -> str | None:
    """Return the config that the question's prefix names, or None."""
    found = _PREFIX.match(question)
    return _TASKS_OF_PREFIXES.get(found[1].lower()) if found else None


def read(config: str, question: str, answer: str) -> Reading:
    """Read one question and its answer.

    >>> read("referring", "[refer] Locate 1 aircraft.", "{<393><426><470><494>} (bottom right)").boxes
    (Box(label='aircraft', xyxy=(393.0, 426.0, 470.0, 494.0), position='bottom right'),)
    """
    match config:
        case "classification":
            return Reading(choices=_choices(question))
        case "counting":
            return _counting(question, answer)
        case "grounding":
            return _grounding(answer)
        case "identification":
            found = find_boxes(question)
            region = next((box.xyxy for box in found if box.xyxy), None)
            named = _POSITION.search(answer) if region else None
            return Reading(
                region=region,
                region_position=f"{named[1]} {named[2]}".lower() if named else None,
                flags=_box_flags(question, found, needed=True),
            )
        case "referring":
            return _referring(question, answer)
    return Reading()


def _choices(question: str) -> tuple[str, ...]:
    """Return the options that the question lists in brackets, if they are classes."""
    for found in _OPTIONS.finditer(question):
        options = tuple(option.strip() for option in found[1].split(","))
        if all(mentions(option) for option in options):
            return options
    return ()


def _counting(question: str, answer: str) -> Reading:
    label = _class_in(question)
    found = find_boxes(answer)
    boxes = tuple([Box(label, box.xyxy) for box in found if box.xyxy])
    flags = _box_flags(answer, found)
    stated = _NUMBER.search(answer.partition("{")[0])
    if stated is None:
        return Reading(boxes, count=len(boxes) or None, flags=(*flags, _flags.COUNT_FROM_BOXES) if boxes else flags)
    count = int(stated[1])
    wrong = bool(boxes or flags) and count != len(boxes)
    return Reading(boxes, count=count, flags=(*flags, _flags.COUNT_MISMATCH) if wrong else flags)


def _grounding(answer: str) -> Reading:
    """The class of a box is the last one named before it; its position stands between it and the box before."""
    boxes = []
    label, read_to = None, 0
    found = find_boxes(answer)
    for box in found:
        between = answer[read_to : box.start]
        label = _last_class(between) or label
        position = [f"{words[1]} {words[2]}".lower() for words in _POSITION.finditer(between)]
        if box.xyxy:
            boxes.append(Box(label, box.xyxy, position[-1] if position else None))
        read_to = box.end
    return Reading(tuple(boxes), flags=_box_flags(answer, found, needed=True))


def _referring(question: str, answer: str) -> Reading:
    label = _class_in(question)
    found = find_boxes(answer)
    boxes = tuple([Box(label, box.xyxy, _position_behind(answer, box)) for box in found if box.xyxy])
    return Reading(boxes, flags=_box_flags(answer, found, needed=True))


def _position_behind(answer: str, box: BoxText) -> str | None:
    found = _POSITION_BEHIND.match(answer, box.end)
    return " ".join(found[1].lower().split()) if found else None


def _class_in(text: str) -> str | None:
    found = mentions(text)
    return found[0][0] if found else None


def _last_class(text: str) -> str | None:
    found = mentions(text)
    return found[-1][0] if found else None


def _box_flags(text: str, found: Sequence[BoxText], *, needed: bool = False) -> tuple[str, ...]:
    """Return what is wrong with the boxes that were found in a text, or were not."""
    flags: tuple[str, ...] = ()
    if None in [box.xyxy for box in found]:
        flags = (_flags.BOX_DROPPED,)
    if begun(text) > len(found) or (needed and not found):
        flags = (*flags, _flags.BOX_UNREADABLE)
    return flags
