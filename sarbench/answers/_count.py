"""Read how many."""

import re
from collections.abc import Sequence

from sarbench.answers._numbers import NUMBER_WORD, Number, find_numbers, says_none
from sarbench.answers._spellings import find_boxes, without_boxes
from sarbench.answers.parsed import Parsed, ambiguous, unparsable

_FILLER = (
    r"(?: (?:a|an|the|exactly|about|around|approximately|roughly|only|just|at least|total|of|be|to|clearly)){0,4} "
)
_TOTAL = re.compile(
    r"\b(?:(?:total(?: number| count)?|answer|count|number)(?:'s| is| of|:| =)?"
    r"|(?:number|count) of [a-z ]{1,40}(?: is|:| =))" + _FILLER + r"\Z",
    re.IGNORECASE,
)
_IN_TOTAL = re.compile(r"(?: [a-z-]{1,20}){0,2} in (?:total|all)\b", re.IGNORECASE)
_THERE_ARE = re.compile(
    r"\b(?:there(?: is| are| was| were|'s|'re| appears?| seems?)"
    r"|(?:i|we|you)(?: can)? (?:see|count|counted|identify|detect|find|observe)"
    r"|image (?:shows|contains|has|depicts|includes))" + _FILLER + r"\Z",
    re.IGNORECASE,
)
_ONE = re.compile(r"\bthere(?: is|'s) an? ", re.IGNORECASE)
_RANGE = re.compile(rf" ?(?:-|to\b|or\b) ?(?:\d|{NUMBER_WORD}\b)", re.IGNORECASE)
_REACH = 90


def read_count(text: str) -> Parsed:
    """Read the number that an answer gives. The coordinates of boxes are no counts.

    Rules, first that applies:

    - `total`: the last number in a form like "a total of N", "N in total", "the answer is N", "count: N";
    - `there_are`: the first number in a form like "There are N", "I can see N", "the image contains N";
    - `single_number`: one number, however often; a "one" that may be a pronoun counts only where it is alone;
    - `none`: "none", "no", "nothing";
    - `there_is_a`: "There is a ship";
    - `boxes_counted`: boxes and no number: a model that lists them has counted them.

    Several numbers in none of these forms are ambiguous, and so is a range such as "4 to 6".
    """
    rest = " ".join(without_boxes(text).split())
    numbers = find_numbers(rest)
    single = [number for number in numbers if not _RANGE.match(rest, number.end)]
    if totals := [number for number in single if _is_total(rest, number)]:
        return Parsed(totals[-1].value, "ok", "total")
    if (first := _there_are(rest, single)) is not None:
        return Parsed(first.value, "ok", "there_are")
    values = {number.value for number in numbers if not number.pronoun} or {number.value for number in numbers}
    if len(values) > 1:
        return ambiguous("several_numbers")
    if values:
        return Parsed(values.pop(), "ok", "single_number")
    if says_none(rest):
        return Parsed(0, "ok", "none")
    if _ONE.search(rest):
        return Parsed(1, "ok", "there_is_a")
    boxes = find_boxes(text)[1]
    return Parsed(boxes, "ok", "boxes_counted") if boxes else unparsable()


def _is_total(text: str, number: Number) -> bool:
    before = max(0, number.start - _REACH)
    return bool(_TOTAL.search(text, before, number.start) or _IN_TOTAL.match(text, number.end))


def _there_are(text: str, numbers: Sequence[Number]) -> Number | None:
    for number in numbers:
        if _THERE_ARE.search(text, max(0, number.start - _REACH), number.start):
            return number
    return None
