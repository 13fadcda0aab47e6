"""Read how many."""

import re
from collections.abc import Sequence
from typing import Literal

from sarbench.answers._counted import Counted, of_class, without_groups
from sarbench.answers._exactness import Inexact, inexact, may_be_inexact
from sarbench.answers._numbers import LONGEST, Number, find_numbers, says_none
from sarbench.answers._refusals import FINDING
from sarbench.answers._spellings import find_boxes, without_boxes
from sarbench.answers.parsed import Parsed, ambiguous, excerpt, unparsable

_FILLER = (
    r"(?: (?:a|an|the|exactly|about|around|approximately|roughly|nearly|almost|only|just|at least|at most|up to|over"
    r"|(?:more|fewer|less) than|between|total|of|be|to|clearly)){0,4} ?[~(\"']?"
)
_TOTAL = re.compile(
    r"\b(?:(?:total(?: number| count)?|answer|count|number)(?:'s| is| of|[\"']? ?:| =)?"
    r"|(?:number|count) of [a-z ]{1,40}(?: is|:| =))" + _FILLER + r"\Z|\d ?=\ ?\Z",
    re.IGNORECASE,
)
_IN_TOTAL = re.compile(r"(?: [a-z-]{1,20}){0,2} (?:in (?:total|all)|altogether|overall)\b", re.IGNORECASE)
_THERE_ARE = re.compile(
    r"\b(?:there(?: is| are| was| were|'s|'re| appears?| seems?)"
    r"|(?:i|we|you)(?: can)? (?:see|count|counted|identify|detect|find|observe)"
    r"|image (?:shows|contains|has|depicts|includes))" + _FILLER + r"\Z",
    re.IGNORECASE,
)
_IN_IMAGE = re.compile(
    r"(?: [a-z-]{1,20}){0,4} in (?:the|this)(?: [a-z-]{1,20})? (?:image|picture|photo|scene)\b", re.IGNORECASE
)
_PLACED = re.compile(
    r"(?: (?!of\b)[a-z-]{1,20}){0,3} (?:in|at|on|near|along|to) (?:the|its)\b"
    r"(?!(?: [a-z-]{1,20})? (?:image|picture|photo|scene)\b)",
    re.IGNORECASE,
)
_NONE_OF = re.compile(r"\b(?:none|neither) of (?:the |these |those )?\Z", re.IGNORECASE)
_SO = re.compile(r"\b(?:so|thus|therefore|hence),? (?:it is |that is |that's |it's )?\Z", re.IGNORECASE)
_LAST = re.compile(r"(?: [a-z-]{1,20}){0,2}\W{0,8}\Z", re.IGNORECASE)
_ONE = re.compile(r"\bthere(?: is|'s) an? ", re.IGNORECASE)
_NO_SUCH = re.compile(
    rf"(?:\A\W{{0,8}}|\b(?:there(?:'s| is| are| was| were)|(?:i|we)(?: can)? {FINDING}|image (?:shows|contains|has)) )"
    r"(?:none\b|nothing\b|no (?!(?:idea|clue|answer|way|comment|doubt|problem|image|picture|data|information|one|it|i"
    r"|there|the|this|that|a|an|we|they)\b)[a-z-]{1,20})",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:several|few|many|multiple|numerous|some|various|couple|dozens?|hundreds?|thousands?)\b", re.IGNORECASE
)
_TAKEN_BACK = re.compile(r"(?:\bnot|n't|\brather than|\binstead of)(?: exactly)? \Z", re.IGNORECASE)
_TAKING_BACK = re.compile(r"not|n't|rather|instead", re.IGNORECASE)
_TWO = re.compile(r"[,.]? (?:and )?2\b")
"""Behind a 1: a model that counts aloud, "1, 2, 3", has not come to its number yet."""
_BRACKETS = re.compile(r"[\[(<]")
_REACH = 90
_MOST = 500
"""Of a model that counts in a loop, the forms of words are looked for at so many numbers from either end."""


def read_count(text: str, asked: str | None = None) -> Parsed:
    """Read the number that an answer gives. The coordinates of boxes are no counts. sarbench's own rules.

    Rules, first that applies:

    - `total`: the last number in a form like "a total of N", "N in total", "the answer is N", "count: N",
      "2 + 3 = N", "so N" at the end;
    - `there_are`: the number in a form like "There are N", "I can see N", "the image contains N"; of several that
      differ the first, where it is the whole of the others ("There are 5 ships in the image. There are 2 …"), else
      they are `several_numbers`;
    - `single_number`: one number, however often; a "one" that may be a pronoun counts only where it is alone;
    - `none`: "none", "no", "nothing", "no buildings";
    - `there_is_a`: "There is a ship";
    - `boxes_counted`: boxes and no number: a model that lists them has counted them.

    A number that a rule finds must be exact. "About 4" is: it is the one number that the model would give.
    Ambiguous are `range` ("4 to 6", "4 or 5", "between 4 and 6"), `bound` ("at least 4", "more than 4", "4+"), which
    says no more than a range does, `run_on` ("twenty twenty"), and `several_numbers` in none of these forms. "Several",
    "a few", "a couple" and "dozens" are no number: unparsable, as `vague`. A number after "not" is none either.

    Numbers of several classes ("3 ships and 2 planes", "3 ships and no planes") are ambiguous, as `several_classes`,
    unless they are equal, a total stands beside them, or `asked` tells which class counts. Numbers of parts of one
    class ("2 large ships and 3 small ships") are `several_numbers`: nothing here adds up for a model.

    Args:
        text: The cleaned answer.
        asked: The class that the question is about, where it is known: where the answer counts this class among
            others, only the numbers of this class are read.
    """
    if len(text) <= LONGEST and text.isdecimal():
        return Parsed(int(text), "ok", "single_number", read=text)
    rest = " ".join(without_boxes(text).split()) if _BRACKETS.search(text) else text
    numbers = find_numbers(rest)
    if numbers and _TAKING_BACK.search(rest):
        numbers = [
            number for number in numbers if not _TAKEN_BACK.search(rest, max(0, number.start - 20), number.start)
        ]
    if numbers and not (numbers := without_groups(rest, numbers)):
        return unparsable("vague", excerpt(rest))
    if not numbers:
        return _without_number(text, rest)
    if len(numbers) == 1:
        if len(rest) == numbers[0].end - numbers[0].start:
            return Parsed(numbers[0].value, "ok", "single_number", read=excerpt(rest))
        return _among(rest, Counted(numbers))
    return _among(rest, of_class(rest, numbers, asked))


