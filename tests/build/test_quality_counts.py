import pytest

from sarbench.schema import Row
from tests.build.quality_case import boxed, findings, row


def counting(answer: str, count: int | None, *, question: str = "[count] Count the ship.", boxes: int = 0) -> Row:
    edges = [(float(at), 0.0, at + 5.0, 5.0) for at in range(boxes)]
    return boxed(*edges, task="counting", answers=answer, count=count, question=question)


@pytest.mark.parametrize(
    ("answer", "count", "boxes"),
    [
        ("There are 4 instances. {<1><2><3><4>}{<5><6><7><8>}", 4, 0),
        ("There are 2 instances. {<1><2><3><4>}{<5><6><7><8>}", 2, 2),
        ("4.", 4, 0),
        ("Two ships", 2, 2),
        ("Twenty-two ships", 22, 0),
        ("two hundred ships", 200, 0),
        ("No ships", 0, 0),
        ("{<1><2><3><4>}", 1, 1),
        ("many", 9, 0),
    ],
)
def test_counts_that_agree(answer: str, count: int, boxes: int) -> None:
    found = findings([counting(answer, count, boxes=boxes)])
    assert "count-boxes" not in found
    assert "count-answer" not in found


def test_another_count_than_boxes() -> None:
    found = findings([counting("There are 3 instances.", 3, boxes=2), counting("2", 2, boxes=2)])["count-boxes"]
    assert (found.count, found.of, found.examples[0].what) == (1, 2, "count 3, 2 boxes")


@pytest.mark.parametrize("answer", ["There are 4 instances.", "four", "4 of 3"])
def test_another_count_than_the_answer(answer: str) -> None:
    assert findings([counting(answer, 3)])["count-answer"].count == 1


def test_a_count_of_another_task_is_not_read_from_the_answer() -> None:
    assert "count-answer" not in findings([row(task="vqa", answers="12 o'clock", count=3)])


@pytest.mark.parametrize(
    ("question", "boxes", "states"),
    [
        ("[refer] Locate 1 aircraft.", 1, True),
        ("[refer] I need to find 3 aircraft, can you help?", 3, True),
        ("[refer] Locate 13 aircraft.", 3, False),
        ("[refer] Locate all aircraft near [1, 2, 3, 4].", 1, False),
        ("[refer] Locate all aircraft near {<1><2><3><4>}.", 2, False),
    ],
)
def test_a_question_that_states_the_number(question: str, boxes: int, states: bool) -> None:
    edges = [(float(at), 0.0, at + 5.0, 5.0) for at in range(boxes)]
    assert ("count-in-question" in findings([boxed(*edges, question=question)])) == states


def test_the_design_of_sarchat_is_known() -> None:
    asked = boxed((1, 2, 3, 4), question="[refer] Locate 1 ship.", config="referring")
    (known,) = findings([asked], name="sarchat-2m")["count-in-question"].known
    assert "design of the set" in known
    assert not findings([asked], name="fake")["count-in-question"].known
