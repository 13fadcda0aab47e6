"""Find whole numbers in a sentence, written in digits or words."""

import re
from dataclasses import dataclass

from sarbench.answers._refusals import FINDING
from sarbench.answers.synonyms import SYNONYMS

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: value for value, word in enumerate(_UNITS + _TEENS)} | {
    word: 10 * tens for tens, word in enumerate(_TENS, start=2)
}
_UNIT = "|".join(_UNITS)
NUMBER_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{_UNIT})\b)?|{'|'.join(_TEENS)}|{_UNIT})"
"""Pattern of the number words below one hundred."""

_WORDS = re.compile(
    rf"\b(?:(?:a|{_UNIT}) hundred(?: (?:and )?{NUMBER_WORD}\b)?|(?:a |one )?dozen|(?:a|only one) single|{NUMBER_WORD})"
    r"\b(?!-)",
    re.IGNORECASE | re.ASCII,
)
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_./])(?P<sign>[-+]?)(?P<body>\d[\d,]*+)(?P<fraction>\.\d++)?+(?P<suffix>[A-Za-z0-9_]*+)"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_MEASURE = re.compile(r" ?(?:[%°/]|(?:k?m|met(?:er|re)s?|px|pixels?|percent|degrees?|[GM]Hz)\b)")
_IMAGE_SIZE = re.compile(r"\b\d{1,5} ?[x×*] ?\d{1,5}\b")
_LONGEST = 9
"""More digits than a 32-bit count holds are no count."""

# "one of them", "each one": a pronoun.
_PRONOUN_AFTER = re.compile(r" (?:of|in|at|on|is|near|located|another|by|with)\b", re.IGNORECASE)
_PRONOUN_BEFORE = re.compile(r"\b(?:this|that|each|every|no|which|another|other|the) \Z", re.IGNORECASE)

_NOUN = "|".join(
    ["instances?", "objects?", "targets?", "items?", *(word for words in SYNONYMS.values() for word in words)]
)
_NONE = re.compile(
    rf"\b(?:no|without|not any|(?:cannot|can not|do not|did not|is not|are not) (?:{FINDING} )?any"
    rf"|(?:can|do|did|is|are)n?'t (?:{FINDING} )?any)(?: [a-z-]{{1,20}}){{0,2}}? (?:{_NOUN})\b",
    re.IGNORECASE | re.ASCII,
)
_ALONE_NONE = re.compile(r"\W{0,8}(?:(?:no|nothing|nil)\W{0,8}\Z|none\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Number:
    """A whole number and its place in the text."""

    value: int
    start: int
    end: int
    pronoun: bool = False
    """A "one" that may point at something instead of counting it."""


def find_numbers(text: str) -> list[Number]:
    """Return the whole numbers that may count something, in the order of the text.

    "1,234" is one number, "3,4" are two. Names (Sentinel-1), measures (10 m, 30 %), sizes (512x512), fractions,
    negative numbers and numbers of more than nine digits are left out. "No ships" is a zero.
    """
    text = _IMAGE_SIZE.sub(lambda match: " " * len(match[0]), text)
    found = [*_digits(text), *_number_words(text)]
    found += [Number(0, match.start(), match.end()) for match in _NONE.finditer(text)]
    return sorted(found, key=lambda number: number.start)


def says_none(text: str) -> bool:
    """Tell whether the answer is "none", "nothing" or "no ships" and names no number beside it."""
    if _ALONE_NONE.match(text):
        return True
    numbers = find_numbers(text)
    return bool(numbers) and not any(number.value for number in numbers)


def _digits(text: str) -> list[Number]:
    found: list[Number] = []
    for match in _DIGITS.finditer(text):
        start = match.start()
        name = start >= 2 and text[start - 1] == "-" and text[start - 2].isalpha()
        fraction = match["fraction"] or ""
        if name or match["sign"] == "-" or match["suffix"] or fraction.strip(".0") or _MEASURE.match(text, match.end()):
            continue
        body = match["body"].rstrip(",")
        parts = [body.replace(",", "")] if _THOUSANDS.fullmatch(body) else body.split(",")
        found += [Number(int(part), start, match.end()) for part in parts if 0 < len(part) <= _LONGEST]
    return found


def _number_words(text: str) -> list[Number]:
    found: list[Number] = []
    for match in _WORDS.finditer(text):
        pronoun = match[0].lower() == "one" and bool(
            _PRONOUN_AFTER.match(text, match.end())
            or _PRONOUN_BEFORE.search(text, max(0, match.start() - 20), match.start())
        )
        found.append(Number(_word_value(match[0].lower()), match.start(), match.end(), pronoun))
    return found


def _word_value(words: str) -> int:
    if "dozen" in words:
        return 12
    if "single" in words:
        return 1
    total = 0
    for word in words.replace("-", " ").split():
        if word == "hundred":
            total = max(total, 1) * 100
        else:
            total += _VALUES.get(word, 0)
    return total
