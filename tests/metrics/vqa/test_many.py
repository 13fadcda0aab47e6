"""Judging together is judging one by one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError, UnknownNameError
from sarbench.metrics.vqa import judge_many, sarlang, strict
from sarbench.metrics.vqa.truths import KINDS

WORDS = ["yes", "No.", "2.", "two", "12", "ship", "a vessel", "top left", "In the upper left.", "Pond", "swimming pool"]
ODD = ["\ud800", "ship\x00", "é", "I cannot tell."]

predictions = st.sampled_from([*WORDS, *ODD, "", None]) | st.text(max_size=3)
truths = st.sampled_from([*WORDS, *ODD])
rows = st.lists(st.tuples(predictions, truths, st.sampled_from([None, *KINDS])), max_size=40)


@settings(max_examples=150, deadline=None)
@given(rows)
def test_verdicts_and_rules_are_those_of_single_answers(answers: list[tuple[str | None, str, str | None]]) -> None:
    said, true, kinds = ([row[column] for row in answers] for column in range(3))
    judged = judge_many(said, true, kinds)  # type: ignore[arg-type]
    single = [strict.judge(p, t, kind=k) for p, t, k in answers]
    assert judged.correct.tolist() == [-1 if v.correct is None else int(v.correct) for v in single]
    assert [judged.names[rule] for rule in judged.rules] == [v.rule for v in single]
    paper = judge_many(said, true, protocol="paper")  # type: ignore[arg-type]
    single = [sarlang.judge(p, t) for p, t, _ in answers]
    assert paper.correct.tolist() == [-1 if v.correct is None else int(v.correct) for v in single]
    assert [paper.names[rule] for rule in paper.rules] == [v.rule for v in single]


def test_each_distinct_answer_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str | None, str]] = []
    read = strict.read_answer
    monkeypatch.setattr(strict, "read_answer", lambda text, form: seen.append((text, form)) or read(text, form))
    judged = judge_many(["yes", "no", "yes"] * 50, ["yes", "yes", "no"] * 50, "presence")
    assert judged.correct.tolist() == [1, 0, 0] * 50
    assert sorted(seen) == [("no", "presence"), ("yes", "presence")]


def test_types_and_one_kind_for_all() -> None:
    judged = judge_many(["two"], ["2"], "counting")
    assert (judged.correct.dtype, judged.rules.dtype) == (np.int8, np.uint8)
    assert judged.names == strict.RULES
    assert judge_many([], []).correct.shape == (0,)
    assert judge_many(["A ship"], ["ship"]).correct.tolist() == [1]


def test_mistakes_of_the_caller_are_named() -> None:
    with pytest.raises(InputError, match="1 for 2"):
        judge_many(["yes"], ["yes", "no"])
    with pytest.raises(InputError, match="2 for 1"):
        judge_many(["yes"], ["yes"], ["vqa", "vqa"])
    with pytest.raises(InputError, match="truth None at 1"):
        judge_many(["yes", "no"], ["yes", None])  # type: ignore[list-item]
    with pytest.raises(InputError, match="prediction 2 at 1"):
        judge_many(["yes", 2], ["yes", "2"])  # type: ignore[list-item]
    with pytest.raises(InputError, match="' ' at 1"):
        judge_many(["yes", "no"], ["yes", " "])
    with pytest.raises(InputError, match="kinds"):
        judge_many(["yes"], ["yes"], [3])  # type: ignore[list-item]
    with pytest.raises(UnknownNameError, match="caption"):
        judge_many(["yes"], ["yes"], "caption")
    with pytest.raises(UnknownNameError, match="coco"):
        judge_many(["yes"], ["yes"], protocol="coco")


@pytest.mark.parametrize("odd", [None, 5, ["paper"], np.array(["paper", "strict"])])
def test_what_is_no_name_is_no_protocol(odd: Any) -> None:
    with pytest.raises(UnknownNameError, match="is no protocol"):
        judge_many(["a"], ["a"], protocol=odd)


@pytest.mark.parametrize("odd", [5, {"vqa"}, {"a": "vqa"}, iter(["vqa"])])
def test_what_is_no_list_of_kinds_is_refused(odd: Any) -> None:
    with pytest.raises(InputError, match="kinds: are of type"):
        judge_many(["a"], ["a"], odd)


def test_an_empty_table_is_no_answers() -> None:
    nothing: Any = np.zeros((0, 4))
    assert judge_many(nothing, nothing, nothing).correct.tolist() == []
