"""Areas under severity curves, held against scipy's trapezoid rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import trapezoid

from sarbench.errors import InputError
from sarbench.metrics.robustness import severity_curve

SHARES = st.floats(0, 1)


@given(st.floats(0.01, 1), st.lists(SHARES, min_size=1, max_size=6))
def test_area_is_the_integral_over_unit_severity(clean: float, scores: list[float]) -> None:
    found = severity_curve(clean, scores)
    assert found is not None
    assert found.area == pytest.approx(trapezoid([clean, *scores], np.linspace(0, 1, len(scores) + 1)))
    assert found.retained == pytest.approx(found.area / clean)
    assert found.worst == pytest.approx(scores[-1] / clean)


def test_what_does_not_mind_keeps_everything() -> None:
    found = severity_curve(0.7, [0.7, 0.7])
    assert found is not None
    assert (found.area, found.retained, found.worst) == pytest.approx((0.7, 1.0, 1.0))


def test_what_is_lost_at_once_keeps_half_of_the_first_step() -> None:
    found = severity_curve(1.0, [0.0, 0.0, 0.0, 0.0])
    assert found is not None
    assert (found.area, found.worst) == (0.125, 0.0)


def test_the_floor_is_no_achievement() -> None:
    found = severity_curve(0.75, [0.5, 0.5], floor=0.5)
    assert found is not None
    assert found.retained == pytest.approx(0.25)
    assert found.worst == 0.0


@pytest.mark.parametrize(("clean", "floor"), [(0.0, 0.0), (0.4, 0.5), (0.5, 0.5)])
def test_nothing_above_the_floor_has_no_share(clean: float, floor: float) -> None:
    found = severity_curve(clean, [0.25], floor=floor)
    assert found is not None
    assert (found.retained, found.worst) == (None, None)


@pytest.mark.parametrize(("clean", "scores"), [(None, [0.5]), (0.5, [0.5, None])])
def test_part_of_a_curve_is_no_curve(clean: float | None, scores: list[float | None]) -> None:
    assert severity_curve(clean, scores) is None


@pytest.mark.parametrize("scores", [[], [float("nan")], [0.5, float("inf")]])
def test_wrong_scores_are_refused(scores: list[float]) -> None:
    with pytest.raises(InputError, match="severity curve"):
        severity_curve(0.5, scores)
