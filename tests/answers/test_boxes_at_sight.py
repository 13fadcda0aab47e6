"""Boxes that a person reads at once: named corners, lines of numbers, scores, units, tags."""

import pytest

from sarbench.answers import parse


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Top-left corner: (1, 2)\nBottom-right corner: (30, 40)", "named_corners"),
        ("- **Top left:** 1, 2\n- **Bottom right:** 30, 40", "named_corners"),
        ("The upper left corner is at (x=1, y=2) and the lower right is at (x=30, y=40).", "named_corners"),
        ("[1, 2, 30, 40, 0.95]", "list"),
        ("[1px, 2px, 30px, 40px]", "list"),
        ("<x1>1</x1><y1>2</y1><x2>30</x2><y2>40</y2>", "keyed"),
        ("<xmin>1</xmin>\n<ymin>2</ymin>\n<xmax>30</xmax>\n<ymax>40</ymax>", "keyed"),
    ],
)
def test_boxes_that_a_person_reads_at_once(text: str, rule: str) -> None:
    found = parse(text, kind="boxes")
    assert found.value is not None, found
    assert (found.value.tolist(), found.outcome, found.rule) == ([[1, 2, 30, 40]], "ok", rule)


def test_named_corners_are_corners_in_every_convention() -> None:
    text = "Top-left corner: (1, 2), bottom-right corner: (30, 40)"
    assert parse(text, kind="boxes", coords="pixel_xywh").value.tolist() == [[1, 2, 30, 40]]


@pytest.mark.parametrize(
    "text", ["1, 2, 30, 40\n5, 6, 70, 80", "Boxes:\n- 1, 2, 30, 40\n- 5, 6, 70, 80", "1,2,30,40;5,6,70,80"]
)
def test_lines_of_four_numbers(text: str) -> None:
    assert parse(text, kind="boxes").value.tolist() == [[1, 2, 30, 40], [5, 6, 70, 80]]


@pytest.mark.parametrize(
    "text", ["1, 2, 30, 40, 5, 6, 70, 80", "1 2 30 40\n5 6 70 80", "[1, 2, 30, 40, 90]", "1, 2, 30\n4, 5, 6, 7, 8"]
)
def test_numbers_that_make_no_lines_of_four(text: str) -> None:
    assert parse(text, kind="boxes").outcome == "unparsable"