def _among(text: str, counted: Counted) -> Parsed:
    """Return the number among those of a text that the form of words points at, or the only one."""
    numbers = counted.numbers
    hedged = may_be_inexact(text, numbers)
    outer = numbers if len(numbers) <= 2 * _MOST else [*numbers[:_MOST], *numbers[-_MOST:]]
    spans = [(number, inexact(text, number) if hedged else None) for number in outer]
    stated = [(number, hedge) for number, hedge in spans if not (number.value == 1 and _TWO.match(text, number.end))]
    totals = [(number, start, hedge) for number, hedge in stated if (start := _is_total(text, number)) is not None]
    if totals:
        exact = [found for found in totals if found[2] is None]
        return _said(text, *(exact or totals)[-1], "total")
    if none := next(
        (number for number in numbers if _NONE_OF.search(text, max(0, number.start - 20), number.start)), None
    ):
        return ambiguous("several_numbers", excerpt(text, max(0, none.start - 20), none.end))
    if counted.parts:
        return ambiguous(counted.rule, excerpt(text, counted.parts[0].start, counted.parts[-1].end))
    there = [
        (number, before.start(), hedge)
        for number, hedge in stated
        if (before := _THERE_ARE.search(text, max(0, number.start - _REACH), number.start))
    ]
    if there:
        told = [number for number, *_ in there]
        if _differ(text, told) or _differ(text, placed := _parts_of(text, told[0], numbers)):
            last = (told if _differ(text, told) else placed)[-1]
            return ambiguous("several_numbers", excerpt(text, there[0][1], last.end))
        return _said(text, *there[0], "there_are")
    return _only(text, numbers, [hedge for _, hedge in spans if hedge])


def _without_number(text: str, rest: str) -> Parsed:
    if says_none(rest):
        return Parsed(0, "ok", "none", read=excerpt(rest))
    if none := _NO_SUCH.search(rest):
        return Parsed(0, "ok", "none", read=excerpt(none[0]))
    if one := _ONE.search(rest):
        return Parsed(1, "ok", "there_is_a", read=excerpt(rest, one.start()))
    boxes, total = find_boxes(text)
    if total:
        return Parsed(total, "ok", "boxes_counted", read=excerpt(text, boxes[0].start, boxes[0].end))
    vague = _VAGUE.search(rest)
    return unparsable("vague", vague[0]) if vague else unparsable()


def _only(text: str, numbers: Sequence[Number], hedges: Sequence[Inexact]) -> Parsed:
    """Return the one number of a text in which no form of words points at any."""
    if hedges:
        hedge = min(hedges, key=lambda hedge: hedge.rule != "range")
        return ambiguous(hedge.rule, excerpt(text, hedge.start, hedge.end))
    said = [number for number in numbers if not number.pronoun] or numbers
    if len({number.value for number in said}) > 1:
        return ambiguous("several_numbers", excerpt(text, said[0].start, said[-1].end))
    return Parsed(said[0].value, "ok", "single_number", read=excerpt(text, said[0].start, said[0].end))


def _parts_of(text: str, first: Number, numbers: Sequence[Number]) -> list[Number]:
    """Return a number that counts what is in one place, and those behind it that count what is in others."""
    if not _PLACED.match(text, first.end):
        return [first]
    later = [number for number in numbers if number.start > first.start and _PLACED.match(text, number.end)]
    return [first, *later]


def _differ(text: str, there: Sequence[Number]) -> bool:
    """Tell whether several "there are N" contradict each other: not where the others are parts of the first."""
    first, *others = there
    if all(number.value == first.value for number in others):
        return False
    whole = _IN_IMAGE.match(text, first.end) and all(number.value < first.value for number in others)
    return not whole and sum(number.value for number in others) != first.value


def _said(text: str, number: Number, start: int, hedge: Inexact | None, rule: Literal["total", "there_are"]) -> Parsed:
    if hedge:
        return ambiguous(hedge.rule, excerpt(text, min(start, hedge.start), max(number.end, hedge.end)))
    return Parsed(number.value, "ok", rule, read=excerpt(text, start, number.end))


def _is_total(text: str, number: Number) -> int | None:
    """Return where the words begin that make a number the total; None where there are none."""
    if before := _TOTAL.search(text, max(0, number.start - _REACH), number.start):
        return before.start()
    if (before := _SO.search(text, max(0, number.start - _REACH), number.start)) and _LAST.match(text, number.end):
        return before.start()
    return number.start if _IN_TOTAL.match(text, number.end) else None
