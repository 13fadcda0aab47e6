import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.sources.sarchat.boxtext import begun, find_boxes, write_box

EDGES = st.tuples(*[st.integers(0, 5000)] * 4).filter(lambda box: box[0] < box[2] and box[1] < box[3])
BETWEEN = st.text(alphabet="abc .,()\n-<>0123456789", max_size=12)


def test_literal_answer_of_the_authors() -> None:
    text = "{<251><265><323><342>} (middle center){<185><276><256><355>} (middle center)"
    assert [box.xyxy for box in find_boxes(text)] == [
        (251, 265, 323, 342),
        (185, 276, 256, 355),
    ]


@given(st.lists(st.tuples(BETWEEN, EDGES), max_size=5), BETWEEN)
def test_boxes_are_found_in_order_whatever_stands_between(parts: list, tail: str) -> None:
    text = "".join(f"{before}{write_box(box, (5001, 5001))}" for before, box in parts) + tail
    found = find_boxes(text)
    assert [box.xyxy for box in found] == [box for _, box in parts]
    assert all(text[box.start] == "{" and text[box.end - 1] == "}" for box in found)
    assert begun(text) == len(found)


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert all(box.xyxy is None or len(box.xyxy) == 4 for box in find_boxes(text))
    assert begun(text) >= len(find_boxes(text))


@given(st.text(alphabet="{<>}0123456789 ,.-", max_size=60))
def test_nothing_like_a_box_raises(text: str) -> None:
    for box in find_boxes(text):
        assert box.xyxy is None or (box.xyxy[0] < box.xyxy[2] and box.xyxy[1] < box.xyxy[3])


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("{ <1> <2>\n<3> <4> }", (1, 2, 3, 4)),
        ("{<1>, <2>, <3>, <4>}", (1, 2, 3, 4)),
        ("{<1.5><2><3><4>}", (1.5, 2, 3, 4)),
        ("{<-1><2><3><4>}", (-1, 2, 3, 4)),
        ("{<3><2><3><4>}", None),
        ("{<1><4><3><2>}", None),
    ],
)
def test_tolerated_spellings_and_boxes_without_area(text: str, edges: tuple[float, ...] | None) -> None:
    assert [box.xyxy for box in find_boxes(text)] == [edges]


@pytest.mark.parametrize(
    "text", ["{<1><2><3>}", "{<1><2><3><4>", "{<1><2><3><4><5>}", "{<a><2><3><4>}", "{<12345678><2><3><4>}"]
)
def test_what_is_no_box_is_counted(text: str) -> None:
    assert find_boxes(text) == ()
    assert begun(text) == 1


@given(st.tuples(*[st.floats(-50, 700)] * 4).filter(lambda box: box[0] < box[2] and box[1] < box[3]))
def test_written_boxes_lie_in_the_image_and_have_an_area(box: tuple[float, float, float, float]) -> None:
    (left, top, right, bottom) = find_boxes(write_box(box, (600, 400)))[0].xyxy or (0, 0, 0, 0)
    assert 0 <= left < right <= 600
    assert 0 <= top < bottom <= 400
