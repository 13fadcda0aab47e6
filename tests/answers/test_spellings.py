"""Finding boxes: places, limits, and texts that would take long if time were not linear."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers._spellings import MAX_BOXES, find_boxes, without_boxes

pieces = st.sampled_from(
    [
        *"[](){}<>,.;:|-+eE \"'/_xywh",
        *("12", "3", "0.5", "1e9", "x1", "y2", "xmin", "to", "and", "<loc0012>", "</box>"),
        *("<patch_index_0044>", "<box>", "[1, 2, 30, 40]", "٣", "width"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(pieces, max_size=60).map("".join), st.text(max_size=60)))
def test_any_text_is_read_and_boxes_stand_where_they_say(text: str) -> None:
    boxes, total = find_boxes(text)
    assert total == len(boxes) <= MAX_BOXES
    ends = [0]
    for box in boxes:
        assert ends[-1] <= box.start < box.end <= len(text)
        ends.append(box.end)
    without_boxes(text)


def test_numbers_and_places() -> None:
    text = "a {<1><2><30><40>|<90>} b (1, 2) to (3, 4)"
    (first, second), total = find_boxes(text)
    assert (first.numbers, first.angle, text[first.start : first.end]) == ((1, 2, 30, 40), 90, "<1><2><30><40>|<90>")
    assert (second.numbers, second.spelling, text[second.start : second.end]) == (
        (1, 2, 3, 4),
        "corners",
        "(1, 2) to (3, 4)",
    )
    assert total == 2
    assert without_boxes(text) == "a { ; } b  ; "


def test_boxes_beyond_the_limit_are_counted() -> None:
    boxes, total = find_boxes("[1,2,3,4]" * (MAX_BOXES + 3))
    assert (len(boxes), total) == (MAX_BOXES, MAX_BOXES + 3)


@pytest.mark.parametrize(
    "piece",
    [
        *("[1,2,3", "<1>", "(1,2)", "1 ", "x1: 1, ", "x: 1 y: 2 ", "<loc0001>", "<box>1 2 3 ", "9", "[ "),
        *("<patch_index_0001", "1.1.1e", "(1,2) to ", "'x1", "<1><2><3><4>|"),
    ],
)
def test_pieces_without_end_are_done_with(piece: str) -> None:
    # In quadratic time this would take minutes.
    find_boxes(piece * (400_000 // len(piece)))
