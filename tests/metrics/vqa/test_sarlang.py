"""The paper's rule, quirks included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.metrics.vqa import sarlang
from sarbench.metrics.vqa.verdict import Verdict

VECTORS = [
    ("yes", "Yes.", True, "substring"),
    ("no", "unknown", True, "substring"),
    ("2", "12", True, "substring"),
    ("car", "cargo ship", True, "substring"),
    ("yes", "no", False, "closed"),
    ("3", "three", False, "closed"),
    ("yes.", "yes", None, "judge"),
    ("", "anything", True, "substring"),
    ("150", "one hundred fifty", None, "judge"),
    ("top left", "upper left", None, "judge"),
]
TRAPS = [
    ("no", "I do not know", True),
    ("no", "there is nothing to be seen", True),
    ("no", "Yes, it is a notable harbor", True),
    ("1", "There are 11 ships", True),
    ("ship", "a spaceship", True),
    ("yes", "yes and no", True),
    ("10", "there are ten", False),
    ("99", "hundred", False),
    ("100", "hundred", None),
    ("00", "0", None),
    ("YES", "No", False),
    (" yes", "yes", None),
]

texts = st.text(alphabet="yesno0129. YESNO", max_size=6)


@pytest.mark.parametrize(("truth", "prediction", "correct", "rule"), VECTORS)
def test_vectors_of_the_script(truth: str, prediction: str, correct: bool | None, rule: str) -> None:
    assert sarlang.judge(prediction, truth) == Verdict(correct, rule)
    assert sarlang.which_rule(prediction, truth) == rule


@pytest.mark.parametrize(("truth", "prediction", "correct"), TRAPS)
def test_quirks_stay(truth: str, prediction: str, correct: bool | None) -> None:
    assert sarlang.judge(prediction, truth).correct is correct


@given(texts, texts)
def test_right_is_a_substring_and_nothing_else(prediction: str, truth: str) -> None:
    verdict = sarlang.judge(prediction, truth)
    assert (verdict.correct is True) == (prediction.lower().find(truth.lower()) >= 0)
    closed = truth.lower() in ("yes", "no") or (truth.isdigit() and len(truth) <= 2 and str(int(truth)) == truth)
    if verdict.correct is not True:
        assert verdict == (Verdict(False, "closed") if closed else Verdict(None, "judge"))


def test_a_missing_answer_is_an_empty_one() -> None:
    assert [sarlang.judge(None, truth).correct for truth in ("yes", "", "harbor")] == [False, True, None]


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match="truth None"):
        sarlang.judge("yes", None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"prediction 2\.0"):
        sarlang.judge(2.0, "2")  # type: ignore[arg-type]
