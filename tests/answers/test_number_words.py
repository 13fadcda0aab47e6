"""Numbers in words."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import parse
from sarbench.answers._number_words import HINT, NUMBER_WORD, PHRASE, value_of

ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def words_of(number: int, link: str, hyphen: str) -> str:
    """Spell a number below a million, independently of the reader."""
    if number >= 1000:
        rest = f"{link}{words_of(number % 1000, link, hyphen)}" if number % 1000 else ""
        return f"{words_of(number // 1000, link, hyphen)} thousand{rest}"
    if number >= 100:
        rest = f"{link}{words_of(number % 100, link, hyphen)}" if number % 100 else ""
        return f"{ONES[number // 100]} hundred{rest}"
    if number < 20:
        return ONES[number]
    return TENS[number // 10 - 2] + (f"{hyphen}{ONES[number % 10]}" if number % 10 else "")


@settings(deadline=None)
@given(st.integers(0, 999_999), st.sampled_from([" ", " and "]), st.sampled_from(["-", " "]), st.booleans())
def test_every_number_below_a_million(number: int, link: str, hyphen: str, upper: bool) -> None:
    words = words_of(number, link, hyphen)
    assert value_of(words) == number
    assert re.fullmatch(PHRASE, words)
    assert re.search(HINT, words)
    found = parse(words.upper() if upper else words, kind="count")
    assert (found.value, found.rule) == (number, "single_number")
    assert parse(f"There are {words} ships.", kind="count").value == number


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("a dozen", 12),
        ("dozen", 12),
        ("three dozen", 36),
        ("half a dozen", 6),
        ("half dozen", 6),
        ("a pair of", 2),
        ("two pairs of", 4),
        ("a single", 1),
        ("a hundred", 100),
        ("a thousand", 1000),
    ],
)
def test_groups(words: str, value: int) -> None:
    assert value_of(words) == value
    assert re.search(HINT, words)
    assert parse(f"{words} ships", kind="count").value == value


@pytest.mark.parametrize(("text", "value"), [("12 thousand", 12_000), ("3 hundred ships", 300), ("2 dozen", 24)])
def test_digits_before_a_group(text: str, value: int) -> None:
    assert parse(text, kind="count").value == value


@pytest.mark.parametrize(
    "text", ["several dozen", "a couple", "a few hundred", "hundreds of ships", "3 million", "many"]
)
def test_vague_groups_are_no_number(text: str) -> None:
    assert parse(text, kind="count").outcome == "unparsable"


@pytest.mark.parametrize(
    "text", ["someone", "often", "weighty", "freight", "attention", "tonnes", "one-way", "twenty-first"]
)
def test_parts_of_words_are_no_number(text: str) -> None:
    assert not re.fullmatch(NUMBER_WORD, text)
    assert parse(text, kind="count").outcome == "unparsable"
