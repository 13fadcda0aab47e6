import re

import pytest

from sarbench.board.severity_line import severity_line


def points(markup):
    return [(float(x), float(y)) for x, y in re.findall(r'cx="([^"]+)" cy="([^"]+)"', markup)]


def test_scores_fall_to_the_right_on_a_scale_from_zero():
    made = severity_line([80.0, 40.0, 0.0], floor=None)
    assert points(made) == [(4, 4), (60, 18), (116, 32)]
    assert made.count('class="fall"') == 2
    assert 'class="floor"' not in made


def test_a_missing_score_interrupts_the_line():
    made = severity_line([80.0, None, 40.0, 20.0], floor=10.0)
    assert len(points(made)) == 3
    assert made.count('class="fall"') == 1
    assert made.count('class="floor"') == 1


@pytest.mark.parametrize("values", [[], [None], [0.0], [0.0, 0.0], [-3.0, 5.0], [1e9, 1e-9]])
def test_nothing_leaves_the_frame(values):
    for x, y in points(severity_line(values, floor=None)):
        assert 0 <= x <= 120
        assert 0 <= y <= 36
