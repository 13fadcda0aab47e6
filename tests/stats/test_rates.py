"""Intervals of rates against scipy's and statistics' own Wilson intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as textbook

from sarbench import stats
from sarbench.errors import InputError


@pytest.mark.parametrize("right", [1, 40, 1999])
def test_independent_items_give_the_textbook_wilson_interval(right: int) -> None:
    # r(1 − r)/se² of independent items is n − 1 and not n, and t is a little above the normal quantile.
    found = stats.rate_interval([1] * right + [0] * (2000 - right), range(2000))
    reference = textbook.binomtest(right, 2000).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high), rel=2e-3)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.3, 1.0]), st.integers(0, 4)), min_size=1, max_size=30))
def test_it_stays_inside_and_around_the_rate(sample: list[tuple[float, int]]) -> None:
    values, clusters = zip(*sample, strict=True)
    found, plain = stats.rate_interval(values, clusters), stats.clustered_interval(values, clusters)
    assert (found.mean, found.se, found.design_effect) == (plain.mean, plain.se, plain.design_effect)
    if found.clusters == 1:
        assert found.low is found.high is None
    else:
        assert found.mean is not None
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.mean + 1e-12
        assert found.mean - 1e-12 <= found.high <= 1


def test_it_mirrors_and_shows_less_the_more_the_clusters_agree() -> None:
    values, clusters = np.random.default_rng(1).integers(0, 2, 60), np.repeat(np.arange(20), 3)
    there, back = stats.rate_interval(values, clusters), stats.rate_interval(1 - values, clusters)
    assert there.high is not None
    assert there.low is not None
    assert (back.low, back.high) == pytest.approx((1 - there.high, 1 - there.low), abs=1e-12)
    alike = stats.rate_interval(np.repeat(values[::3], 3), clusters)
    assert alike.high is not None
    assert alike.low is not None
    assert alike.high - alike.low > there.high - there.low


def test_all_wrong_counts_clusters_and_not_items() -> None:
    found = stats.rate_interval([0] * 40, np.repeat(np.arange(10), 4))
    t2 = textbook.t.ppf(0.975, 9) ** 2
    assert (found.low, found.high) == pytest.approx((0, t2 / (10 + t2)), abs=1e-12)


def test_unequal_clusters_get_the_wilson_interval_of_bell_and_mccaffrey() -> None:
    generator = np.random.default_rng(3)
    clusters = np.repeat(np.arange(7), [1, 2, 2, 3, 5, 9, 40])
    values = (generator.random(len(clusters)) < 0.3).astype(float)
    n, rate = len(values), values.mean()
    # CR2 of a regression on a constant, with whole matrices: residual maker, adjustments, quadratic form.
    maker = np.eye(n) - 1 / n
    variance, columns = 0.0, []
    for cluster in range(7):
        inside = clusters == cluster
        spread, axes = np.linalg.eigh(maker[np.ix_(inside, inside)])
        weights = axes @ np.diag(spread**-0.5) @ axes.T @ np.ones(inside.sum()) / n
        variance += (weights @ (values - rate)[inside]) ** 2
        columns.append(maker[:, inside] @ weights)
    eigenvalues = np.linalg.eigvalsh(np.stack(columns) @ np.stack(columns, axis=1))
    freedom = eigenvalues.sum() ** 2 / np.square(eigenvalues).sum()
    trials, z = rate * (1 - rate) / variance, textbook.t.ppf(0.975, freedom)
    centre = (rate + z**2 / (2 * trials)) / (1 + z**2 / trials)
    reach = z * np.sqrt(rate * (1 - rate) / trials + z**2 / (4 * trials**2)) / (1 + z**2 / trials)
    found = stats.rate_interval(values, clusters)
    assert (found.low, found.high) == pytest.approx((centre - reach, centre + reach), rel=1e-9)


def test_equal_clusters_keep_their_degrees_of_freedom() -> None:
    values, clusters = np.random.default_rng(4).integers(0, 2, 60), np.repeat(np.arange(12), 5)
    plain, found = stats.clustered_interval(values, clusters), stats.rate_interval(values, clusters)
    trials, z = plain.mean * (1 - plain.mean) / plain.se**2, textbook.t.ppf(0.975, 11)
    middle = (plain.mean + z**2 / (2 * trials)) / (1 + z**2 / trials)
    assert (found.low + found.high) / 2 == pytest.approx(middle, rel=1e-12)


def test_nothing_has_no_rate_and_what_is_no_rate_is_refused() -> None:
    assert stats.rate_interval([], []).mean is None
    with pytest.raises(InputError, match=r"value 1: is 1\.5"):
        stats.rate_interval([1, 1.5], "ab")


def test_edge_interval_is_wilson_and_mirrors() -> None:
    # Wilson's interval of 0 at level 1 − 2·P(T > t) has the normal quantile that t is for Student's.
    quantile = textbook.t.ppf(0.975, 29)
    level = 2 * textbook.norm.cdf(quantile) - 1
    reference = textbook.binomtest(0, 30).proportion_ci(level, method="wilson")
    low, high = stats.edge_interval(0.0, 30)
    assert (low, high) == pytest.approx((reference.low, reference.high), abs=1e-12)
    assert stats.rate_interval([0.0] * 30, range(30)).high == pytest.approx(high, abs=1e-12)
    assert stats.edge_interval(1.0, 30) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize(("value", "clusters"), [(0.5, 3), (0.0, 0)])
def test_edge_interval_refuses_what_it_is_not_for(value: float, clusters: int) -> None:
    with pytest.raises(InputError):
        stats.edge_interval(value, clusters)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_where_nothing_varies_it_is_the_interval_of_the_edge(value: float) -> None:
    clusters = [0] * 91 + list(range(1, 10))
    found = stats.rate_interval([value] * 100, clusters)
    assert (found.low, found.high) == pytest.approx(stats.edge_interval(value, 10), abs=1e-12)
