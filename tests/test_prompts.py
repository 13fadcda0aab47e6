import os
from pathlib import Path

import pytest

from sarbench.errors import UnknownNameError
from sarbench.prompts import render, to_messages

GOLDEN = Path(__file__).parent / "golden" / "prompts.txt"

SIZE = {"width": 512, "height": 256, "answers": ["yes"], "image": None}
ROWS = [
    {"task": "classification", "subtask": "classify", "question": "Which of (aircraft, ship) is visible?"},
    {"task": "caption", "subtask": "describe", "question": "What do you observe in this satellite imagery?"},
    {"task": "counting", "subtask": "count", "question": "[count] Count the ship in this satellite image."},
    {"task": "grounding", "subtask": "grounding_multi", "question": "[grounding] What is where?"},
    {"task": "region", "subtask": "identify_single", "question": "[identify] What is at {<128><64><256><128>}?"},
    {"task": "referring", "subtask": "refer_single", "question": "[refer] Locate 1 aircraft."},
]
CONVENTIONS = ("pixel", "norm1", "norm1000", "norm1000_yx")


def every_prompt() -> str:
    parts = []
    for row in ROWS:
        for convention in CONVENTIONS:
            prompt = render({**SIZE, **row}, convention=convention)
            parts.append(f"## {row['subtask']} {convention} {prompt.id} {prompt.version}\n{prompt.text}\n")
        authors = render({**SIZE, **row}, prompt="authors")
        parts.append(f"## {row['subtask']} {authors.id} {authors.version}\n{authors.text}\n")
    return "\n".join(parts)


def test_prompts_are_what_they_were() -> None:
    if os.environ.get("SARBENCH_REFRESH_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(every_prompt())
    assert every_prompt() == GOLDEN.read_text(), (
        "changed on purpose? raise PROMPT_VERSION, set SARBENCH_REFRESH_GOLDEN=1"
    )


def test_box_in_the_question_follows_the_convention() -> None:
    row = {**SIZE, **ROWS[4]}
    assert "What is at [250, 250, 500, 500]?" in render(row, convention="norm1000").text
    assert "{<128><64><256><128>}" in render(row, prompt="authors", convention="norm1000").text


def test_changed_wording_changes_the_hash() -> None:
    first, second = (render({**SIZE, **ROWS[2], "question": text}) for text in ("Count.", "Count!"))
    assert first.sha256 != second.sha256


@pytest.mark.parametrize("options", [{"prompt": "unheard"}, {"convention": "unheard"}])
def test_unknown_prompt_or_convention(options: dict[str, str]) -> None:
    with pytest.raises(UnknownNameError):
        render({**SIZE, **ROWS[3]}, **options)


def test_row_without_a_prompt_says_so() -> None:
    with pytest.raises(UnknownNameError, match="asks nothing that a text could answer"):
        render({**SIZE, "task": "retrieval", "subtask": None, "question": None})


def test_messages_end_with_the_answer() -> None:
    row = {**SIZE, "task": "attribute", "subtask": "Terrain", "question": "What terrain?", "answers": ["Hills"]}
    assert to_messages(row) == [
        {"role": "user", "content": [{"type": "text", "text": "What terrain?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Hills"}]},
    ]
    with_image = to_messages({**row, "image": b"png", "answers": []})
    assert [part["type"] for part in with_image[0]["content"]] == ["image", "text"]
    assert len(with_image) == 1


def test_the_answer_follows_the_prompt() -> None:
    box = {"label": "ship", "xyxy": [128.0, 64.0, 256.0, 128.0], "position": None}
    row = {**SIZE, **ROWS[5], "answers": ["{<128><64><256><128>} (top left)"], "boxes": [box]}

    def answer(**options: str) -> str:
        return to_messages(row, **options)[1]["content"][0]["text"]

    assert answer() == "{<128><64><256><128>} (top left)"
    assert answer(prompt="sarbench", convention="norm1000") == "[250, 250, 500, 500]"
    row = {**row, "task": "grounding", "subtask": "grounding"}
    assert answer(prompt="sarbench", convention="norm1000_yx") == "ship [250, 250, 500, 500]"
    row = {**SIZE, **ROWS[2], "answers": ["There are 4 instances."], "count": 4}
    assert answer(prompt="sarbench") == "4"


def test_a_row_that_asks_nothing_is_no_message() -> None:
    with pytest.raises(UnknownNameError, match="no question"):
        to_messages({**SIZE, "id": "x", "task": "grounding", "subtask": None, "question": None})
