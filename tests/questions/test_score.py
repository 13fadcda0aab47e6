import numpy as np
import pytest

import sarbench
from sarbench.answers.outcome import OUTCOMES
from sarbench.coords import format_box
from sarbench.errors import InputError
from sarbench.questions.family import family
from sarbench.questions.kinds import KINDS as RULES
from sarbench.questions.score import score_answer, target_of
from sarbench.runs.tally import score_task
from tests.questions.rows import PERFECT, ROWS, asked

TEXTS = ("caption", "field")  # CIDEr needs more than one answer: see test_texts.py
KINDS = sorted(set(ROWS) - set(TEXTS))
SIZE = (200, 100)


def answer(kind: str, text: str, coords: str = "pixel"):
    return score_answer(kind, target_of(ROWS[kind]), text, coords=coords, size=SIZE)


def headline(kind: str, *texts: str) -> float | None:
    lines = []
    for number, text in enumerate(texts):
        result = answer(kind, text)
        lines.append(
            {
                "id": str(number),
                "image_id": str(number),
                "outcome": result.outcome,
                "scores": result.scores,
                "prediction": text,
                "target": _json(target_of(ROWS[kind])),
                "parsed": _json(result.parsed),
            }
        )
    return next(score for score in score_task("t", kind, lines).scores if score.headline).value


def _json(value: object) -> str:
    import json

    return json.dumps(value)


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_rows_are_of_their_kind(kind: str) -> None:
    assert family(ROWS[kind]) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_perfect_answers_score_one(kind: str) -> None:
    assert answer(kind, PERFECT[kind]).outcome == "ok"
    assert headline(kind, PERFECT[kind]) == 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_the_authors_own_answer_scores_one(kind: str) -> None:
    if kind == "grounding":
        pytest.skip("this row has no answer text of the authors")
    assert headline(kind, ROWS[kind]["answers"][0]) == 1.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "   \n", "I cannot see any image.", "\x00\ud800{<<<[[["])
def test_rubbish_scores_zero_and_has_an_outcome(kind: str, text: str) -> None:
    result = answer(kind, text)
    assert result.outcome in OUTCOMES
    assert result.outcome != "failed"
    assert headline(kind, text) == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_failed_answers_leave_the_denominator(kind: str) -> None:
    failure = "[LMMS_EVAL_REQUEST_FAILED after 1 retries] timeout"
    assert answer(kind, failure).outcome == "failed"
    assert headline(kind, failure, PERFECT[kind]) == 1.0
    assert headline(kind, failure) is None


@pytest.mark.parametrize("kind", KINDS)
def test_half_right_is_a_half(kind: str) -> None:
    value = headline(kind, PERFECT[kind], "")
    assert value == pytest.approx(2 / 3 if "f1" in RULES[kind].headline.name else 0.5)


@pytest.mark.parametrize("coords", ["pixel", "norm1", "norm100", "norm999", "norm1000", "pixel_yx", "norm1000_yx"])
def test_perfect_boxes_score_one_in_every_convention(coords: str) -> None:
    boxes = [box["xyxy"] for box in ROWS["grounding"]["boxes"]]
    text = "\n".join(f"ship {format_box(box, coords, SIZE)}" for box in boxes)
    result = answer("grounding", text, coords)
    assert (result.scores["tp@0.5"], result.scores["fp@0.5"], result.scores["fn@0.5"]) == (2, 0, 0)


def test_a_wrong_class_is_a_wrong_box_in_grounding_but_not_in_referring() -> None:
    assert answer("grounding", "tank [10, 10, 30, 30]").scores["tp@0.5"] == 0
    assert answer("grounding", "[10, 10, 30, 30]").scores["tp@0.5"] == 0
    assert answer("referring", "tank [10, 10, 30, 30]").scores["tp@0.5"] == 1


