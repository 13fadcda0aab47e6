"""Sums by cluster against a loop, for arrays and for sparse tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from sarbench import stats
from sarbench.errors import InputError

rows = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(-5, 5), st.integers(0, 3)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_sums_are_those_of_a_loop_in_order_of_appearance(sample: list[tuple[str, int, int]]) -> None:
    expected: dict[str, list[float]] = {}
    for name, *facts in sample:
        expected[name] = [old + new for old, new in zip(expected.get(name, [0, 0]), facts, strict=True)]
    names = [name for name, *_ in sample]
    facts = np.array([facts for _, *facts in sample]).reshape(-1, 2)
    assert stats.sum_by_cluster(facts, names).tolist() == list(expected.values())
    found = stats.sum_by_cluster(sparse.csr_array(facts), names)
    assert sparse.issparse(found)
    assert found.toarray().tolist() == stats.sum_by_cluster(facts, names).tolist()


def test_sums_agree_with_add_at_for_real_numbers() -> None:
    generator = np.random.default_rng(1)
    facts, codes = generator.normal(size=(3000, 4)), np.sort(generator.integers(0, 200, 3000))
    names, index = np.unique(codes, return_inverse=True)
    expected = np.zeros((len(names), 4))
    np.add.at(expected, index, facts)
    assert np.array_equal(stats.sum_by_cluster(facts, codes), expected)


def test_arrays_and_lists_of_names_are_the_same() -> None:
    facts, names = [[1.0], [2.0], [4.0]], np.array(["q", "p", "q"])
    assert stats.sum_by_cluster(facts, names).tolist() == stats.sum_by_cluster(facts, names.tolist()).tolist()
    assert stats.sum_by_cluster(facts, iter(names)).tolist() == [[5.0], [2.0]]


@pytest.mark.parametrize(
    ("facts", "clusters", "message"),
    [
        ([[1.0], [2.0]], ["a"], "name 1 values where there are 2"),
        ([[1.0], [2.0]], ["a", None], "value 1: has no cluster"),
        ([[1.0], [2.0]], [float("nan"), 1.0], "value 0: has no cluster"),
        ([[1.0], [2.0]], ["a", pd.NA], "value 1: has no cluster"),
        ([[10**400], [2.0]], ["a", "b"], "facts: are no finite table"),
        ([[1.0], [float("inf")]], ["a", "b"], "facts: are no finite table"),
        ([1.0, 2.0], ["a", "b"], "facts: are no finite table"),
    ],
)
def test_bad_facts_are_refused(facts: list[list[float]], clusters: list[object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        stats.sum_by_cluster(facts, clusters)
