"""The smallest difference that can be found: quantiles, its limits, and that clusters and difference agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as textbook

from sarbench import stats
from sarbench.errors import InputError


def test_many_clusters_give_the_textbook_2_8_standard_errors() -> None:
    found = stats.minimum_detectable_difference(0.01, clusters=10**6)
    assert found == pytest.approx(0.01 * (textbook.norm.ppf(0.975) + textbook.norm.ppf(0.8)), rel=1e-5)
    few = stats.minimum_detectable_difference(0.01, clusters=10, level=0.9, power=0.9)
    assert few == pytest.approx(0.01 * (textbook.t.ppf(0.95, 9) + textbook.t.ppf(0.9, 9)), rel=1e-9)


@given(st.floats(0.001, 2), st.floats(0.01, 2), st.integers(2, 10_000))
def test_required_clusters_are_the_fewest_that_find_it(difference: float, se: float, clusters: int) -> None:
    found = stats.required_clusters(difference, se=se, clusters=clusters)
    assert found is not None
    assert found >= 2

    def reach(number: int) -> float:
        value = stats.minimum_detectable_difference(se * (clusters / number) ** 0.5, clusters=number)
        assert value is not None
        return value

    assert reach(found) <= difference
    assert found == 2 or reach(found - 1) > difference


def test_what_is_undefined_is_none() -> None:
    assert stats.minimum_detectable_difference(None, clusters=9) is None
    assert stats.minimum_detectable_difference(0.1, clusters=1) is None
    assert stats.required_clusters(0.1, se=None, clusters=9) is None
    assert stats.required_clusters(0.1, se=0.2, clusters=1) is None
    assert stats.required_clusters(0.1, se=0.0, clusters=9) == 2


@pytest.mark.parametrize("power", [0.0, 1.0, 80.0])
def test_bad_powers_are_refused(power: float) -> None:
    with pytest.raises(InputError, match="no chance"):
        stats.minimum_detectable_difference(0.1, clusters=9, power=power)


def test_bad_errors_and_differences_are_refused() -> None:
    with pytest.raises(InputError, match="no standard error"):
        stats.minimum_detectable_difference(-0.1, clusters=9)
    with pytest.raises(InputError, match="not above 0"):
        stats.required_clusters(0.0, se=0.1, clusters=9)
    with pytest.raises(InputError, match=r"difference 1e-300: would take more clusters"):
        stats.required_clusters(1e-300, se=0.1, clusters=10)
