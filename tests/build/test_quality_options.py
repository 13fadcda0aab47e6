import random

import pytest

from sarbench.schema import Row
from tests.build.quality_case import findings, row

CLASSES = ("aircraft", "bridge", "car", "harbor", "ship", "tank")


def choosing(answer: str, *choices: str, number: int = 0) -> Row:
    return row(number, image=f"{number:07d}", task="classification", answers=answer, choices=choices)


@pytest.mark.parametrize("answer", ["ship", "Ship.", "It is ship.", "E", "It is car, ship"])
def test_a_truth_among_the_choices(answer: str) -> None:
    assert "truth-not-among-choices" not in findings([choosing(answer, *CLASSES)])


@pytest.mark.parametrize("answer", ["submarine", "shipping", "Z", ""])
def test_a_truth_that_is_not_offered(answer: str) -> None:
    found = findings([choosing(answer, *CLASSES), choosing("car", *CLASSES, number=1)])["truth-not-among-choices"]
    assert (found.severity, found.count, found.of) == ("error", 1, 2)


def test_the_same_choice_twice() -> None:
    assert findings([choosing("a", "HH", "VV", "hh.")])["choices-repeated"].count == 1
    assert "choices-repeated" not in findings([choosing("HH", "HH", "VV")])


def test_one_choice_alone() -> None:
    assert findings([choosing("ship", "ship")])["choice-single"].count == 1
    assert "choice-single" not in findings([choosing("ship", *CLASSES), row(1)])


def shuffled(rows: int, *, favoured: float) -> list[Row]:
    """Questions with four options in random order; the right one stands first more often than chance."""
    rng = random.Random(0)
    made = []
    for number in range(rows):
        options = rng.sample(CLASSES, 4)
        right = options[0] if rng.random() < favoured else rng.choice(options)
        made.append(choosing(right, *options, number=number))
    return made


def test_a_favoured_place() -> None:
    detail = findings(shuffled(300, favoured=0.3), step=41)["option-position"].detail
    assert detail.startswith("4 options: the right one is number 1 in ")
    assert ", p = " in detail


def test_chance_is_not_reported() -> None:
    assert "option-position" not in findings(shuffled(300, favoured=0.0))


def test_a_few_rows_tell_nothing() -> None:
    assert "option-position" not in findings(shuffled(19, favoured=1.0))


def test_a_fixed_list_shows_classes_not_places() -> None:
    rows = [choosing("ship", *CLASSES, number=number) for number in range(200)]
    assert "option-position" not in findings(rows)
