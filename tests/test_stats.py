"""Intervals and tests against formulas written as loops, textbook results, scipy, and simulated coverage."""

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
    fourfold = stats.clustered_interval(np.repeat(values, 4), np.repeat(np.arange(30), 4).tolist())
    assert fourfold.se == pytest.approx(once.se, rel=1e-12)
    assert (fourfold.low, fourfold.high) == (pytest.approx(once.low), pytest.approx(once.high))
    assert fourfold.design_effect == pytest.approx(4.0, rel=0.05)


def test_the_interval_is_not_clipped() -> None:
    found = stats.clustered_interval([1, 1, 0], ["a", "b", "c"])
    assert found.high is not None
    assert found.high > 1


def test_constant_values_have_no_design_effect() -> None:
    found = stats.clustered_interval([1, 1, 1], ["a", "a", "b"])
    assert (found.low, found.high, found.se, found.design_effect) == (1, 1, 0, None)


def test_nothing_has_no_mean() -> None:
    assert stats.clustered_interval([], []).mean is None
    assert stats.paired_test([], [], []).p is None
    assert stats.cluster_bootstrap(lambda s: s[..., 0], np.zeros((0, 1))).value is None


def _clustered_sample(generator: np.random.Generator, effect: float) -> tuple[np.ndarray, np.ndarray]:
    clusters = np.repeat(np.arange(40), generator.integers(1, 12, size=40))
    return effect + generator.normal(size=40)[clusters] + generator.normal(size=len(clusters)), clusters


def test_coverage_under_correlation() -> None:
    generator = np.random.default_rng(3)
    covered = independent = 0
    for _ in range(400):
        values, clusters = _clustered_sample(generator, 0.0)
        found = stats.clustered_interval(values, clusters.tolist())
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0 <= found.high
        independent += abs(values.mean()) <= 1.96 * textbook.sem(values)
    assert 0.91 <= covered / 400 <= 0.98
    assert independent / 400 < 0.8


def test_bootstrap_of_a_mean_agrees_with_the_clustered_error() -> None:
    values, clusters = _clustered_sample(np.random.default_rng(4), 1.0)
    sums = np.stack([np.bincount(clusters, weights=values), np.bincount(clusters)], axis=1)
    found = stats.cluster_bootstrap(lambda s: s[..., 0] / s[..., 1], sums, resamples=4000)
    formula = stats.clustered_interval(values, clusters.tolist())
    assert found.value == pytest.approx(formula.mean, rel=1e-12)
    assert found.se == pytest.approx(formula.se, rel=0.1)
    assert found.low == pytest.approx(formula.low, abs=0.1)
    assert found.high == pytest.approx(formula.high, abs=0.1)


def test_bootstrap_agrees_with_scipy_for_a_ratio() -> None:
    generator = np.random.default_rng(5)
    counts = generator.integers(0, 10, size=(60, 3)) + 1

    def f1(tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, axis: int = -1) -> np.ndarray:
        return 2 * tp.sum(axis) / (2 * tp.sum(axis) + fp.sum(axis) + fn.sum(axis))

    reference = textbook.bootstrap(
        tuple(counts.T), f1, paired=True, method="percentile", n_resamples=4000, rng=generator
    ).confidence_interval
    found = stats.cluster_bootstrap(
        lambda s: 2 * s[..., 0] / (2 * s[..., 0] + s[..., 1] + s[..., 2]), counts, resamples=4000
    )
    assert found.value == pytest.approx(f1(*counts.T), rel=1e-12)
    assert found.low == pytest.approx(reference.low, abs=0.01)
    assert found.high == pytest.approx(reference.high, abs=0.01)


def test_bootstrap_is_seeded_and_independent_of_its_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    sums = np.random.default_rng(6).integers(0, 50, size=(37, 2)) + 1

    def run(seed: int) -> stats.BootstrapInterval:
        return stats.cluster_bootstrap(lambda s: s[..., 0] / s[..., 1], sums, resamples=500, seed=seed)

    first = run(0)
    assert run(0) == first
    assert run(1) != first
    monkeypatch.setattr(stats, "_CELLS", 37 * 7)
    assert run(0) == first


def test_bootstrap_of_one_cluster_has_a_value_only() -> None:
    found = stats.cluster_bootstrap(lambda s: s[..., 0], [[3.0]])
    assert (found.value, found.low, found.high, found.se) == (3.0, None, None, None)


