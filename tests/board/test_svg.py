import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.svg import interval_bar, stacked_bar


@given(st.floats(-10, 200), st.floats(0, 50), st.one_of(st.none(), st.floats(-5, 150)))
def test_nothing_of_an_interval_bar_leaves_its_frame(value, half, floor):
    drawn = ET.fromstring(interval_bar(value, value - half, value + half, top=100.0, floor=floor))
    for rect in drawn:
        x, width = float(rect.get("x")), float(rect.get("width"))
        assert x >= -0.51
        assert x + width <= 100.51


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8).filter(lambda parts: sum(parts) > 0))
def test_a_stacked_bar_is_as_wide_as_its_shares(parts):
    shares = [(f"n{index}", part / sum(parts)) for index, part in enumerate(parts)]
    drawn = list(ET.fromstring(stacked_bar(shares)))
    assert len(drawn) == sum(part > 0 for _, part in shares)
    assert float(drawn[-1].get("x")) + float(drawn[-1].get("width")) <= 100.3


def test_a_stacked_bar_says_its_outcomes_in_words():
    assert ET.fromstring(stacked_bar([("out_of_range", 1.0)])).get("aria-label") == "out of range 100 %"
