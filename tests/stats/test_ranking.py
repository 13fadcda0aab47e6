"""Rank ranges of cases with a known answer."""

import numpy as np
import pytest

from sarbench import stats
from sarbench.errors import InputError


def test_clear_ranks() -> None:
    generator = np.random.default_rng(3)
    scores = {name: generator.random(400) + shift for name, shift in (("low", 0), ("high", 2), ("middle", 1))}
    ranges = stats.rank_ranges(scores, range(400))
    assert ranges == {"low": stats.RankRange(3, 3), "high": stats.RankRange(1, 1), "middle": stats.RankRange(2, 2)}


def test_equal_runs_share_all_ranks() -> None:
    scores = dict.fromkeys("abc", np.arange(50.0))
    assert stats.rank_ranges(scores, range(50)) == dict.fromkeys("abc", stats.RankRange(1, 3))


def test_a_tie_in_the_middle_and_a_gap_below() -> None:
    tests = {
        ("a", "b"): stats.PairwiseTest(0.02, 0.4),
        ("a", "c"): stats.PairwiseTest(0.09, 0.001),
        ("b", "c"): stats.PairwiseTest(0.07, 0.04),
    }
    # Holm: .003, .08, .4: only a and c are told apart, so b overlaps both.
    expected = {"a": stats.RankRange(1, 2), "b": stats.RankRange(1, 3), "c": stats.RankRange(2, 3)}
    assert stats.ranges_from_tests("abc", tests) == expected
    assert stats.ranges_from_tests("abc", tests, alpha=0.1)["b"] == stats.RankRange(1, 2)


def test_the_first_of_a_pair_may_be_the_worse_one_and_pairs_may_lack() -> None:
    tests = {("a", "b"): stats.PairwiseTest(-0.5, 0.001), ("b", "c"): stats.PairwiseTest(None, None)}
    expected = {"a": stats.RankRange(2, 3), "b": stats.RankRange(1, 2), "c": stats.RankRange(1, 3)}
    assert stats.ranges_from_tests("abc", tests) == expected


def test_ratios_rank_by_their_own_tests() -> None:
    sums = {"a": np.tile([9, 10], (30, 1)), "b": np.tile([2, 10], (30, 1))}
    test = stats.paired_bootstrap(lambda s: s[..., 0] / s[..., 1], sums["a"], sums["b"])
    expected = {"a": stats.RankRange(1, 1), "b": stats.RankRange(2, 2)}
    assert stats.ranges_from_tests(["a", "b"], {("a", "b"): test}) == expected


def test_no_runs_one_run_no_samples() -> None:
    assert stats.rank_ranges({}, []) == {}
    assert stats.rank_ranges({"a": [1, 0]}, "xy") == {"a": stats.RankRange(1, 1)}
    assert stats.rank_ranges({"a": [], "b": []}, []) == dict.fromkeys("ab", stats.RankRange(1, 2))


def test_many_runs_get_enough_permutations() -> None:
    # 780 pairs need p-values below 0.05 / 780, which 10,000 patterns could not give.
    scores = {f"run {i}": np.full(40, float(i >= 20)) for i in range(40)}
    ranges = stats.rank_ranges(scores, range(40))
    assert ranges["run 0"] == stats.RankRange(21, 40)
    assert ranges["run 39"] == stats.RankRange(1, 20)


def test_bad_pairs_are_refused() -> None:
    one = stats.PairwiseTest(0.1, 0.5)
    with pytest.raises(InputError, match="run twice"):
        stats.ranges_from_tests(["a", "a"], {})
    with pytest.raises(InputError, match="not one of two"):
        stats.ranges_from_tests("ab", {("a", "c"): one})
    with pytest.raises(InputError, match="both orders"):
        stats.ranges_from_tests("ab", {("a", "b"): one, ("b", "a"): one})
