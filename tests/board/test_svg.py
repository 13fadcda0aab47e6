import re
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.svg import ForestRow, axis_ticks, forest, interval_bar, stacked_bar

ODD = "<script>\"'&</script>"


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


@given(st.floats(-1e4, 1e4), st.floats(0, 1e4))
def test_ticks_enclose_the_data_and_are_few(low, width):
    ticks = axis_ticks(low, low + width)
    assert ticks[0] <= low + 1e-6
    assert ticks[-1] >= low + width - 1e-6
    assert 2 <= len(ticks) <= 9


def test_a_forest_plot_is_well_formed_escaped_and_tells_kinds_apart_by_shape():
    rows = [
        ForestRow(ODD * 4, "", kind, 50.0, 40.0, 60.0, "50 (40–60)")
        for kind in ("model", "other_prompt", "blind", "floor", "perturbed")
    ]
    text = forest(rows, label=f"Forest of {ODD}", unit="%")
    drawn = ET.fromstring(text)
    assert "<script" not in text
    assert drawn.get("aria-label") == f"Forest of {ODD}"
    shapes = [re.search(r"<(circle|rect|polygon) class=\"point( hollow)?", part) for part in text.split("<g ")[1:]]
    assert len({shape[0] for shape in shapes}) == 5


def test_a_note_behind_a_name_is_never_cut():
    text = forest([ForestRow("n" * 90, "blank image", "blind", 1.0, None, None, "1")], label="", unit="")
    assert "… (blank image)" in text
    assert "whisker" not in text
