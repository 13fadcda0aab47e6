"""McNemar's test against scipy's binomial test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as textbook

from sarbench import stats
from sarbench.errors import InputError


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_mcnemar_is_the_binomial_test_of_disagreements(pairs: list[tuple[bool, bool]]) -> None:
    a, b = zip(*pairs, strict=True)
    found = stats.mcnemar(a, b)
    only_a, only_b = pairs.count((True, False)), pairs.count((False, True))
    assert (found.only_a, found.only_b, found.n) == (only_a, only_b, len(pairs))
    expected = textbook.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert found.p == pytest.approx(expected, rel=1e-9)


def test_many_items() -> None:
    a = np.repeat([1, 0], [600, 500])
    found = stats.mcnemar(a, 1 - a)
    assert found.p == pytest.approx(textbook.binomtest(600, 1100).pvalue, rel=1e-9)


def test_nothing_to_compare_is_none() -> None:
    assert stats.mcnemar([], []) == stats.McNemar(0, 0, 0, None)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [([1, 0], [1], "2 and 1"), ([1, 0.5], [1, 0], r"a, item 1: is 0\.5"), ([1], [None], "finite")],
)
def test_what_is_neither_right_nor_wrong_is_refused(a: list[float], b: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        stats.mcnemar(a, b)
