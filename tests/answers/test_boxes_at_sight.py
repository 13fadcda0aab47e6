"""Boxes that a person reads at once: named corners, lines of numbers, scores, units, tags."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    "text",
    [
        "[(1,2),(30,40),(5,6),(70,80)]",
        "[[1, 2], [30, 40], [5, 6], [70, 80]]",
        "ships: ( (1, 2), (30, 40), (5, 6), (70, 80) )",
    ],
)
def test_a_list_of_corner_pairs_is_no_polygon(text: str) -> None:
    found = parse(text, kind="boxes")
    assert (found.value.tolist(), found.rule) == ([[1, 2, 30, 40], [5, 6, 70, 80]], "corners")


def test_three_pairs_of_corners_are_three_boxes() -> None:
    found = parse("[(10,20),(30,40),(50,60),(70,80),(90,92),(94,96)] and [1, 2, 3, 4]", kind="boxes")
    assert found.value.tolist() == [[10, 20, 30, 40], [50, 60, 70, 80], [90, 92, 94, 96], [1, 2, 3, 4]]


@pytest.mark.parametrize("text", ["[(1,2),(30,2),(30,40),(1,40)]", "[(1,20),(15,2),(30,20),(15,40)]"])
def test_corners_of_one_box_are_its_hull(text: str) -> None:
    found = parse(text, kind="boxes")
    assert (found.value.tolist(), found.rule) == ([[1, 2, 30, 40]], "polygon")


@settings(deadline=None)
@given(st.lists(st.floats(0, 360), min_size=4, max_size=12, unique=True), st.floats(20, 100), st.floats(20, 100))
def test_no_convex_polygon_is_taken_for_boxes(angles: list[float], width: float, height: float) -> None:
    turns = [math.radians(angle) for angle in sorted(angles)]
    points = [(200 + width * math.cos(turn), 200 + height * math.sin(turn)) for turn in turns]
    for ring in (points, points[::-1]):
        text = "[" + ",".join(f"({x:.6f},{y:.6f})" for x, y in ring) + "]"
        assert parse(text, kind="boxes").rule in ("polygon", "nothing_found")


@pytest.mark.parametrize(
    "text", ["[(1,2),(3,4),(5,6)]", "[(70,80),(30,40),(50,60)]", "[(0.1,0.1),(0.2,0.2),(0.3,0.3)]"]
)
def test_points_of_one_line_are_no_polygon(text: str) -> None:
    assert parse(text, kind="boxes").outcome == "unparsable"
