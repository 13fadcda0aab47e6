import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.questions.memo import Scorer
from sarbench.questions.score import score_answer, target_of
from tests.questions.rows import PERFECT, ROWS, asked

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


def test_what_is_asked_decides_wherever_the_row_stands() -> None:
    """Questions with equal numbers and answers, whose classes differ: what is remembered must tell them apart."""
    rows = [
        asked("counting", f"How many {name}s are there?", "2", count=2, id=f"{name}-{turn}")
        for turn in range(2)
        for name in ("ship", "bridge", "car")
    ]
    answers = [f"2 {row['id'].split('-')[0]}s and 11 tanks" for row in rows]
    wrong = ["2 tanks and 11 ships"] * len(rows)
    for order in list(itertools.permutations(range(len(rows))))[::37]:
        placed = [rows[place] for place in order]
        scorer = Scorer("counting", "pixel")
        scored = [score.scores["exact"] for _, score in scorer.score_all(placed, [answers[place] for place in order])]
        assert scored == [1.0] * len(rows)
        assert not any(score.scores["exact"] for _, score in scorer.score_all(placed, wrong))


@pytest.mark.parametrize("side", ["256", 10**30, float("inf"), -4, True, 25.5])
def test_a_size_that_is_none_names_its_row(side: object) -> None:
    broken = {**ROWS["grounding"], "id": "broken", "width": side}
    with pytest.raises(InputError, match=r"broken: has a width and height of"):
        list(Scorer("grounding", "pixel").score_all([broken], ["ship [0, 0, 1, 1]"]))


def test_sizes_from_pandas_are_sizes() -> None:
    for width, height in ((200.0, np.float64(100)), (np.int64(200), 100)):
        rows = [{**ROWS["grounding"], "width": width, "height": height}]
        ((_, score),) = Scorer("grounding", "norm1").score_all(rows, ["ship [0, 0, 1, 1]"])
        assert score.parsed["boxes"][0]["xyxy"] == [0, 0, 200, 100]
    ((_, score),) = Scorer("grounding", "pixel").score_all([{**ROWS["grounding"], "width": float("nan")}], ["none"])
    assert "mirrored_tp" not in score.scores


def test_a_true_box_of_three_edges_names_its_row() -> None:
    box = {"label": "ship", "xyxy": [1.0, 2.0, 3.0], "position": None}
    with pytest.raises(InputError, match=r"broken: has a true box of 3 edges, boxes\[0\]"):
        list(Scorer("grounding", "pixel").score_all([{**ROWS["grounding"], "id": "broken", "boxes": [box]}], [""]))
