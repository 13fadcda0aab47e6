"""Descriptions."""

import pytest

from sarbench.answers import parse

SHIP_LEFT = ("ship", "middle left")
SHIP_BOTTOM = ("ship", "bottom left")


@pytest.mark.parametrize("stop", [".", "", ";", "!"])
def test_sentences_with_and_without_stops(stop: str) -> None:
    text = (
        f"A small ship is visible in the bottom left portion of the image{stop}"
        f" There is one more small ship on the left side of the image{stop} In the center lies a large harbor{stop}"
    )
    assert parse(text, kind="mentions").value == (SHIP_BOTTOM, SHIP_LEFT, ("harbor", "middle center"))
    assert parse(text.replace("There", "there"), kind="mentions").value[:2] == (SHIP_BOTTOM, SHIP_LEFT)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A ship and a car in the top left", (("ship", "top left"), ("car", "top left"))),
        ("Ships on the left and on the right", (SHIP_LEFT, ("ship", "middle right"))),
        ("Two ships are on the left", (SHIP_LEFT, SHIP_LEFT)),
        ("On the left there are 3 very small ships.", (SHIP_LEFT,) * 3),
        ("Two ships are on the left and the right", (SHIP_LEFT, ("ship", "middle right"))),
        ("A ship is on the left. A ship is on the left.", (SHIP_LEFT, SHIP_LEFT)),
        (
            "A ship and a car on the left, right and top",
            (("car", "middle left"), ("car", "middle right"), ("car", "top center")),
        ),
        ("No ships on the left. A car in the middle", (("car", "middle center"),)),
        ("We see ships. A car is in the middle", (("car", "middle center"),)),
        ("999999 ships on the left", (SHIP_LEFT,) * 100),
        ("A ship on the left {<1><2><3><4>}", (SHIP_LEFT,)),
    ],
)
def test_pairing(text: str, value: tuple[tuple[str, str], ...]) -> None:
    found = parse(text, kind="mentions")
    assert (found.value, found.outcome) == (value, "ok")


@pytest.mark.parametrize("text", ["A ship.", "On the left.", "Calm water"])
def test_no_pair_is_unparsable(text: str) -> None:
    assert parse(text, kind="mentions").outcome == "unparsable"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The top left has no ship, the bottom right has a ship.", (("ship", "bottom right"),)),
        ("Two ships on the left; there is no bridge in the center.", (SHIP_LEFT, SHIP_LEFT)),
        (
            "There is a ship but no car on the left, and a bridge in the center.",
            (SHIP_LEFT, ("bridge", "middle center")),
        ),
        ("No ships in the top left, a car in the center", (("car", "middle center"),)),
        ("Ships are absent in the top left, but a bridge is in the center", (("bridge", "middle center"),)),
        ("A ship is on the left and not in the center.", (SHIP_LEFT,)),
    ],
)
def test_a_class_that_is_denied_uses_up_its_cell(text: str, value: tuple[tuple[str, str], ...]) -> None:
    found = parse(text, kind="mentions")
    assert (found.value, found.outcome) == (value, "ok")


@pytest.mark.parametrize(
    "text",
    [
        *("0 ships in the top left", "No aircraft, cars or tanks in the center.", "There are zero ships on the left."),
        "No ships in the top left, bottom right, or center.",
    ],
)
def test_classes_that_are_denied_give_no_pair(text: str) -> None:
    assert parse(text, kind="mentions").outcome == "unparsable"


@pytest.mark.parametrize(
    "text",
    [
        "There are 0 ships in the top left and 2 in the bottom right",
        "There are no ships in the top left, but there are two in the center.",
        "No activity in the harbor in the top left.",
    ],
)
def test_descriptions_that_may_deny_are_ambiguous(text: str) -> None:
    assert parse(text, kind="mentions").rule == "unclear_negation"
