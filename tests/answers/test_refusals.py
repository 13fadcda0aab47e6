"""Refusals are told from answers that hold a "cannot"."""

import pytest

from sarbench.answers import parse
from sarbench.answers._refusals import is_only_refusal, refusal, without_refusals


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("label", "I'm sorry for the confusion. The object is a ship.", "ship"),
        ("label", "I cannot be certain, but it looks like a ship.", "ship"),
        ("count", "I can't count them exactly, but there are about 12.", 12),
        ("count", "I cannot see any ships.", 0),
        ("yes_no", "I cannot see any ships.", "no"),
        ("yes_no", "I'm unable to say for sure. Yes.", "yes"),
    ],
)
def test_an_answer_beside_a_refusal_counts(kind: str, text: str, value: object) -> None:
    found = parse(text, kind=kind)
    assert (found.value, found.outcome) == (value, "ok")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("label", "I cannot tell whether it is a ship."),
        ("count", "I'm unable to count the 3 objects you mention"),
        ("position", "Sorry, I can't say whether it is left"),
        ("fields", "It is not possible to identify the small ship at the top left."),
    ],
)
def test_a_word_inside_a_refusal_is_no_answer(kind: str, text: str) -> None:
    assert parse(text, kind=kind).outcome == "refused"


def test_parts() -> None:
    assert without_refusals("A ship. I cannot say more.") == "A ship."
    assert refusal("Unable to comply") == "Unable to"
    assert refusal("A ship") is None
    assert is_only_refusal("I cannot. Try again.")
    assert not is_only_refusal("I cannot be sure. There is a harbor. It holds ships.")


def test_a_doubt_beside_an_answer_takes_nothing_back() -> None:
    text = "The ship lies in the top left and it is unclear whether it moves."
    assert parse(text, kind="position").value == "top left"
    assert parse(text, kind="label").value == "ship"
    assert parse(text, kind="text").outcome == "ok"
    assert parse("It is hard to say, maybe 3", kind="count").value == 3
    assert parse("It is unclear whether ships are visible.", kind="yes_no").outcome == "refused"
