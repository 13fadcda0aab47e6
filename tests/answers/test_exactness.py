"""Ranges, bounds and estimates."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import parse
from sarbench.answers._exactness import inexact, may_be_inexact
from sarbench.answers._numbers import find_numbers

WORDS = ["two", "three", "four", "five", "twenty-one", "2", "3", "17", "1,234"]
BOUNDS = [
    "at least {}",
    "more than {}",
    "over {}",
    "up to {}",
    "fewer than {}",
    "{}+",
    "{} or more",
    "{} ships at most",
]
RANGES = ["{}-{}", "{} to {}", "{} or {}", "between {} and {}", "from {} to {}", "{} – {}", "{}~{}", "{} or maybe {}"]


@pytest.mark.parametrize("form", BOUNDS)
@pytest.mark.parametrize("frame", ["{}", "{}.", "There are {}.", "I can see {} in the image", "The answer is {}"])
@pytest.mark.parametrize("word", WORDS)
def test_a_bound_is_ambiguous(form: str, frame: str, word: str) -> None:
    found = parse(frame.format(form.format(word)), kind="count")
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "bound")
    assert found.read is not None
    assert word in found.read


@pytest.mark.parametrize("form", RANGES)
@pytest.mark.parametrize("frame", ["{}", "{} ships.", "There are {} ships", "I count {}", "The total number is {}"])
@pytest.mark.parametrize(("low", "high"), [("3", "5"), ("three", "four"), ("3", "five"), ("1,000", "2,000")])
def test_a_range_is_ambiguous(form: str, frame: str, low: str, high: str) -> None:
    found = parse(frame.format(form.format(low, high)), kind="count")
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "range")


@pytest.mark.parametrize(
    "form", ["about {}", "approximately {}", "around {}", "roughly {}", "nearly {}", "~{}", "{} or so"]
)
def test_an_estimate_is_the_number(form: str) -> None:
    assert parse(form.format(7), kind="count").value == 7
    assert parse(f"There are {form.format('seven')} ships", kind="count").value == 7


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4 or four", 4),
        ("four, i.e. 4", 4),
        ("At least 3, I would say; the answer is 5.", 5),
        ("There are 5 ships, 2 to 3 of them large", 5),
        ("There are 5 ships, at least 2 of them large", 5),
        ("4 to the left", 4),
        ("2 + 3 = 5", 5),
        ("<count>4</count>", 4),
    ],
)
def test_what_looks_like_one_and_is_none(text: str, value: int) -> None:
    assert parse(text, kind="count").value == value


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*WORDS, "to", "-", "or", "at least", "and", "between", "ships", "more", "+", "than"]),
        max_size=8,
    )
)
def test_the_hint_misses_nothing(words: list[str]) -> None:
    text = " ".join(words)
    if not may_be_inexact(text, find_numbers(text)):
        assert all(inexact(text, number) is None for number in find_numbers(text))
