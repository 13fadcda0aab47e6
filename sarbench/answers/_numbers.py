"""Find whole numbers in a sentence, written in digits or words."""

import re
from dataclasses import dataclass
from operator import attrgetter

from sarbench.answers._number_words import HINT, PHRASE, value_of
from sarbench.answers._refusals import FINDING
from sarbench.answers.synonyms import SYNONYMS

_WORDS = re.compile(
    rf"\b(?=[adefhmnopstz])(?:(?P<vague>few|several|many|some|of) )?(?P<words>{PHRASE})\b(?!-)",
    re.IGNORECASE | re.ASCII,
)
_HINT = re.compile(HINT, re.IGNORECASE)
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_./])(?P<sign>[-+]?)(?P<body>\d[\d,]*+)(?P<fraction>\.\d++)?(?P<suffix>[A-Za-z0-9_]*+)"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_MEASURE = re.compile(r" ?(?:[%°/]|(?:[ckm]?m|met(?:er|re)s?|px|pixels?|percent|degrees?|dB|[kMG]?Hz)\b)")
_IMAGE_SIZE = re.compile(r"\b\d{1,5} ?[x×*] ?\d{1,5}\b")
_GROUP = re.compile(r" (hundred|thousand|dozen|pairs? of|millions?|billions?)\b", re.IGNORECASE)
_GROUPS = {"hundred": 100, "thousand": 1000, "dozen": 12, "pairs of": 2, "pair of": 2}
# "3x ship", but not "10x zoom" and "2x larger".
_TIMES = re.compile(
    r"(?: ?[\"'*]{1,3})? ?(?!(?:zoom|magnif|larger|smaller|bigger|longer|wider|more|as|up|down|the|scal)|\d)[a-z]",
    re.IGNORECASE,
)
LONGEST = 9
"""More digits than a 32-bit count holds are no count."""

# "one of them", "each one": a pronoun.
_PRONOUN_AFTER = re.compile(r" (?:of|in|at|on|is|near|located|another|by|with)\b", re.IGNORECASE)
_PRONOUN_BEFORE = re.compile(r"\b(?:this|that|each|every|no|which|another|other|the) \Z", re.IGNORECASE)

NOUN = "|".join(
    ["instances?", "objects?", "targets?", "items?", *(word for words in SYNONYMS.values() for word in words)]
)
"""Pattern of what is counted: the six classes, or things of any class."""

_NONE = re.compile(
    rf"\b(?:no|neither|nor|without|not any|not (?:even )?(?:a single|one)|there (?:is not|isn't) an?(?: single)?"
    rf"|(?:cannot|can not|do not|did not|is not|are not) (?:(?:{FINDING} )?any|{FINDING} an?(?: single)?)"
    rf"|(?:can|do|did|is|are)n?'t (?:(?:{FINDING} )?any|{FINDING} an?(?: single)?))"
    rf"(?: [a-z-]{{1,20}}){{0,2}}? (?:{NOUN})\b",
    re.IGNORECASE | re.ASCII,
)
_NEGATION = re.compile(r"no|neither|without|n't", re.IGNORECASE)
_ALONE_NONE = re.compile(
    r"\W{0,8}(?:(?:no|nothing|nil)\W{0,8}\Z|none\b)|\W{0,8}there(?:'s| is| are| were) (?:none|nothing)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number and its place in the text."""

    value: int
    start: int
    end: int
    pronoun: bool = False
    """A "one" that may point at something instead of counting it."""


def find_numbers(text: str) -> list[Number]:
    """Return the whole numbers that may count something, in the order of the text.

    "1,234" is one number, "3,4" are two; a blank or a full stop separates no thousands. Number words go up to the
    thousands; a dozen is 12, half a dozen 6, a pair 2; "a couple" and "several dozen" are no numbers. Names
    (Sentinel-1), measures (10 m, 30 %), sizes (512x512), fractions, negative numbers and numbers of more than nine
    digits are left out, and so are number words in an order that no number has ("two hundred three hundred").
    "No ships" and "not a single ship" are a zero.
    """
    if "x" in text or "×" in text or "*" in text:
        text = _IMAGE_SIZE.sub(lambda match: " " * len(match[0]), text)
    found = [Number(0, *match.span()) for match in _NONE.finditer(text)] if _NEGATION.search(text) else []
    if found:
        text = _NONE.sub(lambda match: " " * len(match[0]), text)
    found += _digits(text)
    if _HINT.search(text):
        found += _number_words(text)
    return sorted(found, key=attrgetter("start")) if len(found) > 1 else found


def says_none(text: str) -> bool:
    """Tell whether the answer is "none", "nothing" or "no ships" and names no number beside it."""
    if _ALONE_NONE.match(text):
        return True
    numbers = find_numbers(text)
    return bool(numbers) and not any(number.value for number in numbers)


def _digits(text: str) -> list[Number]:
    found: list[Number] = []
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        sign, body, fraction, suffix = match.groups()
        if suffix in ("x", "X") and _TIMES.match(text, end):
            suffix = ""
        name = start >= 2 and text[start - 1] == "-" and text[start - 2].isalpha()
        if name or sign == "-" or suffix or (fraction or "").strip(".0") or _MEASURE.match(text, end):
            continue
        body, end = body.rstrip(","), end - (0 if fraction else len(body) - len(body.rstrip(",")))
        if group := _GROUP.match(text, end):
            times = _GROUPS.get(group[1].lower())
            found += [Number(int(body) * times, start, group.end())] if times and body.isdecimal() else []
            continue
        parts = [body.replace(",", "")] if _THOUSANDS.fullmatch(body) else body.split(",")
        found += [Number(int(part), start, end) for part in parts if 0 < len(part) <= LONGEST]
    return found


def _number_words(text: str) -> list[Number]:
    found: list[Number] = []
    for match in _WORDS.finditer(text):
        words = match["words"].lower()
        start, end = match.span("words")
        if words == "dozen" and (match["vague"] or text[max(0, start - 2) : start - 1].isdigit()):
            continue
        if _GROUP.match(text, end):
            continue
        pronoun = words == "one" and bool(
            _PRONOUN_AFTER.match(text, end) or _PRONOUN_BEFORE.search(text, max(0, start - 20), start)
        )
        found.append(Number(value_of(words), start, end, pronoun))
    return found
