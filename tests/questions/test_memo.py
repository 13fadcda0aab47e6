import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.questions.memo import Scorer
from sarbench.questions.score import score_answer, target_of
from tests.questions.rows import PERFECT, ROWS

ANSWERS = st.sampled_from([*PERFECT.values(), "", "no", "3", "top left", "unknown", "[1, 2, 30, 40]"])


@given(kind=st.sampled_from(sorted(ROWS)), answers=st.lists(ANSWERS, max_size=6), wide=st.booleans())
@settings(max_examples=80, deadline=None)
def test_what_is_remembered_is_what_would_be_scored(kind: str, answers: list[str], wide: bool) -> None:
    rows = [{**ROWS[kind], "width": 400 if wide and number % 2 else 200} for number in range(len(answers))]
    for _ in range(2):
        scorer = Scorer(kind, "pixel")
        for row, text, (target, found) in zip(rows, answers, scorer.score_all(rows, answers), strict=True):
            assert target == target_of(row)
            expected = score_answer(kind, target, text, coords="pixel", size=(row["width"], 100))
            assert (found.parsed, found.outcome, found.rule, found.scores) == (
                expected.parsed,
                expected.outcome,
                expected.rule,
                expected.scores,
            )


def test_a_row_that_cannot_be_scored_is_named() -> None:
    good, bad = {**ROWS["region"], "id": "good"}, {**ROWS["region"], "id": "bad", "choices": [None, "ship"]}
    with pytest.raises(InputError, match="bad: is no row that could be scored"):
        list(Scorer("region", "pixel").score_all([good, bad], ["ship", "ship"]))
    wrong = {**ROWS["referring"], "id": "wrong", "boxes": [{"label": "ship", "xyxy": [9.0, 9.0, 1.0, 1.0]}]}
    with pytest.raises(InputError, match="wrong: cannot be scored"):
        list(Scorer("referring", "pixel").score_all([wrong], ["[1, 2, 3, 4]"]))
    sizeless = {**ROWS["referring"], "id": "sizeless", "width": None}
    with pytest.raises(InputError, match="sizeless: has no width and height"):
        list(Scorer("referring", "norm1000").score_all([sizeless], ["[1, 2, 3, 4]"]))
