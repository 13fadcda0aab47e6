"""Tell which class each number of an answer counts."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import Literal, NamedTuple

from sarbench.answers._number_words import NUMBER_WORD
from sarbench.answers._numbers import Number
from sarbench.answers.vocabulary import Mention, Vocabulary, beside_classes

# "3 small ships", but not "3 in the harbor": up to three words that may describe what is counted.
_NOT_OF_IT = (
    r"(?!(?:in|on|at|of|to|by|near|from|with|and|or|are|is|the|an?|inside|along|around|beside|behind"
    r"|within|under|over|off|outside|next|docked|moored|parked)\b)"
)
_BETWEEN = re.compile(rf"[ \"'*()]{{1,3}}(?:{_NOT_OF_IT}[a-z][a-z-]{{0,19}} ){{0,3}}", re.IGNORECASE)
# "3 of which are small ships", "3 of them are ships", "3 are ships".
_WHICH_ARE = re.compile(
    r" (?:of (?:which|them|these|those|the [a-z]{1,20}) )?(?:are|is|were|was) "
    rf"(?:{_NOT_OF_IT}[a-z-]{{1,20}} ){{0,2}}",
    re.IGNORECASE,
)
# "ships: 3", {"ship": 3}, "ships = 3", "| ship | 3", "ships (3)", "the number of ships is 3".
_COLON = re.compile(
    r"[\"'*)]{0,3}(?: count| number)?[\"'*]{0,3} ?[(:=|-] ?[\"'*]{0,3}"
    r"|(?: count| number)?(?: (?:visible|present|detected|shown|in (?:the|this) (?:image|picture|scene))){0,2}"
    r" (?:is|are|was|were|equals?) (?:(?:exactly|about|approximately|around) )?",
    re.IGNORECASE,
)
_OWN_NUMBER = re.compile(
    r"[\"'*)]{0,3}(?: count| number)?[\"'*]{0,3}(?: ?[:=|] ?| (?P<dash>-) )[\"'*]{0,3}"
    rf"(?:\d|(?:{NUMBER_WORD}|no|none|nil|not|n/a|absent|unknown)\b|-)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[a-z -]{1,100} and (?:there (?:is|are) )?", re.IGNORECASE)
_OF_THEM = re.compile(r" of (?:which|them|these|those)\b", re.IGNORECASE)
# "3 groups of ships", "3 rows of 4 ships": groups are no ships, and nothing here multiplies for a model.
_GROUPS = re.compile(
    r" (?:[a-z-]{1,20} )?(?:group|row|line|column|cluster|set|array)s? of\b(?: (?=(?P<each>[\da-z])))?", re.IGNORECASE
)
_GROUP_HINT = re.compile(r"(?:group|row|line|column|cluster|set|array)s? of", re.IGNORECASE)
_REACH = 70
_ANYTHING = "anything"
_THING = re.compile(r"\b(?:objects?|targets?|instances?|items?)\b", re.IGNORECASE)
_OF_CLASS = re.compile(r" of (?:the )?(?:[a-z-]{1,20} )?", re.IGNORECASE)


class Counted(NamedTuple):
    """The numbers of an answer that may be meant, and those that surely count no more than a part of it."""

    numbers: Sequence[Number]
    parts: Sequence[Number] = ()
    rule: Literal["several_classes", "several_numbers"] = "several_numbers"
    """What the parts are."""


def without_groups(text: str, numbers: Sequence[Number]) -> list[Number]:
    """Leave out the 3 and the 4 of "3 groups of 4 ships"."""
    if not _GROUP_HINT.search(text):
        return list(numbers)
    groups = [(number, found) for number in numbers if (found := _GROUPS.match(text, number.end))]
    left_out = {number.start for number, _ in groups} | {found.start("each") for _, found in groups}
    return [number for number in numbers if number.start not in left_out]


def of_class(text: str, numbers: Sequence[Number], asked: str | None) -> Counted:
    """Tell the numbers that may be meant from those of other classes and of parts of one class.

    sarbench's own rule. A number counts the class that is named behind it ("3 small ships") or before it with a colon
    ("ships: 3"). Where these are several classes, the numbers of the one that is asked for are taken, if it is among
    them; else all of them are parts, unless they are equal. So are the numbers of one class that an "and" joins without
    any comma or full stop: "2 large ships and 3 small ships". Where the class that is asked for is known, "objects" and
    "targets" are a class beside it: of "7 objects in total, 3 of which are ships" the 7 counts no ships.
    """
    words = beside_classes(asked or "")
    mentions = words.find(text)
    classes = _classes(text, numbers, _with_things(text, mentions, words) if asked else mentions)
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


def _with_things(text: str, mentions: Sequence[Mention], words: Vocabulary) -> list[Mention]:
    """Add the objects and targets of any class; "instances of ships" and "ship targets" are ships."""
    starts = [mention.start for mention in mentions]
    found = list(mentions)
    for thing in _THING.finditer(text):
        index = bisect_left(starts, thing.start())
        before = mentions[index - 1] if index else None
        after = mentions[index] if index < len(mentions) else None
        if before is not None and thing.start() < before.end + 2:
            continue
        of = after is not None and _links(_OF_CLASS, text, thing.end(), after.start)
        name = after.name if after is not None and of else words.by_phrase.get(thing[0].lower()) or _ANYTHING
        found.append(Mention(name, thing.start(), thing.end()))
    return sorted(found, key=attrgetter("start"))


def _classes(text: str, numbers: Sequence[Number], mentions: Sequence[Mention]) -> list[str | None]:
    starts = [mention.start for mention in mentions]
    limits = [*(number.start for number in numbers[1:]), len(text)]
    # "Ships - 3, cars - 2" goes by the class before a dash, "- 3 ships - 2 cars" by bullets.
    lead = bisect_left(starts, numbers[0].start) - 1
    class_first = lead >= 0 and _links(_COLON, text, mentions[lead].end, numbers[0].start)
    classes: list[str | None] = []
    for number, limit in zip(numbers, limits, strict=True):
        index = bisect_left(starts, number.start)
        after = mentions[index] if index < len(mentions) and starts[index] < limit else None
        before = mentions[index - 1] if index else None
        told = before is not None and _links(_COLON, text, before.end, number.start)
        # "Ships: 2 Bridges: 1" and "ships (3) bridges (2)": the number belongs to what stands before it.
        own = told and (
            (text[number.start - 1] == "(" and text[number.end : number.end + 1] == ")")
            or (
                after is not None
                and (other := _OWN_NUMBER.match(text, after.end))
                and (class_first or not other["dash"])
            )
        )
        # "No ships" holds its class.
        if after and not own and (after.start < number.end or _counts(text, number.end, after.start)):
            classes.append(after.name)
        elif before and told:
            classes.append(before.name)
        else:
            classes.append(None)
    return classes


def _joined(text: str, numbers: Sequence[Number], classes: Sequence[str | None]) -> set[int]:
    joined: set[int] = set()
    for index in range(1, len(numbers)):
        same = classes[index] is not None and classes[index] == classes[index - 1]
        of_them = _OF_THEM.match(text, numbers[index].end)
        if same and not of_them and _links(_JOINED, text, numbers[index - 1].end, numbers[index].start):
            joined |= {index - 1, index}
    return joined


def _counts(text: str, start: int, end: int) -> bool:
    return _links(_BETWEEN, text, start, end) or _links(_WHICH_ARE, text, start, end)


def _links(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return end - start <= _REACH and pattern.fullmatch(text, start, end) is not None
