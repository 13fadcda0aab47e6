import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.overlay import MOST_DRAWN, DrawnBox, overlay

edges = st.tuples(*[st.floats(allow_nan=True, allow_infinity=True, width=32)] * 4)


@given(st.lists(edges, max_size=5))
def test_any_box_gives_valid_markup_with_finite_sizes(boxes):
    drawn_boxes = [DrawnBox(box) for box in boxes]
    drawn = ET.fromstring(overlay(100, 50, truth=drawn_boxes, predicted=drawn_boxes))
    for rect in drawn.iter("rect"):
        assert float(rect.get("width")) >= 0
        assert float(rect.get("height")) >= 0
        assert abs(float(rect.get("x"))) <= 500


def test_truth_prediction_and_region_differ_by_class_and_are_described():
    box = DrawnBox((10, 20, 30, 40), "<ship>")
    text = overlay(100, 50, truth=[box], predicted=[box, box], region=box)
    drawn = ET.fromstring(text)
    assert drawn.get("viewBox") == "0 0 100 50"
    assert drawn.get("aria-label") == (
        "100 × 50 pixels: 1 true box (solid), 2 predicted boxes (dashed), the region asked about (dotted)"
    )
    kinds = [rect.get("class") for rect in drawn.iter("rect")]
    assert [kinds.count(kind) for kind in ("halo", "truth", "predicted", "region")] == [4, 1, 2, 1]
    assert "&lt;ship&gt;" in text
    (truth,) = (rect for rect in drawn.iter("rect") if rect.get("class") == "truth")
    assert [truth.get(name) for name in ("x", "y", "width", "height")] == ["10", "20", "20", "20"]


def test_a_model_stuck_in_a_loop_cannot_swell_the_page():
    boxes = [DrawnBox((0, 0, 9, 9), "ship")] * 5000
    text = overlay(100, 100, predicted=boxes)
    assert text.count('class="predicted"') == MOST_DRAWN
    assert "<text" not in text
    assert "5000 predicted boxes" in text
