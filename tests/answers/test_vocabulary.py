"""Phrases found in a text."""

import pytest

from sarbench.answers.vocabulary import Mention, of_choices, vocabulary


def test_the_longest_phrase_at_a_place_wins() -> None:
    words = vocabulary({"tank": ["tank"], "oil tank": ["oil tank"]})
    assert words.find("Oil Tank, tank") == [Mention("oil tank", 0, 8), Mention("tank", 10, 14)]


def test_choices_that_share_a_class_are_matched_as_they_are_spelled() -> None:
    assert {mention.name for mention in of_choices(("ship", "boat")).find("ship boat vessel")} == {"ship", "boat"}


def test_an_empty_vocabulary_finds_nothing() -> None:
    assert vocabulary({}).find("ship") == []


@pytest.mark.parametrize(
    "text",
    ["no ship", "no visible ship", "not a ship", "cannot see any ship", "isn't a ship", "without ship", "neither ship"],
)
def test_negated_mentions(text: str) -> None:
    words = of_choices(())
    assert words.affirmed(text) == []
    assert [mention.name for mention in words.find(text)] == ["ship"]


@pytest.mark.parametrize(
    "text",
    [
        "No, ship",
        "not only a ship",
        "no doubt a ship",
        "not clear but ship",
        "no car at the place of the ship",
        "note ship",
    ],
)
def test_affirmed_mentions(text: str) -> None:
    assert [mention.name for mention in of_choices(()).affirmed(text)][-1:] == ["ship"]