def test_bootstrap_refuses_what_it_cannot_use() -> None:
    with pytest.raises(InputError, match="not finite"):
        stats.cluster_bootstrap(lambda s: s[..., 0] * np.nan, [[1.0], [2.0]])
    with pytest.raises(InputError, match="shape"):
        stats.cluster_bootstrap(lambda s: s, [[1.0], [2.0]])
    with pytest.raises(InputError, match="finite table"):
        stats.cluster_bootstrap(lambda s: s[..., 0], [1.0, 2.0])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=25))
def test_small_paired_tests_are_exact(rows: list[tuple[int, int, int]]) -> None:
    a, b, clusters = (list(column) for column in zip(*rows, strict=True))
    sums: dict[int, int] = {}
    for x, y, g in rows:
        sums[g] = sums.get(g, 0) + x - y
    observed = abs(sum(sums.values()))
    patterns = list(itertools.product([-1, 1], repeat=len(sums)))
    extreme = sum(abs(sum(s * v for s, v in zip(signs, sums.values(), strict=True))) >= observed for signs in patterns)
    found = stats.paired_test(a, b, clusters)
    assert found.p == pytest.approx(extreme / len(patterns))
    assert found.difference == pytest.approx(np.mean(a) - np.mean(b))


def test_random_patterns_agree_with_all_patterns() -> None:
    generator = np.random.default_rng(7)
    a, b = generator.normal(0.3, 1, size=12), generator.normal(size=12)
    exact = stats.paired_test(a, b, range(12)).p
    sampled = stats.paired_test(a, b, range(12), permutations=4000).p
    assert sampled == pytest.approx(exact, abs=0.03)
    assert exact != sampled


def test_paired_test_keeps_its_level_and_sees_a_difference() -> None:
    generator = np.random.default_rng(8)
    rejected = seen = 0
    for _ in range(150):
        noise, clusters = _clustered_sample(generator, 0.0)
        names = clusters.tolist()
        null = stats.paired_test(noise, np.zeros_like(noise), names, permutations=499)
        real = stats.paired_test(noise + 1.0, np.zeros_like(noise), names, permutations=499)
        assert null.p is not None
        assert real.p is not None
        rejected += null.p <= 0.05
        seen += real.p <= 0.05
    assert rejected / 150 <= 0.11
    assert seen / 150 >= 0.9


def test_a_sampled_p_value_is_never_zero() -> None:
    found = stats.paired_test(np.ones(200), np.zeros(200), range(200), permutations=99)
    assert found.p == 1 / 100


def test_clusters_without_difference_do_not_count_as_evidence() -> None:
    few = stats.paired_test([1, 1, 1], [0, 0, 0], "abc")
    many = stats.paired_test([1, 1, 1] + [0] * 7, [0] * 10, "abcdefghij")
    assert few.p == many.p == 0.25


def test_equal_scores_differ_by_nothing() -> None:
    found = stats.paired_test([1, 0, 1], [1, 0, 1], ["a", "b", "c"])
    assert (found.difference, found.p, found.low, found.high) == (0, 1, 0, 0)


def test_swapping_the_runs_flips_the_sign_only() -> None:
    generator = np.random.default_rng(9)
    a, b, clusters = generator.random(40), generator.random(40), generator.integers(0, 20, 40).tolist()
    there, back = stats.paired_test(a, b, clusters), stats.paired_test(b, a, clusters)
    assert there.difference == pytest.approx(-(back.difference or 0))
    assert there.low == pytest.approx(-(back.high or 0))
    assert there.p == back.p


@pytest.mark.parametrize(
    ("values", "clusters", "message"),
    [
        ([1.0], ["a", "b"], "name 2 values"),
        ([1.0, float("nan")], ["a", "b"], "finite"),
        ([1.0, 2.0], ["a", None], "value 1: has no cluster"),
    ],
)
def test_bad_samples_are_refused(values: list[float], clusters: list[str | None], message: str) -> None:
    with pytest.raises(InputError, match=message):
        stats.clustered_interval(values, clusters)


def test_bad_levels_and_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="level 95"):
        stats.clustered_interval([1.0, 2.0], ["a", "b"], level=95)
    with pytest.raises(InputError, match="2 and 1"):
        stats.paired_test([1, 2], [1], ["a", "b"])


def test_edge_interval_is_wilson_and_mirrors() -> None:
    reference = textbook.binomtest(0, 30).proportion_ci(0.95, method="wilson")
    low, high = stats.edge_interval(0.0, 30)
    assert (low, high) == pytest.approx((reference.low, reference.high), abs=1e-12)
    assert stats.edge_interval(1.0, 30) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize(("value", "clusters"), [(0.5, 3), (0.0, 0)])
def test_edge_interval_refuses_what_it_is_not_for(value: float, clusters: int) -> None:
    with pytest.raises(InputError):
        stats.edge_interval(value, clusters)
