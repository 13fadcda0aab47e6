"""Holm by hand and as the loop of its definition."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench import stats
from sarbench.errors import InputError


def test_holm_by_hand() -> None:
    # Sorted: .005·4 = .02, .01·3 = .03, .03·2 = .06, .04·1 = .04 → lifted to .06.
    assert stats.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert stats.holm([0.5, 0.6]) == [1.0, 1.0]
    assert stats.holm([]) == []
    assert stats.holm([None, 0.02]) == [None, 0.02]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.999))
def test_holm_rejects_what_the_step_down_loop_rejects(p_values: list[float], alpha: float) -> None:
    rejected = set()
    left = sorted(range(len(p_values)), key=p_values.__getitem__)
    while left and p_values[left[0]] * len(left) <= alpha:
        rejected.add(left.pop(0))
    assert {index for index, p in enumerate(stats.holm(p_values)) if p is not None and p <= alpha} == rejected


@pytest.mark.parametrize(
    "form", [tuple, iter, lambda p: pd.Series(p, index=["a", "b", "c"]), lambda p: dict(enumerate(p)).values()]
)
def test_holm_takes_any_list(form: Callable[[list[float]], Iterable[float]]) -> None:
    assert stats.holm(form([0.01, 0.04, 0.03])) == stats.holm([0.01, 0.04, 0.03])


@pytest.mark.parametrize("odd", [{"a": 0.1}, 0.1, None, "0.1", ["a"], [[0.1, 0.2]], [pd.NA], [10**400]])
def test_holm_refuses_what_is_no_list_of_numbers(odd: Any) -> None:
    with pytest.raises(InputError, match="p-values: are"):
        stats.holm(odd)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_holm_refuses_what_is_no_probability(bad: float) -> None:
    with pytest.raises(InputError, match="p-value 2"):
        stats.holm([0.5, None, bad])
