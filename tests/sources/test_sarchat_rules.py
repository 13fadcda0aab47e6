"""The rebuilt tasks: each rule on its edges, and every answer readable in the authors' form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench import prompts
from sarbench.schema import Box
from sarbench.sources._classes import CLASSES
from sarbench.sources.sarchat.boxtext import find_boxes, write_box
from sarbench.sources.sarchat.rules import position, rebuild, size_word
from sarbench.sources.sarchat.texts import prefix_of, read, task_of

SIZE = (512, 512)
TASKS = ("classification", "description", "counting", "grounding", "identification", "referring")
EDGE = st.integers(0, 511)
BOXES = st.builds(
    lambda label, x, y, w, h: Box(label, (float(x), float(y), float(min(x + w, 512)), float(min(y + h, 512)))),
    st.sampled_from(CLASSES),
    EDGE,
    EDGE,
    st.integers(1, 512),
    st.integers(1, 512),
)
SCENES = st.lists(BOXES, min_size=1, max_size=8, unique_by=lambda box: (box.label, box.xyxy))


@pytest.mark.parametrize(
    ("centre", "word"),
    [
        ((0, 0), "top left"),
        ((170, 170), "top left"),
        ((171, 170), "top center"),
        ((256, 256), "middle center"),
        ((342, 100), "top right"),
        ((10, 342), "bottom left"),
        ((511, 511), "bottom right"),
        ((600, -20), "top right"),
    ],
)
def test_position_is_the_third_in_which_the_centre_lies(centre: tuple[int, int], word: str) -> None:
    x, y = centre
    assert position((x - 1, y - 1, x + 1, y + 1), SIZE) == word


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.4, "very large"),
        (0.39, "large"),
        (0.25, "large"),
        (0.24, "medium"),
        (0.1, "medium"),
        (0.09, "small"),
        (0.03, "small"),
        (0.02, "very small"),
    ],
)
def test_size_word_changes_at_the_limits(share: float, word: str) -> None:
    assert size_word((0, 0, 100, share * 100), (100, 100)) == word


def test_texts_of_one_scene() -> None:
    boxes = [Box("ship", (393, 426, 470, 494)), Box("harbor", (0, 0, 300, 300)), Box("ship", (10, 200, 40, 250))]
    made = {task: list(rebuild(task, "0000123", SIZE, boxes)) for task in TASKS}
    assert made["classification"][0].answer == "It is harbor, ship"
    assert made["classification"][0].choices == CLASSES
    assert made["description"][0].answer == (
        "In this satellite image, we can observe the following: "
        "A large harbor is visible in the top left portion of the image "
        "A very small ship is visible in the bottom right portion of the image"
    )
    assert [(each.answer, each.count) for each in made["counting"]] == [
        ("There is 1 instance. {<0><0><300><300>}", 1),
        ("There are 2 instances. {<10><200><40><250>}{<393><426><470><494>}", 2),
    ]
    assert made["grounding"][0].answer == (
        "In this SAR image, I can identify several objects and their locations: "
        "There is 1 harbor: one in the top left portion {<0><0><300><300>}. "
        "There are 2 ships: one in the middle left portion {<10><200><40><250>}, "
        "one in the bottom right portion {<393><426><470><494>}."
    )
    assert [(each.answer, each.about, each.subtask) for each in made["identification"]] == [
        ("Examining the top left area reveals a large harbor.", 1, "identify_multi"),
        ("Examining the middle left area reveals a very small ship.", 2, "identify_multi"),
        ("Examining the bottom right area reveals a very small ship.", 0, "identify_multi"),
    ]
    assert [(each.answer, each.subtask) for each in made["referring"]] == [
        ("{<0><0><300><300>} (top left)", "refer_single"),
        ("{<10><200><40><250>} (middle left){<393><426><470><494>} (bottom right)", "refer_multi"),
    ]
    assert "2 ship" in made["referring"][1].question


@given(SCENES)
def test_every_answer_is_read_back(boxes: list[Box]) -> None:
    for task in TASKS:
        for made in rebuild(task, "0000001", SIZE, boxes):
            reading = read(task, made.question, made.answer)
            assert reading.flags == ()
            assert reading.boxes == made.boxes or task == "counting"
            assert [box.xyxy for box in reading.boxes] == [box.xyxy for box in made.boxes]
            assert reading.count == made.count
            assert (reading.region or ()) == made.region
            assert reading.choices == made.choices
            assert task_of(made.question, made.answer)[0] == task


@given(SCENES)
def test_nothing_is_lost_or_invented(boxes: list[Box]) -> None:
    asked = {task: list(rebuild(task, "1", SIZE, boxes)) for task in TASKS}
    labels = sorted({str(box.label) for box in boxes})
    frames = sorted((box.label, box.xyxy) for box in boxes)
    assert asked["classification"][0].answer == f"It is {', '.join(labels)}"
    assert sum(made.count or 0 for made in asked["counting"]) == len(boxes)
    for task in ("counting", "grounding", "referring"):
        assert sorted((box.label, box.xyxy) for made in asked[task] for box in made.boxes) == frames
    assert sorted((boxes[made.about or 0].label, made.region) for made in asked["identification"]) == frames


@given(SCENES, st.randoms())
def test_texts_do_not_hang_on_the_order_of_boxes(boxes: list[Box], random) -> None:
    shuffled = random.sample(boxes, len(boxes))
    for task in TASKS:
        one, other = ([(m.question, m.answer) for m in rebuild(task, "1", SIZE, given)] for given in (boxes, shuffled))
        assert one == other


def test_every_wording_is_used_and_keeps_its_prefix() -> None:
    boxes = [Box("ship", (393, 426, 470, 494))]
    for task in TASKS:
        questions = {made.question for n in range(60) for made in rebuild(task, f"{n:07d}", SIZE, boxes)}
        assert len(questions) == 4
        without = ("classification", "description")
        assert {prefix_of(question) for question in questions} == {None if task in without else task}


@pytest.mark.parametrize(
    ("size", "xyxy", "rows"),
    [
        ((224, 224), (0, 0, 100, 100), 1),
        ((223, 300), (0, 0, 100, 100), 0),
        ((300, 223), (0, 0, 100, 100), 0),
        ((300, 300), (0, 0, 30, 30), 1),
        ((300, 300), (0, 0, 30, 29), 0),
        ((300, 300), (0, 0, 200, 20), 1),
        ((300, 300), (0, 0, 201, 20), 0),
    ],
)
def test_description_leaves_out_what_is_too_small_or_too_long(size, xyxy, rows: int) -> None:
    assert len(list(rebuild("description", "1", size, [Box("ship", xyxy)]))) == rows


@pytest.mark.parametrize("task", TASKS)
def test_image_without_targets_gives_no_question(task: str) -> None:
    assert list(rebuild(task, "1", SIZE, [])) == []


def test_texts_cut_boxes_to_the_image_while_columns_keep_them() -> None:
    box = Box("ship", (-10.25, 5.5, 20.75, 30.5))
    made = next(rebuild("counting", "1", SIZE, [box]))
    assert made.boxes == (box,)
    assert [found.xyxy for found in find_boxes(made.answer)] == [(0, 6, 21, 30)]


def test_prompts_rewrite_the_box_of_a_rebuilt_question() -> None:
    made = next(rebuild("identification", "1", SIZE, [Box("ship", (100, 200, 300, 400))]))
    row = {"task": "region", "subtask": made.subtask, "question": made.question, "width": 512, "height": 512}
    text = prompts.render(row).text
    assert "[identify]" not in text
    assert write_box((100, 200, 300, 400), SIZE) not in text
