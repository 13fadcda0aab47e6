"""What the pages say of outcomes is what the scoring does with them."""

import pytest

from sarbench.answers.outcome import OUTCOMES, Outcome
from sarbench.board.texts import OUTCOME_MEANINGS
from sarbench.runs.tally import score_task
from tests.runs.lines import lines_of

GOOD = "[10, 10, 30, 30]"
NO_AREA = "[50, 50, 50, 60]"
OUTSIDE = "[900, 10, 930, 30]"


def rates(answer: str) -> tuple[Outcome, float | None, float | None]:
    """Return outcome, precision and recall at IoU 0.5 of one answer to a question with one target."""
    (line,) = lines = lines_of("referring", [answer])
    scores = {score.metric: score.value for score in score_task("", "referring", lines, protocols=("strict",)).scores}
    return line["outcome"], scores["precision@0.5"], scores["recall@0.5"]


def test_every_outcome_has_a_meaning() -> None:
    assert set(OUTCOME_MEANINGS) == set(OUTCOMES)


def test_a_box_that_is_none_is_a_false_positive_and_the_others_score() -> None:
    assert "false positive, and the others score" in OUTCOME_MEANINGS["degenerate"]
    assert rates(f"{GOOD} {NO_AREA}") == ("degenerate", 0.5, 1.0)
    assert rates(NO_AREA) == ("degenerate", 0.0, 0.0)


def test_boxes_outside_score_as_given() -> None:
    assert "Scored as given" in OUTCOME_MEANINGS["out_of_range"]
    assert rates(f"{GOOD} {OUTSIDE}") == ("out_of_range", 0.5, 1.0)


@pytest.mark.parametrize("answer", ["", "somewhere", "I cannot answer that."])
def test_what_is_said_to_score_0_does(answer: str) -> None:
    outcome, _, recall = rates(answer)
    assert OUTCOME_MEANINGS[outcome].endswith("Scores 0.")
    assert recall == 0.0
