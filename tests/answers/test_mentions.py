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
