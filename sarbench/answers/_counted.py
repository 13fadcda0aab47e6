"""Tell which class each number of an answer counts."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple

from sarbench.answers._numbers import Number
from sarbench.answers.vocabulary import Mention, beside_classes

# "3 small ships", but not "3 in the harbor": up to three words that may describe what is counted.
_BETWEEN = re.compile(
    r"[ \"'*)]{1,3}(?:(?!(?:in|on|at|of|to|by|near|from|with|and|or|are|is|the|an?|inside|along|around|beside|behind"
    r"|within|under|over|off|outside|next|docked|moored|parked)\b)[a-z-]{1,20} ){0,3}",
    re.IGNORECASE,
)
# "ships: 3", {"ship": 3}, "ships = 3", "| ship | 3".
_COLON = re.compile(r"[\"'*)]{0,3}(?: count| number)?[\"'*]{0,3} ?[:=|-] ?[\"'*]{0,3}", re.IGNORECASE)
_JOINED = re.compile(r"[a-z -]{1,100} and (?:there (?:is|are) )?", re.IGNORECASE)
_REACH = 70


class Counted(NamedTuple):
    """The numbers of an answer that may be meant, and those that surely count no more than a part of it."""

    numbers: Sequence[Number]
    parts: Sequence[Number] = ()
    rule: Literal["several_classes", "several_numbers"] = "several_numbers"
    """What the parts are."""


def of_class(text: str, numbers: Sequence[Number], asked: str | None) -> Counted:
    """Tell the numbers that may be meant from those of other classes and of parts of one class.

    sarbench's own rule. A number counts the class that is named behind it ("3 small ships") or before it with a colon
    ("ships: 3"). Where these are several classes, the numbers of the one that is asked for are taken, if it is among
    them; else all of them are parts, unless they are equal. So are the numbers of one class that an "and" joins without
    any comma or full stop: "2 large ships and 3 small ships".
    """
    words = beside_classes(asked or "")
    classes = _classes(text, numbers, words.find(text))
    named = {name for name in classes if name is not None}
    if len(named) > 1:
        wanted = words.by_phrase.get(" ".join((asked or "").lower().split()))
        bound = [number for number, name in zip(numbers, classes, strict=True) if name is not None]
        if wanted in named:
            numbers = [number for number, name in zip(numbers, classes, strict=True) if name == wanted]
            classes = [wanted] * len(numbers)
        elif len({number.value for number in bound}) > 1:
            free = [number for number, name in zip(numbers, classes, strict=True) if name is None]
            return Counted(free, bound, "several_classes")
    joined = _joined(text, numbers, classes)
    free = [number for index, number in enumerate(numbers) if index not in joined]
    return Counted(free, [numbers[index] for index in sorted(joined)])


def _classes(text: str, numbers: Sequence[Number], mentions: Sequence[Mention]) -> list[str | None]:
    starts = [mention.start for mention in mentions]
    limits = [*(number.start for number in numbers[1:]), len(text)]
    classes: list[str | None] = []
    for number, limit in zip(numbers, limits, strict=True):
        index = bisect_left(starts, number.start)
        after = mentions[index] if index < len(mentions) and starts[index] < limit else None
        before = mentions[index - 1] if index else None
        # "No ships" holds its class.
        if after and (after.start < number.end or _links(_BETWEEN, text, number.end, after.start)):
            classes.append(after.name)
        elif before and _links(_COLON, text, before.end, number.start):
            classes.append(before.name)
        else:
            classes.append(None)
    return classes


def _joined(text: str, numbers: Sequence[Number], classes: Sequence[str | None]) -> set[int]:
    joined: set[int] = set()
    for index in range(1, len(numbers)):
        same = classes[index] is not None and classes[index] == classes[index - 1]
        if same and _links(_JOINED, text, numbers[index - 1].end, numbers[index].start):
            joined |= {index - 1, index}
    return joined


def _links(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return end - start <= _REACH and pattern.fullmatch(text, start, end) is not None
