"""Tell a number from one end of a range, from a bound and from a part of a row of number words."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from sarbench.answers._number_words import NUMBER_WORD, value_of
from sarbench.answers._numbers import Number

_LINK = r" ?(?:-|~|(?:to|or|through)\b)(?: about| perhaps| maybe)? ?"
_RANGE_AFTER = re.compile(rf"{_LINK}(?P<other>\d{{1,9}}|{NUMBER_WORD}\b)", re.IGNORECASE)
_RANGE_BEFORE = re.compile(
    rf"(?P<other>(?<!\w)\d{{1,9}}|\b{NUMBER_WORD}){_LINK}\Z|\bbetween(?: about)? [\w-]{{1,20}} and \Z", re.IGNORECASE
)
_BETWEEN = re.compile(r"\bbetween(?: about)? \Z", re.IGNORECASE)
_AND = re.compile(r" and [\w-]{1,20}", re.IGNORECASE)
_BOUND_BEFORE = re.compile(
    r"(?:\b(?:at least|at most|at minimum|at maximum|(?:more|less|fewer|greater|larger) than|over|under|up to|beyond"
    r"|exceed(?:s|ing)|(?:minimum|maximum|upwards?) of)|(?:\A| )(?:[<>]=?|[≤≥])) ?\Z",
    re.IGNORECASE,
)
_BOUND_AFTER = re.compile(
    r"\+(?! ?\d)| plus\b(?! \d)"
    r"| (?:[a-z-]{1,20} )?(?:(?:or|and) (?:more|less|fewer|above|over)|at (?:least|most|minimum|maximum))\b",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"[-~<>≤≥+]|(?:to|or|and|through|plus|between|least|most|minimum|maximum|than|over|under|beyond|exceeds|exceeding|of)\b",
    re.IGNORECASE,
)
_RUN_ON = re.compile(rf"{NUMBER_WORD}[ -]{NUMBER_WORD}\b(?!-)", re.IGNORECASE)
_WORD_AFTER = re.compile(rf"[ -]{NUMBER_WORD}\b(?!-)", re.IGNORECASE)
_WORD_BEFORE = re.compile(rf"\b{NUMBER_WORD}[ -]\Z", re.IGNORECASE)
_REACH = 40


class Inexact(NamedTuple):
    """Why a number is not the number itself, and the words that say so."""

    rule: Literal["range", "bound", "run_on"]
    start: int
    end: int


def may_be_inexact(text: str, numbers: Iterable[Number]) -> bool:
    """Tell whether a text holds any sign of a range, a bound or a row of words: where not, all its numbers are exact.

    Where all of them are digits, no row of words is looked for, which takes most of the time.
    """
    if _HINT.search(text):
        return True
    in_words = any(not text[number.start].isdecimal() or not text[number.end - 1].isdecimal() for number in numbers)
    return in_words and _RUN_ON.search(text) is not None


def inexact(text: str, number: Number) -> Inexact | None:
    """Tell why a number is not the number itself; None where it is.

    `range`: an end of "4 to 6", "4-6", "four or five", "between 4 and 6". `bound`: "at least 4", "more than 4", "4+",
    "4 or more". `run_on`: a word beside a word, as in "twenty twenty" (a year, or a model in a loop) and "one two
    three". Estimates ("about 4", "~4") are exact here: they name one number. sarbench's own rules.
    """
    if text[number.end : number.end + 1] not in ("", ".", ","):
        if (after := _RANGE_AFTER.match(text, number.end)) and not _same(after["other"], number):
            return Inexact("range", number.start, after.end())
        if after := _BOUND_AFTER.match(text, number.end):
            return Inexact("bound", number.start, after.end())
        if text[number.start].isalpha() and number.value and (after := _WORD_AFTER.match(text, number.end)):
            return Inexact("run_on", number.start, after.end())
    if not number.start:
        return None
    return _told_before(text, number)


def _told_before(text: str, number: Number) -> Inexact | None:
    reach = max(0, number.start - _REACH)
    if (before := _RANGE_BEFORE.search(text, reach, number.start)) and not _same(before["other"], number):
        return Inexact("range", before.start(), number.end)
    if (before := _BETWEEN.search(text, reach, number.start)) and (other := _AND.match(text, number.end)):
        return Inexact("range", before.start(), other.end())
    if text[number.start].isalpha() and (before := _WORD_BEFORE.search(text, reach, number.start)):
        return Inexact("run_on", before.start(), number.end)
    before = _BOUND_BEFORE.search(text, reach, number.start)
    return Inexact("bound", before.start(), number.end) if before else None


def _same(other: str | None, number: Number) -> bool:
    """Tell whether "4 or four" repeats the number: then it is no range."""
    if other is None:
        return False
    return (int(other) if other.isdecimal() else value_of(other)) == number.value
