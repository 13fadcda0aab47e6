import json
import os
from pathlib import Path

import pytest

from sarbench.errors import UnknownNameError
from sarbench.prompts import HISTORIES, PARAPHRASES, PROMPT_IDS, render, to_messages
from sarbench.questions.family import FAMILIES, family

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
SARLANG = {"dataset": "sarlang-1m", "subtask": None, "choices": [], "region": []}
AREA = "What is the category visible in the area [128.0, 64.0, 128.0, 64.0]?"
MORE_ROWS = [
    {**SARLANG, "config": "vqa1", "task": "presence", "question": "Are there any ships in the image?"},
    {**SARLANG, "config": "vqa1", "task": "classification", "question": "What object is shown?"},
    {**SARLANG, "config": "vqa1", "task": "position", "question": "Where are most harbors positioned?"},
    {**SARLANG, "config": "vqa1", "task": "region", "region": [128.0, 64.0, 256.0, 128.0], "question": AREA},
    {**SARLANG, "config": "vqa2", "task": "position", "question": "Where is the orchard located?"},
    {**SARLANG, "config": "vqa2", "task": "region", "region": [128.0, 64.0, 256.0, 128.0], "question": AREA},
    {**SARLANG, "config": "vqa2", "task": "region", "question": "What is in the area [1, 2]?"},
    {**SARLANG, "config": "vqa2", "task": "attribute", "question": "What shape are the swimming pools?"},
    {**SARLANG, "config": "caption-concise", "task": "caption", "question": None},
    {**SARLANG, "config": "caption-complex", "task": "caption", "question": None},
    {"dataset": "sar-text", "config": "caption", "task": "caption", "subtask": None, "question": None},
    {"dataset": "fusar-geovl", "config": "caption", "task": "caption", "subtask": None, "question": None},
    {"dataset": "fusar-geovl", "config": "fields", "task": "attribute", "subtask": "Terrain", "question": "Terrain?"},
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
    for row in (*ROWS, *MORE_ROWS):
        for prompt in PROMPT_IDS if row in MORE_ROWS else PARAPHRASES[1:]:
            text = render({**SIZE, **row}, prompt=prompt, convention="norm1000").text
            place = f"{row.get('dataset', 'sarchat-2m')} {row.get('config', '-')} {row['task']} {row['subtask']}"
            parts.append(f"## {place} {prompt}\n{text}\n")
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
    with pytest.raises(UnknownNameError, match="changes nothing"):
        to_messages({**SIZE, "id": "x", "task": "grounding", "subtask": None, "question": "Where?"}, convention="norm1")


def test_every_kind_of_question_has_an_example_here() -> None:
    assert {family(row) for row in (*ROWS, *MORE_ROWS)} == set(FAMILIES)


@pytest.mark.parametrize("convention", [*CONVENTIONS, "pixel_resized(28,200704,1605632)", "norm1_padded_xywh"])
def test_paraphrases_differ_in_words_and_not_in_what_they_show(convention: str) -> None:
    for row in (*ROWS, *MORE_ROWS):
        texts = [render({**SIZE, **row}, prompt=prompt, convention=convention).text for prompt in PARAPHRASES]
        assert len(set(texts)) == len(PARAPHRASES)
        assert {render({**SIZE, **row}, convention=convention).text} == {texts[0]}
        for sign in ("[", "left", "comma", "%", "harbor"):
            assert len({sign in text for text in texts}) == 1, (sign, texts)


def test_sarlang_box_follows_the_convention_under_our_prompts_alone() -> None:
    row = {**SIZE, **MORE_ROWS[3]}
    for prompt in PARAPHRASES:
        text = render(row, prompt=prompt, convention="norm1000").text
        assert "in the area [250, 250, 500, 500]?" in text
        assert "from 0 to 1000" in text
    assert AREA in render(row, prompt="authors", convention="norm1000").text


def test_a_list_that_is_not_the_rows_box_stays() -> None:
    for region in ([], [1.0, 2.0, 3.0, 4.0]):
        row = {**SIZE, **MORE_ROWS[3], "region": region}
        assert "[128.0, 64.0, 128.0, 64.0]" in render(row, convention="norm1000").text


def test_authors_prepend_the_lists_that_sarlangs_readme_names() -> None:
    def asked(row: dict[str, object]) -> str:
        return render({**SIZE, **row}, prompt="authors").text

    classes = "The classes are: tank, car, aircraft, harbor, bridge, ship. "
    assert asked(MORE_ROWS[0]) == "Are there any ships in the image?"
    assert asked(MORE_ROWS[1]) == classes + "What object is shown?"
    assert asked(MORE_ROWS[2]).startswith("The classes are: top, center, bottom, left, right. Where")
    assert asked(MORE_ROWS[3]) == classes + AREA
    assert asked(MORE_ROWS[4]) == "Where is the orchard located?"
    assert asked({**MORE_ROWS[1], "choices": ["ship", "car"]}) == "What object is shown?"
    assert asked(MORE_ROWS[8]) == "Describe the content of this image in one sentence."


def test_gold_history_tells_the_turns_before() -> None:
    said = [("human", "<image>\nWhat is it?"), ("gpt", "A port."), ("human", "Any ship?"), ("gpt", "Yes.")]
    record = json.dumps({"conversations": [{"from": who, "value": text} for who, text in said]})
    row = {**SIZE, "task": "presence", "subtask": None, "question": "Any ship?", "turn": 1, "record": record}
    alone = render(row).text
    assert alone == "Any ship?\nAnswer with yes or no."
    for prompt in PROMPT_IDS:
        text = render(row, prompt=prompt, history="gold").text
        assert "Question: What is it?\nAnswer: A port." in text
        assert text.endswith(render(row, prompt=prompt).text)
        assert "Yes." not in text
    assert render({**row, "turn": 0}, history="gold").text == alone
    assert render({**row, "record": "{broken"}, history="gold").text == alone
    assert HISTORIES == ("none", "gold")
    with pytest.raises(UnknownNameError, match="history 'silver'"):
        render(row, history="silver")


@pytest.mark.parametrize(
    ("dataset", "told"),
    [
        ("sarchat-2m", "Question: What is in [10, 20, 30, 40]?\nAnswer: A ship, [50, 120, 155, 400]."),
        # The braces are not SARLANG-1M's, but cannot mean anything else.
        ("sarlang-1m", "Question: What is in [50, 200, 200, 600]?\nAnswer: A ship, [50, 120, 155, 400]."),
    ],
)
def test_gold_history_is_spelled_as_the_question_is(dataset: str, told: str) -> None:
    answer = "A ship, {<10><12><31><40>}."
    said = [("human", "[refer] What is in [10, 20, 30, 40]?"), ("gpt", answer), ("human", "Any ship?"), ("gpt", "Yes.")]
    record = json.dumps({"conversations": [{"from": who, "value": text} for who, text in said]})
    row = {
        "task": "presence",
        "subtask": None,
        "question": "Any ship?",
        "turn": 1,
        "record": record,
        "dataset": dataset,
    }
    row |= {"width": 200, "height": 100}
    assert told in render(row, convention="norm1000", history="gold").text
    authors = render(row, prompt="authors", convention="norm1000", history="gold").text
    assert f"Question: [refer] What is in [10, 20, 30, 40]?\nAnswer: {answer}" in authors


@pytest.mark.parametrize(
    ("task", "said", "wanted"),
    [
        ("presence", "Yes, there are several ships near the pier.", "yes"),
        ("presence", "There is no bridge.", "no"),
        ("presence", "It cannot be told.", "It cannot be told"),
        ("position", "It is in the lower left corner of the image.", "bottom left"),
        ("position", "Beside the pier.", "Beside the pier"),
        ("region", "It is a ship.", "ship"),
        ("classification", "It is an aircraft.", "aircraft"),
        ("classification", "Coast.", "Coast"),
        ("attribute", "Rectangular.", "Rectangular"),
        ("reasoning", "It is a port. Ships moor there.", "It is a port. Ships moor there."),
        ("counting", "There are several ships.", "There are several ships."),
    ],
)
def test_short_answers_take_the_form_that_is_asked_for(task: str, said: str, wanted: str) -> None:
    row = {**SIZE, "dataset": "sar-text", "config": "vqa", "task": task, "subtask": None, "question": "…?"}
    row |= {"choices": [], "region": [], "boxes": [], "count": None, "answers": [said]}
    assert to_messages(row, prompt="sarbench")[1]["content"][0]["text"] == wanted
    assert to_messages(row)[1]["content"][0]["text"] == said


def test_several_classes_are_separated_by_commas() -> None:
    row = {**SIZE, **ROWS[0], "choices": ["aircraft", "ship"], "answers": ["It is an aircraft and a ship."]}
    assert to_messages(row, prompt="sarbench")[1]["content"][0]["text"] == "aircraft, ship"


def test_answers_in_form_are_right_by_their_own_rules() -> None:
    from sarbench.questions.score import score_answer, target_of

    for task, said in (("presence", "Yes, two."), ("position", "On the left side."), ("region", "It is a ship.")):
        row = {**SIZE, "task": task, "subtask": None, "question": "…?", "choices": [], "region": [], "answers": [said]}
        text = to_messages(row, prompt="sarbench")[1]["content"][0]["text"]
        assert score_answer(task, target_of(row), text, coords="pixel", size=(512, 256)).scores["exact"] == 1, text
