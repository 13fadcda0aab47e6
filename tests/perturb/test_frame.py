"""Rows follow the pixel grid of their images, and only that."""

import json

import pytest

from sarbench import perturb
from tests.questions.rows import ROWS, asked

HALF = perturb.parse_spec("gsd:factor=2")


@pytest.mark.parametrize("spec", [None, "speckle", "looks", "range", "ghost", "blank", "shuffle", "gsd:factor=1"])
def test_rows_of_unchanged_grids_are_the_rows(spec: str | None) -> None:
    row = ROWS["referring"]
    assert perturb.changed_row(perturb.parse_spec(spec), row) is row


def test_boxes_texts_and_size_are_divided() -> None:
    row = ROWS["identification"]
    seen = perturb.changed_row(HALF, row)
    assert (seen["width"], seen["height"]) == (100, 50)
    assert seen["boxes"][0] == {"label": "ship", "xyxy": [5.0, 5.0, 15.0, 15.0], "position": "top left"}
    assert seen["region"] == [5.0, 5.0, 15.0, 15.0]
    assert seen["question"] == "[identify] What can you identify at {<5><5><15><15>}?"
    assert (seen["id"], seen["sample_sha256"]) == (row["id"], row["sample_sha256"])
    assert row["region"] == [10.0, 10.0, 30.0, 30.0]
    counted = perturb.changed_row(HALF, ROWS["counting"])
    assert counted["answers"] == ["There are 2 instances. {<5><5><15><15>}{<25><25><40><45>}"]


def test_boxes_written_as_width_and_height() -> None:
    row = asked("region", "2 ships: what is in [10.0, 20.0, 30.0, 41.0]?", "ship.", region=[10.0, 20.0, 40.0, 61.0])
    assert perturb.changed_row(HALF, row)["question"] == "2 ships: what is in [5, 10, 15, 20.5]?"
    third = perturb.changed_row(perturb.parse_spec("gsd:factor=3"), row)
    assert third["question"] == "2 ships: what is in [3.333, 6.667, 10, 13.667]?"


def test_numbers_that_are_no_box_of_the_row_stay() -> None:
    row = {**ROWS["identification"], "question": "Of 1, 2, 3, 4 ships in 2019, which is {<11><10><30><30>}?"}
    assert perturb.changed_row(HALF, row)["question"] == row["question"]


def test_odd_sides_keep_their_last_pixel() -> None:
    row = {**ROWS["referring"], "width": 201, "height": 99}
    seen = perturb.changed_row(perturb.parse_spec("speckle+gsd:factor=2+gsd:factor=2"), row)
    assert (seen["width"], seen["height"]) == (51, 25)
    assert perturb.changed_size(perturb.parse_spec("gsd+gsd"), (201, 99)) == (51, 25)


def test_boxes_of_earlier_turns_are_divided_too() -> None:
    said = [
        ("human", "What is in [10.0, 20.0, 30.0, 41.0] of [2019, 2020, 2021, 2022]?"),
        ("gpt", "Ships { <10><11> , <30><40>}, 4 of them: 1, 2, 3, 4."),
        ("human", "And in [5, 6, 7]?"),
        ("gpt", 3),
    ]
    other = {"image": [10, 20, 30, 40], "conversations": [{"from": who, "value": text} for who, text in said]}
    row = {**ROWS["counting"], "turn": 1, "record": json.dumps(other)}
    seen = perturb.changed_row(HALF, row)
    told = json.loads(seen["record"])
    assert [turn["value"] for turn in told["conversations"]] == [
        "What is in [5, 10, 15, 20.5] of [2019, 2020, 2021, 2022]?",
        "Ships { <5><5.5> , <15><20>}, 4 of them: 1, 2, 3, 4.",
        "And in [5, 6, 7]?",
        3,
    ]
    assert told["image"] == other["image"]
    assert json.loads(row["record"]) == other


@pytest.mark.parametrize("record", ["", "{broken", "[1]", '{"conversations": 7}', '{"messages": ["x", {"role": 1}]}'])
def test_records_without_a_dialogue_stay(record: str) -> None:
    row = {**ROWS["counting"], "turn": 1, "record": record}
    seen = perturb.changed_row(HALF, row)["record"]
    assert seen == record


def test_rows_of_no_dialogue_keep_their_record() -> None:
    row = {**ROWS["counting"], "turn": None, "record": '{"messages": [{"content": "{<10><10><30><30>}"}]}'}
    assert perturb.changed_row(HALF, row)["record"] == row["record"]


@pytest.mark.parametrize("missing", [{"width": None, "height": None}, {"width": 0, "height": 0}])
def test_rows_without_a_size_stay(missing: dict[str, int | None]) -> None:
    row = {**ROWS["caption"], **missing}
    assert perturb.changed_row(HALF, row) is row


def test_captions_have_nothing_to_divide() -> None:
    seen = perturb.changed_row(HALF, ROWS["caption"])
    assert seen["question"] is None
    assert seen["answers"] == ROWS["caption"]["answers"]
