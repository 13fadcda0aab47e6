"""sarbench's own rule: read, then compare."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers.synonyms import CLASSES
from sarbench.errors import InputError, UnknownNameError
from sarbench.metrics import choice
from sarbench.metrics.vqa import judge_many, strict
from sarbench.metrics.vqa.truths import KINDS
from sarbench.metrics.vqa.verdict import Verdict

SUBSTRINGS = [
    ("no", "I do not know"),
    ("no", "unknown"),
    ("no", "Yes, it is a notable harbor"),
    ("1", "There are 11 ships"),
    ("1", "10"),
    ("2", "12"),
    ("car", "cargo ship"),
    ("ship", "spaceship"),
    ("yes", "yes and no"),
    ("yes", "yes/no"),
    ("top", "stop"),
    ("left", "top left"),
]
EQUAL = [
    ("Yes.", "yes", "presence"),
    ("yes", "Yes, there is a ship.", "presence"),
    ("No.", "no", None),
    ("10", "there are ten", "counting"),
    ("2.", "Two.", None),
    ("There are 4 instances.", "4", "counting"),
    ("aircraft.", "airplane", "classification"),
    ("ship", "It is a vessel.", "region"),
    ("In the lower left.", "bottom-left corner", "position"),
    ("center", "in the middle", None),
    ("Grid pattern.", "a grid pattern", "attribute"),
    ("A open sea scene.", "Open sea scene", "classification"),
    ("Yes.", "Yes", "reasoning"),
]
DIFFERENT = [
    ("Yes.", "no", "presence"),
    ("2.", "three", "counting"),
    ("ship", "harbor", "region"),
    ("In the lower left.", "upper left", "position"),
]


@pytest.mark.parametrize(("truth", "prediction"), SUBSTRINGS)
def test_no_substring_is_an_answer(truth: str, prediction: str) -> None:
    assert strict.judge(prediction, truth, kind=None).correct is False


@pytest.mark.parametrize(("truth", "prediction", "kind"), EQUAL)
def test_equal_values_are_right(truth: str, prediction: str, kind: str | None) -> None:
    assert strict.judge(prediction, truth, kind=kind).correct is True


@pytest.mark.parametrize(("truth", "prediction", "kind"), DIFFERENT)
def test_other_values_are_wrong(truth: str, prediction: str, kind: str) -> None:
    assert strict.judge(prediction, truth, kind=kind) in [Verdict(False, rule) for rule in strict.RULES[:4]]


@pytest.mark.parametrize(
    ("prediction", "truth", "rule"),
    [
        ("yes and no", "Yes.", "presence_unread"),
        ("4 or 6, hard to say", "4", "counting_unread"),
        ("ship, car", "ship", "label_unread"),
        ("somewhere", "left", "position_unread"),
    ],
)
def test_what_cannot_be_read_is_wrong_and_not_undecided(prediction: str, truth: str, rule: str) -> None:
    assert strict.judge(prediction, truth, kind=None) == Verdict(False, rule)


@pytest.mark.parametrize(
    ("prediction", "truth"),
    [
        ("A soccer field.", "Football field."),
        ("ground track field", "Playground."),
        ("Rooftops.", "Buildings"),
        ("a swimming pool", "The pond."),
        ("Two ponds", "two swimming pools."),
    ],
)
def test_the_papers_own_pairs_are_one_word(prediction: str, truth: str) -> None:
    assert strict.judge(prediction, truth, kind="vqa") == Verdict(True, "synonym")
    assert strict.judge(truth, prediction, kind="vqa") == Verdict(True, "synonym")


@pytest.mark.parametrize(
    ("prediction", "truth"),
    [("Rows of houses", "Grid pattern."), ("grid", "Grid pattern."), ("footballer", "soccerer"), ("pond", "A lake.")],
)
def test_other_free_text_is_undecided(prediction: str, truth: str) -> None:
    assert strict.judge(prediction, truth, kind="vqa") == Verdict(None, "undecided")


@pytest.mark.parametrize("prediction", [None, "", "  \n", "...", "<think>grid pattern", "I'm sorry, I cannot tell."])
@pytest.mark.parametrize("truth", ["Grid pattern.", "Yes.", "3", "ship", "left"])
def test_no_answer_is_wrong_for_every_kind(prediction: str | None, truth: str) -> None:
    verdict = strict.judge(prediction, truth, kind=None)
    assert verdict.correct is False
    assert verdict.rule == "no_answer" or (prediction == "..." and verdict.rule.endswith("_unread"))


def test_a_truth_that_says_so_may_be_a_refusal() -> None:
    assert strict.judge("It cannot be determined", "It cannot be determined.", kind="vqa").correct is True
    for other in ("I cannot tell.", "Cannot be determined.", "It is not possible to tell from the image."):
        assert strict.judge(other, "It cannot be determined.", kind="vqa") == Verdict(None, "undecided")
    assert strict.judge("", "It cannot be determined.", kind="vqa") == Verdict(False, "no_answer")
    assert strict.judge("I cannot tell.", "Grid pattern.", kind="vqa") == Verdict(False, "no_answer")


def test_reasoning_is_no_answer() -> None:
    assert strict.judge("<think>Grid? No.</think> Grid pattern.", "Grid pattern", kind="attribute").correct is True


@settings(max_examples=300, deadline=None)
@given(st.text(), st.text().filter(str.strip), st.sampled_from([None, *KINDS]))
def test_any_text_gets_a_verdict(prediction: str, truth: str, kind: str | None) -> None:
    verdict = strict.judge(prediction, truth, kind=kind)
    assert verdict.rule in strict.RULES
    assert (verdict.correct is None) == (verdict.rule == "undecided")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 999), st.integers(0, 999))
def test_numbers_are_compared_as_numbers(said: int, true: int) -> None:
    assert strict.judge(f"There are {said} ships.", f"{true}.", kind="counting").correct is (said == true)
    assert strict.judge(str(said), str(true), kind=None).correct is (said == true)


@pytest.mark.parametrize("kind", ["classification", "region", "vqa", None])
def test_classes_are_told_apart(kind: str | None) -> None:
    for true in CLASSES:
        right = [said for said in CLASSES if strict.judge(f"It is a {said}.", f"{true.title()}.", kind=kind).correct]
        assert right == [true]


def test_mistakes_of_the_caller_are_named() -> None:
    with pytest.raises(InputError, match="is empty"):
        strict.judge("yes", " \n", kind="vqa")
    with pytest.raises(UnknownNameError, match="caption"):
        strict.judge("yes", "yes", kind="caption")
    with pytest.raises(InputError, match="truth None"):
        strict.judge("yes", None, kind="vqa")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="prediction 2"):
        strict.judge(2, "2", kind="counting")  # type: ignore[arg-type]


def test_of_several_counted_classes_the_one_that_was_asked_for_decides() -> None:
    text = "There are 3 ships and 2 planes."
    expected = [("3", "ship", True), ("2", "ship", False), ("2", "aircraft", True), ("3", None, None)]
    for truth, asked, correct in expected:
        assert strict.judge(text, truth, kind="counting", asked=asked).correct is correct
        assert choice.vqa_correct(text, truth, protocol="strict", kind="counting", asked=asked) is correct
    assert judge_many([text], ["3"], "counting").correct.tolist() == [-1]
