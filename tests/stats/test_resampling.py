"""Draws have the distribution they should, and no trace of blocks or threads."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy import stats as textbook

from sarbench import stats
from sarbench.stats import resampling

_THREADED = """
import numpy as np
from scipy import sparse
from sarbench import stats
generator = np.random.default_rng(1)
a, b = generator.random((700, 3)) + 0.1, generator.random((700, 3)) + 0.1
rate = lambda s: s[..., 0] / (s[..., 1] + s[..., 2])
print(repr(stats.cluster_bootstrap(rate, a, resamples=999)))
print(repr(stats.cluster_bootstrap(rate, generator.random((700, 30)) + 0.1, resamples=999)))
print(repr(stats.cluster_bootstrap(rate, sparse.csr_array(a), resamples=999)))
print(repr(stats.paired_bootstrap(rate, a, b, resamples=999, permutations=999)))
print(repr(stats.paired_test(a[:, 0], b[:, 0], range(700), permutations=999)))
print(repr(stats.rank_ranges({"a": a[:, 0], "b": b[:, 0], "c": b[:, 1]}, range(700))))
"""


def _all_results() -> list[object]:
    generator = np.random.default_rng(2)
    a, b = generator.random((90, 3)) + 0.1, generator.random((90, 3)) + 0.1
    equal = generator.integers(1, 3, size=(90, 1)).astype(float)

    def rate(sums: np.ndarray) -> np.ndarray:
        return sums[..., 0] / sums.sum(axis=-1)

    return [
        stats.cluster_bootstrap(rate, a, resamples=555),
        stats.cluster_bootstrap(rate, generator.random((90, 20)) + 0.1, resamples=555),
        stats.cluster_bootstrap(rate, sparse.csr_array(a), resamples=555),
        stats.cluster_bootstrap(lambda s: np.sqrt(s[..., 0]), equal, resamples=555),
        stats.paired_bootstrap(rate, a, b, resamples=555, permutations=555),
        stats.paired_test(a[:, 0], b[:, 0], range(90), permutations=555),
        stats.paired_test(a[:9, 0], b[:9, 0], range(9)),
        stats.pairwise_tests({"a": a[:, 0], "b": b[:, 0], "c": b[:, 1]}, range(90), permutations=555),
    ]


@pytest.mark.parametrize("cells", [1, 90 * 7, 10**7])
def test_blocks_leave_no_trace(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    expected = _all_results()
    monkeypatch.setattr(resampling, "CELLS", cells)
    assert _all_results() == expected


def test_threads_leave_no_trace() -> None:
    def printed(threads: str) -> str:
        environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        command = [sys.executable, "-c", _THREADED]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    one = printed("1")
    assert one.count("Bootstrap") == 4
    assert printed("4") == one


def test_rows_are_drawn_uniformly_with_replacement() -> None:
    weights = np.concatenate(list(resampling.resampled_sums(sparse.eye_array(7, format="csr"), resamples=4000, seed=0)))
    assert (weights.sum(axis=1) == 7).all()
    # How often one row is drawn is binomial with n = 7 and p = 1/7.
    seen = np.bincount(weights[:, 3].astype(int), minlength=8)[:4]
    expected = 4000 * textbook.binom.pmf(np.arange(4), 7, 1 / 7)
    assert textbook.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 1e-3


def test_collapsed_rows_have_the_distribution_of_the_rows() -> None:
    column = np.repeat([1.0, 0.0], [90, 310])[:, None]
    collapsed = np.concatenate(list(resampling.resampled_sums(column, resamples=4000, seed=0)))
    as_they_are = np.concatenate(list(resampling.resampled_sums(sparse.csr_array(column), resamples=4000, seed=0)))
    assert not np.array_equal(collapsed, as_they_are)
    for drawn in (collapsed[:, 0], as_they_are[:, 0]):
        assert textbook.kstest(drawn + 0.5, textbook.norm(90.5, np.sqrt(400 * 0.225 * 0.775)).cdf).statistic < 0.05
        assert drawn.var() == pytest.approx(400 * 0.225 * 0.775, rel=0.08)


def test_patterns_are_fair_coins() -> None:
    patterns = np.concatenate(list(resampling.swap_patterns(70, permutations=4000, seed=3)))
    assert patterns.shape == (4000, 70)
    assert set(np.unique(patterns)) == {0.0, 1.0}
    assert np.abs(patterns.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(4000)
    correlation = np.corrcoef(patterns.T) - np.eye(70)
    assert np.abs(correlation).max() < 5.5 / np.sqrt(4000)


def test_few_clusters_give_every_pattern_once() -> None:
    patterns = np.concatenate(list(resampling.swap_patterns(5, permutations=32, seed=0)))
    assert len({tuple(line) for line in patterns.tolist()}) == len(patterns) == 32


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_sums_on_the_grid_do_not_depend_on_their_order(values: list[float], random: object) -> None:
    column = resampling.on_grid(np.array(values)[:, None])[:, 0]
    assert np.abs(column - values).max() <= len(values) * np.abs(values).max() * 2.0**-53
    shuffled = column.tolist()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    forwards = backwards = 0.0
    for value in shuffled:
        forwards += value
    for value in reversed(column.tolist()):
        backwards += value
    assert forwards == backwards
    sparse_column = resampling.on_grid(sparse.csr_array(np.array(values)[:, None])).toarray()[:, 0]
    assert np.array_equal(sparse_column, column)


def test_counts_are_left_as_they_are() -> None:
    counts = np.random.default_rng(4).integers(0, 2**20, size=(1000, 3)).astype(float)
    assert np.array_equal(resampling.on_grid(counts), counts)
