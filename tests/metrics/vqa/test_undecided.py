"""Bounds of a score with undecided answers, and a judge's verdicts."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.metrics.vqa import at_best, at_worst, bounds, with_verdicts

verdict = st.sampled_from([True, False, None])


@given(st.lists(verdict, min_size=1))
def test_bounds_are_the_worst_and_the_best_of_all_completions(verdicts: list[bool | None]) -> None:
    found = bounds(verdicts)
    assert found.accuracy_low == pytest.approx(sum(v is True for v in verdicts) / len(verdicts))
    assert found.accuracy_high == pytest.approx(sum(v is not False for v in verdicts) / len(verdicts))
    assert found.undecided_share == pytest.approx(found.accuracy_high - found.accuracy_low)
    assert found.n == len(verdicts)
    assert bounds(np.array([-1 if v is None else int(v) for v in verdicts], dtype=np.int8)) == found


@given(st.dictionaries(st.text(max_size=2), verdict), st.dictionaries(st.text(max_size=2), verdict))
def test_a_judge_speaks_only_where_the_rules_are_silent(
    rules: dict[str, bool | None], judge: dict[str, bool | None]
) -> None:
    merged = with_verdicts(rules, judge)
    assert [*merged.verdicts] == [*rules]
    for key, value in merged.verdicts.items():
        assert value is (rules[key] if rules[key] is not None else judge.get(key))
    assert merged.by_rule + merged.by_judge + merged.undecided == len(rules)
    assert merged.undecided == sum(value is None for value in merged.verdicts.values())
    if rules:
        before, after = bounds([*rules.values()]), bounds([*merged.verdicts.values()])
        assert before.accuracy_low <= after.accuracy_low <= after.accuracy_high <= before.accuracy_high


def test_values_for_intervals() -> None:
    assert at_worst([True, None, False]).tolist() == [1, 0, 0]
    assert at_best([True, None, False]).tolist() == [1, 1, 0]


def test_what_is_no_verdict_is_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        bounds([])
    with pytest.raises(InputError, match="nan at 1"):
        bounds([True, float("nan")])  # type: ignore[list-item]
    with pytest.raises(InputError, match="2 at 0"):
        bounds(np.array([2, 0], dtype=np.int8))
    with pytest.raises(InputError, match="shape"):
        bounds(np.zeros((2, 2), dtype=np.int8))
    with pytest.raises(InputError, match="b: has 'yes'"):
        with_verdicts({"a": True, "b": None}, {"b": "yes"})  # type: ignore[dict-item]


@pytest.mark.parametrize("odd", [None, 5, float("nan"), "yes", b"x", object(), {True}, {"a": True}, iter([True])])
def test_what_is_no_list_of_verdicts_is_refused(odd: Any) -> None:
    for ask in (bounds, at_worst, at_best):
        with pytest.raises(InputError, match="verdicts: are of type"):
            ask(odd)


@pytest.mark.parametrize("odd", [None, 5, [True], "a", [("a", True)]])
def test_what_is_no_mapping_of_verdicts_is_refused(odd: Any) -> None:
    with pytest.raises(InputError, match="rule_verdicts: are of type"):
        with_verdicts(odd, {})
    with pytest.raises(InputError, match="judge_verdicts: are of type"):
        with_verdicts({}, odd)
