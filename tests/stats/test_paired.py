"""The paired tests against full enumeration in Python and scipy's permutation test."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy import stats as textbook

from sarbench import stats
from sarbench.errors import InputError


def f1(sums: np.ndarray) -> np.ndarray:
    return 2 * sums[..., 0] / np.maximum(2 * sums[..., 0] + sums[..., 1] + sums[..., 2], 1)


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


def test_real_scores_that_are_equal_on_paper_tie() -> None:
    a, b = [0.1, 0.2, 0.3, 0.7, 0.1], [0.3, 0.1, 0.1, 0.1, 0.2]
    found = stats.paired_test(a, b, range(5))
    in_tenths = [round(10 * x) - round(10 * y) for x, y in zip(a, b, strict=True)]
    sums = [abs(sum(s * v for s, v in zip(p, in_tenths, strict=True))) for p in itertools.product([-1, 1], repeat=5)]
    assert found.p == sum(value >= abs(sum(in_tenths)) for value in sums) / 32


def test_paired_test_agrees_with_scipy() -> None:
    generator = np.random.default_rng(1)
    a, b = generator.normal(0.5, 1, size=11), generator.normal(size=11)
    reference = textbook.permutation_test(
        (a, b), lambda x, y, axis: (x - y).mean(axis), permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert stats.paired_test(a, b, range(11)).p == pytest.approx(reference.pvalue)


def test_random_patterns_agree_with_all_patterns() -> None:
    generator = np.random.default_rng(7)
    a, b = generator.normal(0.3, 1, size=12), generator.normal(size=12)
    exact = stats.paired_test(a, b, range(12)).p
    sampled = stats.paired_test(a, b, range(12), permutations=4000).p
    assert sampled == pytest.approx(exact, abs=0.03)
    assert exact != sampled


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
    a, b, clusters = generator.random(40), generator.random(40), generator.integers(0, 20, 40)
    there, back = stats.paired_test(a, b, clusters), stats.paired_test(b, a, clusters)
    assert there.difference == pytest.approx(-(back.difference or 0))
    assert there.low == pytest.approx(-(back.high or 0))
    assert there.p == back.p


def test_nothing_to_compare_is_none() -> None:
    assert stats.paired_test([], [], []) == stats.PairedTest(None, None, None, None, None, 0, 0)
    nothing = stats.paired_bootstrap(f1, np.zeros((0, 3)), np.zeros((0, 3)))
    assert (nothing.difference, nothing.low, nothing.p, nothing.clusters) == (None, None, None, 0)
    one = stats.paired_bootstrap(f1, [[1, 0, 0]], [[0, 1, 1]])
    assert (one.difference, one.low, one.high, one.se, one.p) == (1.0, None, None, None, 1.0)


def test_runs_of_different_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="2 and 1"):
        stats.paired_test([1, 2], [1], ["a", "b"])
    with pytest.raises(InputError, match="the shapes"):
        stats.paired_bootstrap(f1, [[1, 0, 0]], [[1, 0, 0], [1, 0, 0]])
    with pytest.raises(InputError, match="permutations 0: are too few"):
        stats.paired_test([1, 2], [1, 2], ["a", "b"], permutations=0)


def test_swap_test_of_a_ratio_agrees_with_scipy() -> None:
    generator = np.random.default_rng(10)
    a, b = generator.integers(0, 4, size=(9, 3)), generator.integers(0, 6, size=(9, 3))
    both = np.concatenate([a, b])

    def difference(of_a: np.ndarray, of_b: np.ndarray, axis: int) -> np.ndarray:
        assert axis in (-1, of_a.ndim - 1)
        return f1(both[of_a].sum(axis=-2)) - f1(both[of_b].sum(axis=-2))

    reference = textbook.permutation_test(
        (np.arange(9), np.arange(9, 18)), difference, permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    found = stats.paired_bootstrap(f1, a, b)
    assert found.difference == pytest.approx(reference.statistic)
    assert found.p == pytest.approx(reference.pvalue)
    sampled = stats.paired_bootstrap(f1, a, b, permutations=400)
    assert sampled.p == pytest.approx(reference.pvalue, abs=0.1)
    assert sampled.p != found.p


def test_paired_bootstrap_draws_the_same_clusters_for_both() -> None:
    generator = np.random.default_rng(11)
    a = generator.integers(1, 30, size=(50, 3))
    b = a.copy()
    b[:, 1] += 1
    found = stats.paired_bootstrap(f1, a, b)
    alone = stats.cluster_bootstrap(f1, a)
    assert found.difference == pytest.approx(float(f1(a.sum(0)) - f1(b.sum(0))))
    assert found.se is not None
    assert alone.se is not None
    assert found.se < alone.se / 3  # what the runs share cancels
    assert found.low is not None
    assert found.low > 0
    assert found.p == 1 / 10_001


def test_mean_differences_agree_with_the_paired_test() -> None:
    generator = np.random.default_rng(12)
    a, b, clusters = generator.random(80), generator.random(80), np.repeat(np.arange(10), 8)
    ones = np.ones(80)
    sums_a, sums_b = (stats.sum_by_cluster(np.stack([x, ones], axis=1), clusters) for x in (a, b))
    found = stats.paired_bootstrap(lambda s: s[..., 0] / s[..., 1], sums_a, sums_b)
    expected = stats.paired_test(a, b, clusters)
    assert found.p == expected.p
    assert found.difference == pytest.approx(expected.difference)
    assert found.se == pytest.approx(expected.se, rel=0.15)


def test_sparse_runs_are_dense_runs() -> None:
    generator = np.random.default_rng(13)
    a, b = generator.integers(0, 4, size=(30, 3)), generator.integers(0, 6, size=(30, 3))
    dense = stats.paired_bootstrap(f1, a, b, permutations=300)
    assert stats.paired_bootstrap(f1, sparse.csr_array(a), sparse.csr_array(b), permutations=300) == dense
    assert stats.paired_bootstrap(f1, sparse.csr_array(a), b, permutations=300) == dense


def test_the_order_of_samples_and_of_runs_leaves_no_trace() -> None:
    generator = np.random.default_rng(11)
    a, b = generator.integers(0, 2, (2, 300)).astype(float)
    images, order = generator.integers(0, 50, 300), generator.permutation(300)
    there = stats.paired_test(a, b, images, permutations=500)
    assert stats.paired_test(a[order], b[order], images[order], permutations=500).p == there.p
    back = stats.paired_test(b, a, images, permutations=500)
    assert (back.difference, back.p) == (-there.difference, there.p)
    scores = {"a": a, "b": b, "c": 1 - a}
    expected = stats.pairwise_tests(scores, images, permutations=500)
    shuffled = {name: values[order] for name, values in scores.items()}
    found = stats.pairwise_tests(shuffled, images[order], permutations=500)
    assert [test.p for test in found.values()] == [test.p for test in expected.values()]
