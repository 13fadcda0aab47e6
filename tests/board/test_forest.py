import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.forest import ForestRow, axis_ticks, forest

ODD = "<script>\"'&</script>"


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
    shapes = re.findall(r"<((?:circle|rect|polygon) class=\"point(?: hollow)?\")", text)
    assert len(set(shapes)) == len(shapes) == 5


def test_names_and_notes_are_whole_and_an_unknown_interval_is_not_drawn():
    text = forest([ForestRow("n" * 90, "blank image, run b", "blind", 1.0, None, None, "1")], label="", unit="")
    assert "n" * 90 in text
    assert "blank image, run b" in text
    assert "whisker" not in text


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0, 1e3)), min_size=1, max_size=5))
def test_every_line_lies_on_the_axis_where_its_numbers_say(made):
    rows = [ForestRow("m", "", "model", value, value - half, value + half, "") for value, half in made]
    drawn = ET.fromstring(forest(rows, label="", unit=""))
    places = [float(x.rstrip("%")) for each in drawn.iter() for x in (each.get("x"), each.get("x1")) if x]
    assert all(-0.01 <= place <= 100.01 for place in places)
    ticks = axis_ticks(*(f(v + sign * h for v, h in made for sign in (-1, 1)) for f in (min, max)))
    for line, row in zip(drawn.iterfind("div"), rows, strict=False):
        (symbol,) = line.iterfind("span/svg/svg")
        expected = (row.value - ticks[0]) / (ticks[-1] - ticks[0]) * 100
        assert float(symbol.get("x").rstrip("%")) == pytest.approx(expected, abs=0.01)
