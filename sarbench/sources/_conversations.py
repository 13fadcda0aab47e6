"""Conversations about an image in their three spellings: `messages`, `conversations`, `query`/`response`.

The spellings are those of ms-swift and LLaMA-Factory: `messages` with role and content, `conversations` with from and
value, `query` and `response` with an optional `history` of earlier pairs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

_ASKING = frozenset({"user", "human"})
_ANSWERING = frozenset({"assistant", "gpt", "model", "bot"})
_PLACEHOLDER = "<image>"


@dataclass(frozen=True)
class Turn:
    """One question and its answer, without the placeholder of the image and blanks around them."""

    question: str
    answer: str


@dataclass(frozen=True)
class Conversation:
    """The images and turns of one record."""

    images: tuple[str, ...]
    turns: tuple[Turn, ...]


class _Message(msgspec.Struct):
    content: Any
    role: str


class _Value(msgspec.Struct):
    value: Any
    role: str = msgspec.field(name="from")


class _Record(msgspec.Struct):
    messages: list[_Message] | None = None
    conversations: list[_Value] | None = None
    query: str | None = None
    response: str | None = None
    history: list[tuple[str, str]] | None = None
    images: Any = None
    image: Any = None


_DECODER = msgspec.json.Decoder(_Record)


def read_conversation(raw: msgspec.Raw) -> Conversation:
    r"""Read one record.

    Raises:
        ValueError: It is not a conversation; the text says why, without the record's name.

    >>> raw = b'{"conversations": [{"from": "human", "value": "<image>\\nCount."}, {"from": "gpt", "value": "2"}]}'
    >>> read_conversation(msgspec.Raw(raw)).turns
    (Turn(question='Count.', answer='2'),)
    """
    try:
        record = _DECODER.decode(raw)
    except msgspec.DecodeError as error:
        msg = f"not a conversation: {error}"
        raise ValueError(msg) from error
    turns = tuple(_turns(list(_spoken(record))))
    if not turns:
        msg = "no question with an answer"
        raise ValueError(msg)
    return Conversation(images=_images(record), turns=turns)


def _spoken(record: _Record) -> Iterator[tuple[bool, str]]:
    """Yield (is a question, text) in order; system texts and tools are left out."""
    if record.messages or record.conversations:
        for message in record.messages or record.conversations or ():
            content = message.content if isinstance(message, _Message) else message.value
            role = message.role.casefold()
            if role in _ASKING or role in _ANSWERING:
                yield role in _ASKING, _text(content)
    elif record.query is not None:
        for earlier, answer in record.history or ():
            yield True, earlier
            yield False, answer
        yield True, record.query
        yield False, record.response or ""


def _turns(spoken: Sequence[tuple[bool, str]]) -> Iterator[Turn]:
    for (asks, question), (asks_next, answer) in pairwise(spoken):
        if asks and not asks_next:
            yield Turn(question.replace(_PLACEHOLDER, "").strip(), answer.strip())


def _text(content: object) -> str:
    """Return a message's text; a list of parts gives its text parts, one after the other."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict) and part.get("text"))


def _images(record: _Record) -> tuple[str, ...]:
    """Return image names: strings, or objects with a `path`."""
    given = record.images if record.images is not None else record.image
    entries = given if isinstance(given, list) else [given]
    names = [entry.get("path") if isinstance(entry, dict) else entry for entry in entries]
    return tuple(name for name in names if isinstance(name, str) and name.strip())
