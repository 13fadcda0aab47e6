"""Numbers in the authors' answers, in digits or in English words below one hundred."""

import re

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = (
    {"no": 0, "none": 0, "zero": 0}
    | {word: value for value, word in enumerate((*_UNITS, *_TEENS), start=1)}
    | {word: 10 * tens for tens, word in enumerate(_TENS, start=2)}
)
_LARGER = r"(?:hundred|thousand|million|dozen|pair|couple)s?\b"
_AND_UNIT = rf"[ -](?:{'|'.join(_UNITS)})\b"
# Not "?+": Python 3.11.2 gives back a blank of what that has taken.
_WORD = (
    rf"\b(?:(?:{'|'.join(_TENS)})(?:{_AND_UNIT}|(?!{_AND_UNIT}))"
    rf"|{'|'.join((*_TEENS, *_UNITS))}|zero|none|no)\b(?![ -]{_LARGER})"
)
_SPELLED = re.compile(_WORD, re.IGNORECASE)
_NUMBER = re.compile(rf"(?<![\w.,+-])[0-9]{{1,6}}(?![\w%+-]|[.,][0-9])|{_WORD}", re.IGNORECASE)
_NOT_EXACT = re.compile(
    r"\b(?:about|approximately|approx\.?|around|roughly|nearly|almost|over|under|up to|(?:more|less|fewer) than"
    rf"|at (?:least|most)) (?:[0-9]|{_WORD})|\b{_LARGER}|\band a half\b",
    re.IGNORECASE,
)


def number_in(answer: str) -> int | None:
    """Return the one whole number that an answer states; None where it states none, several or no exact one.

    >>> [number_in(text) for text in ("4.", "There are no ships", "twenty-two", "2 or 3", "about 10", "1.5 km", "many")]
    [4, 0, 22, None, None, None, None]
    """
    text = " ".join(answer.split())
    found = _NUMBER.findall(text)
    if len(found) != 1 or _NOT_EXACT.search(text):
        return None
    return int(found[0]) if found[0].isdecimal() else _value(found[0])


def spelled_numbers(text: str) -> list[int]:
    """Return the numbers that a text states as words, in their order; "no" and "none" are zero.

    >>> spelled_numbers("two ships, no car and forty-one tanks"), spelled_numbers("three hundred")
    ([2, 0, 41], [])
    """
    return [_value(word) for word in _SPELLED.findall(text)]


def _value(words: str) -> int:
    return sum(_VALUES[word] for word in re.split("[ -]", words.casefold()))
