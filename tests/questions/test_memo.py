import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.questions.memo import Scorer
from sarbench.questions.score import score_answer, target_of
from tests.questions.rows import PERFECT, ROWS

ANSWERS = st.sampled_from([*PERFECT.values(), "", "no", "3", "top left", "unknown", "[1, 2, 30, 40]"])


@given(kind=st.sampled_from(sorted(ROWS)), answers=st.lists(ANSWERS, max_size=6), wide=st.booleans())
@settings(max_examples=80, deadline=None)
def test_what_is_remembered_is_what_would_be_scored(kind: str, answers: list[str], wide: bool) -> None:
    row, scorer = ROWS[kind], Scorer(kind, "pixel")
    for number, text in enumerate(answers):
        size = (400, 100) if wide and number % 2 else (200, 100)
        target, found = scorer.score(row, text, size)
        assert target == target_of(row)
        assert found == score_answer(kind, target, text, coords="pixel", size=size)


@pytest.mark.parametrize("verdict", [True, False])
def test_a_verdict_counts_for_its_own_answer_alone(verdict: bool) -> None:
    row, scorer = ROWS["vqa"], Scorer("vqa", "pixel")
    size = (200, 100)
    assert scorer.score(row, "a meadow", size)[1].scores["undecided"] == 1.0
    judged = scorer.score(row, "a meadow", size, verdict=verdict)[1].scores
    assert (judged["exact"], judged["undecided"]) == (float(verdict), 0.0)
    assert scorer.score(row, "a meadow", size)[1].scores["undecided"] == 1.0
