"""The clustered interval against formulas written as loops and textbook results."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as textbook

from sarbench import stats
from sarbench.errors import InputError

samples = st.lists(st.tuples(st.floats(-10, 10), st.integers(0, 5)), min_size=1, max_size=40)


def _loop_standard_error(values: list[float], clusters: list[int]) -> float:
    """The clustered standard error as a double sum over pairs of the same cluster."""
    n, groups = len(values), len(set(clusters))
    mean = sum(values) / n
    total = 0.0
    for (x, g), (y, h) in itertools.product(zip(values, clusters, strict=True), repeat=2):
        if g == h:
            total += (x - mean) * (y - mean)
    return math.sqrt(max(total, 0.0) * groups / (groups - 1)) / n


@settings(max_examples=60, deadline=None)
@given(samples)
def test_clustered_error_is_the_double_sum(sample: list[tuple[float, int]]) -> None:
    values, clusters = [v for v, _ in sample], [c for _, c in sample]
    found = stats.clustered_interval(values, clusters)
    assert found.mean == pytest.approx(np.mean(values))
    assert (found.n, found.clusters) == (len(values), len(set(clusters)))
    if found.clusters == 1:
        assert found.se is found.low is found.high is found.design_effect is None
    else:
        assert found.se == pytest.approx(_loop_standard_error(values, clusters), abs=1e-7)


def test_clusters_of_one_give_the_textbook_interval() -> None:
    values = np.random.default_rng(1).normal(size=50)
    found = stats.clustered_interval(values, range(50), level=0.9)
    low, high = textbook.t.interval(0.9, 49, loc=values.mean(), scale=textbook.sem(values))
    assert found.se == pytest.approx(textbook.sem(values), rel=1e-12)
    assert (found.low, found.high) == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))
    assert found.design_effect == pytest.approx(1.0, rel=1e-12)


def test_repeating_every_value_changes_nothing_but_the_design_effect() -> None:
    values = np.random.default_rng(2).normal(size=30)
    once = stats.clustered_interval(values, range(30))
    fourfold = stats.clustered_interval(np.repeat(values, 4), np.repeat(np.arange(30), 4))
    assert fourfold.se == pytest.approx(once.se, rel=1e-12)
    assert (fourfold.low, fourfold.high) == (pytest.approx(once.low), pytest.approx(once.high))
    assert fourfold.design_effect == pytest.approx(4.0, rel=0.05)


def test_the_interval_is_not_clipped() -> None:
    found = stats.clustered_interval([1, 1, 0], ["a", "b", "c"])
    assert found.high is not None
    assert found.high > 1


def test_constant_values_have_no_design_effect() -> None:
    for value in (1, 0.1):  # seven times 0.1 over seven is less than 0.1
        found = stats.clustered_interval([value] * 7, "aabcdef")
        assert (found.low, found.high, found.se, found.design_effect) == (value, value, 0, None)


def test_nothing_has_no_mean() -> None:
    assert stats.clustered_interval([], []) == stats.Interval(None, None, None, None, 0, 0, None)


@pytest.mark.parametrize(
    ("values", "clusters", "message"),
    [
        ([1.0], ["a", "b"], "name 2 values"),
        ([1.0, float("nan")], ["a", "b"], "the one at 1 is nan"),
        ([1.0, None], ["a", "b"], "the one at 1 is nan"),
        (["right"], ["a"], "no flat list of finite numbers"),
        ([[1.0]], ["a"], "the shape"),
        ([1.0, 2.0], ["a", None], "value 1: has no cluster"),
        ([1.0, 2.0], [["a"], ["b"]], "clusters: are no list of names"),
        ([1.0, 2.0], np.zeros((2, 2)), "clusters: are no list of names"),
        ([1.0, 2.0], None, "clusters: are no list of names"),
    ],
)
def test_bad_samples_are_refused(values: list[float], clusters: list[str | None], message: str) -> None:
    with pytest.raises(InputError, match=message):
        stats.clustered_interval(values, clusters)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, float("nan")])
def test_bad_levels_are_refused(level: float) -> None:
    with pytest.raises(InputError, match="no coverage"):
        stats.clustered_interval([1.0, 2.0], ["a", "b"], level=level)
