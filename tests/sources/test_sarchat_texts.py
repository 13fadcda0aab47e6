"""The authors' literal texts, and answers that are not quite like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.schema import Box
from sarbench.sources.sarchat.texts import read, task_of

OPTIONS = "Based on these category options (aircraft, bridge, car, harbor, ship, tank), what's visible in this scene?"
COUNT = "[count] Count the ship in this satellite image."
COUNTED = "There are 4 instances. {<294><358><329><427>}{<61><448><122><503>}{<27><199><78><261>}{<193><157><245><306>}"


@pytest.mark.parametrize(
    ("question", "answer", "task", "origin"),
    [
        (OPTIONS, "It is aircraft", "classification", "rule"),
        ("What can be seen?", "It is ship.", "classification", "rule"),
        (
            "What do you observe in this satellite imagery?",
            "A small ship is visible in the bottom left portion",
            "description",
            "rule",
        ),
        ("What do you observe?", "A small ship, top left", "description", "rule"),
        (
            "What do you observe?",
            "In this satellite image, we can observe the following: " + "x " * 20,
            "description",
            "rule",
        ),
        (COUNT, COUNTED, "counting", "prefix"),
        ("  [Grounding]What objects can you identify?", "…", "grounding", "prefix"),
        (
            "[identify] What can you identify within these coordinates: {<294><358><329><427>}?",
            "…",
            "identification",
            "prefix",
        ),
        ("[refer] I need to find 3 aircraft, can you help?", "…", "referring", "prefix"),
        ("[other] What is this?", "It is ship", "classification", "rule"),
    ],
)
def test_task_of(question: str, answer: str, task: str, origin: str) -> None:
    assert task_of(question, answer)[:2] == (task, origin)


def test_the_prefix_is_given_as_the_authors_write_it() -> None:
    assert task_of("[Refer] Locate 1 aircraft.", "")[2] == "refer"
    assert task_of("What is it?", "It is ship.")[2] is None


def test_choices_are_those_in_the_question() -> None:
    assert read("classification", OPTIONS, "It is ship").choices == (
        "aircraft",
        "bridge",
        "car",
        "harbor",
        "ship",
        "tank",
    )
    assert read("classification", "What (if anything, really) is it?", "It is ship").choices == ()


def test_counting() -> None:
    reading = read("counting", COUNT, COUNTED)
    assert reading.count == 4
    assert [box.label for box in reading.boxes] == ["ship"] * 4
    assert reading.boxes[1].xyxy == (61, 448, 122, 503)
    assert reading.flags == ()


@pytest.mark.parametrize(
    ("answer", "count", "boxes", "flags"),
    [
        ("There are 3 instances. {<1><2><3><4>}", 3, 1, ("count_mismatch",)),
        ("{<1><2><3><4>} {<5><6><7><8>}", 2, 2, ("count_from_boxes",)),
        ("There are 2 instances.", 2, 0, ()),
        ("There are many.", None, 0, ()),
        ("There are 2 instances. {<1><2><3><4>}{<5><6>", 2, 1, ("box_unreadable", "count_mismatch")),
        ("There is 1 instance. {<5><2><5><4>}", 1, 0, ("box_dropped", "count_mismatch")),
    ],
)
def test_counting_answers_that_disagree(answer: str, count: int | None, boxes: int, flags: tuple[str, ...]) -> None:
    reading = read("counting", COUNT, answer)
    assert (reading.count, len(reading.boxes), reading.flags) == (count, boxes, flags)


def test_grounding_labels_and_positions() -> None:
    answer = (
        "In this SAR image, I can identify several objects and their locations: There are 2 ships: one in the bottom "
        "center portion {<1><2><3><4>}, one in the Top  Left portion\n{<5><6><7><8>}. There is 1 aircraft: next to the "
        "ships, {<9><9><12><12>}"
    )
    assert read("grounding", "[grounding] …", answer).boxes == (
        Box("ship", (1, 2, 3, 4), "bottom center"),
        Box("ship", (5, 6, 7, 8), "top left"),
        Box("ship", (9, 9, 12, 12), None),
    )


def test_referring_takes_the_class_from_the_question() -> None:
    reading = read("referring", "[refer] Identify 2 harbour.", "{<1><2><3><4>} (middle center)\n{<5><6><7><8>}")
    assert reading.boxes == (Box("harbor", (1, 2, 3, 4), "middle center"), Box("harbor", (5, 6, 7, 8), None))
    assert read("referring", "[refer] Find 1 ship.", "There is none.").flags == ("box_unreadable",)


def test_identification_takes_the_box_of_the_question() -> None:
    question = "[identify] What can you identify within these coordinates: {<294><358><329><427>}?"
    reading = read("identification", question, "Examining the bottom center area reveals a very small ship.")
    assert reading.region == (294, 358, 329, 427)
    assert reading.boxes == ()
    assert read("identification", "[identify] What is it?", "A ship.").flags == ("box_unreadable",)


@given(
    st.sampled_from(["classification", "description", "counting", "grounding", "identification", "referring"]),
    st.text(),
    st.text(),
)
def test_no_text_raises(task: str, question: str, answer: str) -> None:
    read(task, question, answer)
    task_of(question, answer)
