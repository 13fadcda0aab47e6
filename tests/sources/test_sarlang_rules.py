"""Kind of question, boxes, numbers and closed lists in SARLANG-1M's texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.schema import TASKS
from sarbench.sources.sarlang.rules import choices_of, find_boxes, read_question

# Literal questions of Overview.png in the authors' repository, and the kinds it gives them.
LITERAL = [
    ("Are there any surrounding trees?", "Yes.", "presence"),
    ("What type of area is mostly visible?", "Forest/park.", "classification"),
    ("How many harbors are located in the image?", "2.", "counting"),
    ("What is the category visible in the area [56.0, 191.0, 112.0, 122.0]?", "aircraft.", "region"),
    ("What is the object present in the area [88.0, 376.0, 90.0, 99.0]?", "tank.", "region"),
    ("Where are most harbors positioned within the image?", "bottom.", "position"),
    ("How are the buildings arranged?", "Grid pattern.", "attribute"),
    ("Are any buildings under construction?", "No.", "reasoning"),
]


@pytest.mark.parametrize(("question", "answer", "task"), LITERAL)
def test_literal_questions_have_the_authors_kind(question: str, answer: str, task: str) -> None:
    listed = f"The classes are: tank, car, aircraft, harbor, bridge, ship. {question}"
    for asked in (question, listed, f"  {question.upper()}"):
        reading = read_question(asked, answer)
        assert (reading.task, reading.task_origin) == (task, "rule")
        assert (reading.flags, reading.problems) == ((), ())


@pytest.mark.parametrize("question", ["Describe the scene.", "Name it", "", "[1, 2, 3]", "Whereas it is, isn't it?"])
def test_other_questions_are_of_unknown_kind(question: str) -> None:
    reading = read_question(question, "x")
    assert (reading.task, reading.task_origin) == ("vqa", "unknown")
    assert "kind of question not known" in reading.problems


def test_a_box_goes_before_every_other_rule() -> None:
    assert read_question("How many ships are in the area [1, 2, 3, 4]?", "2").task == "region"
    assert read_question("Where is [1, 2, 3, 4]?", "top").task == "region"


def test_boxes_are_x_y_width_height() -> None:
    reading = read_question("What is the object present in the area [88.0, 376.0, 90.0, 99.0]?", "tank.")
    assert reading.region == (88.0, 376.0, 178.0, 475.0)
    assert (reading.flags, reading.problems) == ((), ())


@pytest.mark.parametrize(
    ("question", "flags", "region"),
    [
        ("What is in [1, 2, 0, 4]?", ("box_dropped",), ()),
        ("What is in [1, 2, 3]?", ("box_unreadable",), ()),
        ("What is in [1, 2, 3, 4, 5]?", ("box_unreadable",), ()),
        ("What is in [nan, 2, 3, 4]?", ("box_unreadable",), ()),
        ("What is in [1.0, 2.0, 30.0, ", ("box_unreadable",), ()),
        ("What is in [1, 2, 3, x]?", ("box_unreadable",), ()),
        ("What is in [ship] of the image?", (), ()),
        ("What is in [1. 2. 3. 4.]?", (), (1, 2, 4, 6)),
        ("What is in [1, 2, 3, 4] and [5, 6, 7, 8]?", (), (1, 2, 4, 6)),
    ],
)
def test_doubtful_boxes_are_flagged(question: str, flags: tuple[str, ...], region: tuple[float, ...]) -> None:
    reading = read_question(question, "ship")
    assert reading.flags == flags
    assert reading.region == region
    assert len(reading.problems) == (1 if flags or " and " in question else 0)


FLOATS = st.floats(0, 10_000, width=16).map(lambda number: round(number, 2))
SIDES = st.floats(1, 5_000, width=16).map(lambda number: round(number, 2))


@given(FLOATS, FLOATS, SIDES, SIDES, st.sampled_from(["{}", "What is in {}?", "How many x in {} ?", "[a] {} ]"]))
def test_every_list_of_four_numbers_is_a_region(x: float, y: float, w: float, h: float, around: str) -> None:
    question = around.format([x, y, w, h])
    reading = read_question(question, "ship")
    assert reading.task == "region"
    assert reading.region == pytest.approx((x, y, x + w, y + h), abs=0.01)
    assert find_boxes(question) == (((x, y, w, h),), 0)


@given(st.lists(FLOATS, max_size=7).filter(lambda numbers: len(numbers) != 4))
def test_no_other_number_of_numbers_is_a_region(numbers: list[float]) -> None:
    reading = read_question(f"What is the object in the area {numbers}?", "ship")
    assert reading.task == "classification"
    assert reading.region == ()
    assert reading.flags == (("box_unreadable",) if numbers else ())


@given(st.text(), st.text())
def test_any_text_is_read(question: str, answer: str) -> None:
    reading = read_question(question, answer)
    assert reading.task in TASKS
    assert (reading.task_origin == "unknown") == (reading.task == "vqa")
    assert reading.count is None or reading.task == "counting"


def test_count_is_the_number_of_a_counting_answer() -> None:
    for question in ("How many ships are there?", "What is the total number of ships?"):
        counted = read_question(question, "There are 12 ships.")
        assert (counted.task, counted.count, counted.flags) == ("counting", 12, ())
        vague = read_question(question, "several")
        assert (vague.task, vague.count, vague.flags) == ("vqa", None, ("count_unreadable",))
        assert vague.problems == ("answer to a counting question states no single number",)


def test_closed_lists_become_choices() -> None:
    where = "The classes are: top, center, bottom, left, right. Where is the ship?"
    assert choices_of(where) == ("top", "center", "bottom", "left", "right")
    assert choices_of("Which is it? The classes are: tank, car and ship") == ("tank", "car", "ship")
    assert choices_of("Which classes are there?") == ()
    assert choices_of("The classes are: ship.") == ()
