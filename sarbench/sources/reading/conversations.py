"""Conversations about an image in their three spellings: `messages`, `conversations`, `query`/`response`.

The spellings are those of ms-swift and LLaMA-Factory: `messages` with role and content, `conversations` with from and
value, `query` and `response` with an optional `history` of earlier pairs.
"""

from typing import Any, NamedTuple

import msgspec

_ASKS = {"user": True, "human": True, "assistant": False, "gpt": False, "model": False, "bot": False}
KEYS = ("messages", "conversations", "query")
"""A record has one of these keys."""

_PLACEHOLDER = "<image>"


class Turn(NamedTuple):
    """One question and its answer, without the placeholder of the image and blanks around them."""

    question: str
    answer: str


class Conversation(NamedTuple):
    """The images and turns of one record."""

    images: tuple[str, ...]
    turns: tuple[Turn, ...]


class _Message(msgspec.Struct):
    content: Any
    role: str


class _Said(msgspec.Struct):
    content: Any = msgspec.field(name="value")
    role: str = msgspec.field(name="from")


class _Record(msgspec.Struct):
    messages: list[_Message] | None = None
    conversations: list[_Said] | None = None
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
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        msg = f"not a conversation: {error}"
        raise ValueError(msg) from error
    turns = _turns(record)
    if not turns:
        msg = "no question with an answer"
        raise ValueError(msg)
    return Conversation(_images(record), turns)


def _turns(record: _Record) -> tuple[Turn, ...]:
    """Pair every question with the answer right behind it; system texts and tools are left out."""
    turns = []
    question: str | None = None
    for message in record.messages or record.conversations or _asked(record):
        asks = _ASKS.get(message.role)
        if asks is None:
            asks = _ASKS.get(message.role.strip().casefold())
        content = message.content
        if asks:
            question = content if isinstance(content, str) else _text(content)
        elif question is not None and asks is not None:
            answer = content if isinstance(content, str) else _text(content)
            turns.append(Turn(question.replace(_PLACEHOLDER, "").strip(), answer.strip()))
            question = None
    return tuple(turns)


def _asked(record: _Record) -> list[_Message]:
    """Return query, response and the pairs before them as messages."""
    if record.query is None:
        return []
    pairs = [*(record.history or ()), (record.query, record.response or "")]
    return [_Message(text, role) for pair in pairs for role, text in zip(("user", "assistant"), pair, strict=True)]


def _text(content: object) -> str:
    """Return the text parts of a message, one after the other."""
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict) and part.get("text"))


def _images(record: _Record) -> tuple[str, ...]:
    """Return image names: strings, or objects with a `path`."""
    given = record.images if record.images is not None else record.image
    if type(given) is list and len(given) == 1 and type(given[0]) is str and given[0].strip():
        return (given[0],)
    entries = given if isinstance(given, list) else [given]
    names = [entry.get("path") if isinstance(entry, dict) else entry for entry in entries]
    return tuple(name for name in names if isinstance(name, str) and name.strip())
