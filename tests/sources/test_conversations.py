import json

import msgspec
import pytest

from sarbench.sources.reading.conversations import Conversation, Turn, read_conversation

TURN = Turn("[count] Count the ship.", "There are 2 instances.")


def read(record: object) -> Conversation:
    return read_conversation(msgspec.Raw(json.dumps(record).encode()))


@pytest.mark.parametrize("placeholder", ["<image>\n", "<image>", "", "<image> ", "\n<image>\n"])
@pytest.mark.parametrize("images", [["a/1.png"], "a/1.png", [{"path": "a/1.png", "bytes": None}]])
def test_three_spellings_mean_the_same(placeholder: str, images: object) -> None:
    question = placeholder + TURN.question
    expected = Conversation(("a/1.png",), (TURN,))
    said = [("user", question), ("assistant", TURN.answer)]
    messages = [{"role": role, "content": text} for role, text in said]
    assert read({"messages": messages, "images": images}) == expected
    spoken = [{"from": {"user": "human"}.get(role, "gpt"), "value": text} for role, text in said]
    assert read({"conversations": spoken, "images": images}) == expected
    assert read({"query": question, "response": TURN.answer, "images": images}) == expected


def test_single_image_key_and_content_parts() -> None:
    parts = [{"type": "image"}, {"type": "text", "text": TURN.question}]
    messages = [{"role": "user", "content": parts}, {"role": "assistant", "content": [{"text": TURN.answer}]}]
    assert read({"messages": messages, "image": "1.png"}) == Conversation(("1.png",), (TURN,))


def test_several_turns_system_texts_and_history() -> None:
    messages = [
        {"role": "system", "content": "You see radar images."},
        {"role": "user", "content": "<image>\nFirst?"},
        {"role": "assistant", "content": "One."},
        {"role": "user", "content": "Second?"},
        {"role": "assistant", "content": "Two."},
        {"role": "user", "content": "Never answered?"},
    ]
    turns = (Turn("First?", "One."), Turn("Second?", "Two."))
    assert read({"messages": messages, "images": []}) == Conversation((), turns)
    record = {"query": "Second?", "response": "Two.", "history": [["<image>First?", "One."]]}
    assert read(record).turns == turns


def test_an_answer_belongs_to_the_question_right_before_it() -> None:
    said = [("user", "Lost?"), ("user", "First?"), ("assistant", "One."), ("assistant", "And more.")]
    messages = [{"role": role, "content": text} for role, text in said]
    assert read({"messages": messages}).turns == (Turn("First?", "One."),)


@pytest.mark.parametrize(
    "record",
    [
        {},
        [],
        7,
        {"messages": []},
        {"messages": "text"},
        {"messages": [{"role": "user", "content": "alone?"}]},
        {"messages": [{"content": "no role"}]},
        {"conversations": [{"from": "gpt", "value": "no question"}]},
        {"query": 5, "response": "x"},
    ],
)
def test_what_is_no_conversation_is_a_value_error(record: object) -> None:
    with pytest.raises(ValueError, match=r"not a conversation|no question with an answer"):
        read(record)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"messages": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"messages": [{"role": "user", "content": ' + b"[" * 5_000 + b"]" * 5_000 + b"}]}",
        b'{"query": "x\xff", "response": "y"}',
        b'{"query": "\\ud800", "response": "y"}',
        b"",
        b"{",
    ],
)
def test_damaged_records_are_value_errors(raw: bytes) -> None:
    with pytest.raises(ValueError, match="not a conversation: "):
        read_conversation(msgspec.Raw(raw))


def test_roles_in_any_case_and_image_objects_without_path() -> None:
    messages = [{"role": " User", "content": "First?"}, {"role": "GPT", "content": "One."}]
    read_one = read({"messages": messages, "images": [{"bytes": None}, {"path": "a.png"}, " "]})
    assert read_one == Conversation(("a.png",), (Turn("First?", "One."),))
