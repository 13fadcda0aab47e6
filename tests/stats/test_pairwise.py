"""All pairs at once against paired_test, pair by pair."""

import itertools

import numpy as np
import pytest

from sarbench import stats
from sarbench.errors import InputError


def _runs(seed: int, clusters: int, runs: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    generator = np.random.default_rng(seed)
    names = np.repeat(np.arange(clusters), generator.integers(1, 5, clusters))
    rates = np.linspace(0.2, 0.8, runs)
    return {f"run {i}": (generator.random(len(names)) < rate).astype(float) for i, rate in enumerate(rates)}, names


def test_pairwise_tests_of_few_clusters_are_paired_tests() -> None:
    scores, clusters = _runs(1, 11, 4)
    found = stats.pairwise_tests(scores, clusters)
    assert list(found) == list(itertools.combinations(scores, 2))
    for (first, second), test in found.items():
        expected = stats.paired_test(scores[first], scores[second], clusters)
        assert test.difference == pytest.approx(expected.difference)
        assert test.p == expected.p


def test_pairwise_tests_of_many_clusters_agree_with_paired_tests() -> None:
    scores, clusters = _runs(2, 60, 4)
    for (first, second), test in stats.pairwise_tests(scores, clusters).items():
        expected = stats.paired_test(scores[first], scores[second], clusters).p
        assert test.p == pytest.approx(expected, abs=0.02)


def test_too_few_permutations_for_the_number_of_pairs_are_refused() -> None:
    scores = {f"run {i}": np.full(40, float(i >= 20)) for i in range(40)}
    with pytest.raises(InputError, match="too few for 780 pairs"):
        stats.pairwise_tests(scores, range(40), permutations=10_000)
    assert min(test.p or 0 for test in stats.pairwise_tests(scores, range(40)).values()) < 0.05 / 780


def test_bad_runs_are_refused() -> None:
    with pytest.raises(InputError, match="'b' and 'a': are 1 and 2"):
        stats.pairwise_tests({"a": [1, 0], "b": [1]}, "xy")
    with pytest.raises(InputError, match="scores of 'b'"):
        stats.pairwise_tests({"a": [1.0, 0.0], "b": [1.0, float("nan")]}, "xy")
