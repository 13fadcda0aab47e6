"""Cells of the 3 × 3 grid."""

import pytest

from sarbench.answers import parse
from sarbench.answers._grid import find_cells

CELLS = [f"{row} {column}" for row in ("top", "middle", "bottom") for column in ("left", "center", "right")]


@pytest.mark.parametrize("cell", CELLS)
def test_the_nine_cells_in_every_spelling(cell: str) -> None:
    row, column = cell.split()
    for separator in (" ", "-", "_", "/", ""):
        assert parse(f"The {row}{separator}{column} portion.", kind="position").value == cell
        assert parse(f"{column}{separator}{row}".upper(), kind="position").value == cell
    other = {"top": "upper", "bottom": "lower"}.get(row, "centre"), column.replace("center", "centre")
    assert parse(" ".join(other), kind="position").value == cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("on the left side", "middle left"),
        ("left", "middle left"),
        ("right-hand side", "middle right"),
        ("the upper part", "top center"),
        ("bottom.", "bottom center"),
        ("in the middle", "middle center"),
        ("central", "middle center"),
        ("the center of the image", "middle center"),
        ("bottom left corner (bottom left)", "bottom left"),
        ("In the lower left.", "bottom left"),
        ("upper left-hand corner", "top left"),
        ("left-hand top", "top left"),
        ("mid-right", "middle right"),
        ("the middle of the left side", "middle left"),
        ("the upper part of the right side", "top right"),
        ("left of the center", "middle left"),
        ("top–left", "top left"),
        ("The ship is right in the centre.", "middle center"),
        ("right at the bottom", "bottom center"),
        ("top right in the image", "top right"),
        ("to the right in the image", "middle right"),
    ],
)
def test_shorter_words(text: str, cell: str) -> None:
    assert parse(text, kind="position").value == cell


def test_several_cells_are_ambiguous_and_none_is_unparsable() -> None:
    assert parse("top left or bottom right", kind="position").outcome == "ambiguous"
    assert parse("top, center, bottom, left, right", kind="position").outcome == "ambiguous"
    assert parse("on the right in the center", kind="position").outcome == "ambiguous"
    for text in ("bright", "stop", "leftover", "north", "uppermost"):
        assert parse(text, kind="position").outcome == "unparsable"


def test_positions_are_spelled_like_the_choices() -> None:
    five = ("top", "center", "bottom", "left", "right")
    for choice in five:
        assert parse(f"It is in the {choice}.", kind="position", choices=five).value == choice
    assert parse("the upper part", kind="position", choices=five).value == "top"
    assert parse("top left", kind="position", choices=five).outcome == "unparsable"


def test_places_in_the_text() -> None:
    text = "top-left, then right"
    assert [text[cell.start : cell.end] for cell in find_cells(text)] == ["top-left", "right"]


@pytest.mark.parametrize("text", ["north-west", "In the southeastern part", "North"])
def test_compass_words_are_no_cells(text: str) -> None:
    found = parse(text, kind="position")
    assert (found.value, found.outcome, found.rule) == (None, "unparsable", "compass")


def test_what_no_choice_names() -> None:
    five = ("top", "center", "bottom", "left", "right")
    assert parse("In the lower left.", kind="position", choices=five).rule == "not_a_choice"
    assert parse("left, that is the top left", kind="position", choices=five).rule == "several_positions"


def test_a_cell_that_is_taken_back_does_not_count() -> None:
    assert parse("It is not in the top left.", kind="position").value is None
    assert parse("Not the top left, the bottom right.", kind="position").value == "bottom right"