def test_extra_boxes_cost() -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 70, size=(100, 2))
    spray = " ".join(f"[{x:.0f}, {y:.0f}, {x + 20:.0f}, {y + 20:.0f}]" for x, y in corners)
    sprayed = headline("referring", f"[10, 10, 30, 30] {spray}")
    assert sprayed is not None
    assert sprayed < 0.05


def test_single_target_hit_takes_the_first_box() -> None:
    assert answer("referring", "[10, 10, 30, 30] [100, 50, 120, 70]").scores["hit@0.5"] == 1.0
    assert answer("referring", "[100, 50, 120, 70] [10, 10, 30, 30]").scores["hit@0.5"] == 0.0


def test_boxes_beyond_the_image_score_as_given() -> None:
    result = answer("referring", "[10, 10, 30, 3000]")
    assert result.outcome == "out_of_range"
    assert result.parsed is not None
    assert result.parsed["boxes"][0]["xyxy"][3] == 3000.0
    assert result.scores["tp@0.5"] == 0


def test_count_error_is_only_known_where_a_number_was_read() -> None:
    assert answer("counting", "5").scores["absolute_error"] == 3.0
    assert "absolute_error" not in answer("counting", "many").scores


@pytest.mark.parametrize("kind", ["grounding", "referring"])
@pytest.mark.parametrize("extra", ["ship [5, 5, 5, 5]", "ship [5, 5, 4, 9]", "ship [900, 900, 950, 950]"])
@pytest.mark.parametrize("start", ["", "ship [10, 10, 30, 30]", "ship [100, 50, 120, 70] ship [1, 1, 9, 9]"])
def test_another_box_that_hits_nothing_never_helps(kind: str, extra: str, start: str) -> None:
    def wrong(text: str) -> float:
        scores = answer(kind, text).scores
        return scores["fp@0.5"] - scores["tp@0.5"]

    assert wrong(f"{start}\n{extra}") > wrong(start)


def test_boxes_beyond_the_cap_are_paid_for() -> None:
    text = " ".join(f"[{n % 90}, 1, {n % 90 + 5}, 9]" for n in range(1500))
    assert answer("referring", text).scores["fp@0.5"] >= 1499


def test_a_truth_of_all_classes_is_no_echo() -> None:
    from tests.questions.rows import CLASSES

    row = {**ROWS["classification"], "answers": [f"It is {', '.join(CLASSES)}"]}
    assert target_of(row)["labels"] == CLASSES


def test_half_an_emoji_is_an_answer_that_can_be_stored() -> None:
    from sarbench.prompts import render
    from sarbench.runs.samples import sample, to_table

    row = ROWS["counting"]
    line = sample(row, "counting", render(row), "2 \ud83d ships", coords="pixel", perturbation=None)
    assert line["outcome"] == "ok"
    assert to_table([line]).column("prediction").to_pylist() == ["2 \\ud83d ships"]


def test_a_count_that_pandas_made_a_float_is_a_count() -> None:
    assert target_of({**ROWS["counting"], "count": 2.0}) == target_of(ROWS["counting"])
    line = {**ROWS["counting"], "id": "odd", "count": 2.5}
    with pytest.raises(InputError, match=r"odd: cannot be scored: true count 2\.5"):
        sarbench.score(task="counting", predictions=["2"], references=[line])


@pytest.mark.parametrize("kind", ["counting", "vqa"])
def test_an_answer_that_counts_several_classes_is_read_by_what_was_asked(kind: str) -> None:
    rows = [asked("counting", question, "3", count=3) for question in ("How many ships are there?", "How many?")]
    exact = [
        score_answer(kind, target_of(row, kind), text, coords="pixel", size=None).scores
        for row in rows
        for text in ("There are 3 ships and 2 planes.", "There are 2 ships and 3 planes.")
    ]
    assert [scores["exact"] for scores in exact] == [1.0, 0.0, 0.0, 0.0]
    if kind == "vqa":
        assert [scores["undecided"] for scores in exact] == [0.0, 0.0, 1.0, 1.0]
