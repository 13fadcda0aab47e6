"""The earlier turns of a dialogue, as they truly were, told before the question that follows them."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from sarbench.errors import UnknownNameError

History = Literal["none", "gold"]
HISTORIES: tuple[History, ...] = get_args(History)
"""Every turn asked alone, or with the true questions and answers that came before it."""

_ASKERS = ("human", "user")
_ANSWERERS = ("gpt", "assistant", "model", "bot")


def with_history(
    text: str, row: Mapping[str, Any], history: str, *, spelled: Callable[[str], str] = lambda said: said
) -> str:
    """Put the earlier turns of a row's dialogue before a prompt; nothing is changed where there are none.

    Args:
        text: The prompt.
        row: The row that it asks.
        history: `gold` or `none`.
        spelled: Spells what was said as the prompt spells its question.

    Raises:
        UnknownNameError: There is no such history.
    """
    if history not in HISTORIES:
        raise UnknownNameError(
            where=f"history {history!r}", problem="does not exist", fix=f"Use {' or '.join(HISTORIES)}"
        )
    turns = earlier_turns(row) if history == "gold" else []
    if not turns:
        return text
    told = "\n".join(f"Question: {spelled(question)}\nAnswer: {spelled(answer)}" for question, answer in turns)
    return f"Earlier questions about this image, with their true answers:\n{told}\n\n{text}"


def earlier_turns(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the questions and answers before a row's own, from the authors' record, which holds the whole dialogue.

    Every question is paired with the answer right behind it, which is how turns are counted when rows are made.

    >>> said = [("human", "<image>What is it?"), ("gpt", "A port."), ("human", "Any ship?"), ("gpt", "Yes.")]
    >>> record = {"conversations": [{"from": who, "value": text} for who, text in said]}
    >>> earlier_turns({"turn": 1, "record": json.dumps(record)})
    [('What is it?', 'A port.')]
    """
    place = row.get("turn")
    if not place:
        return []
    turns: list[tuple[str, str]] = []
    question: str | None = None
    for role, text in _said(str(row["record"])):
        if role in _ASKERS:
            question = text
        elif role in _ANSWERERS and question is not None:
            turns.append((question, text))
            question = None
    return turns[:place]


def _said(record: str) -> list[tuple[str, str]]:
    """Return who said what, in the two spellings that dialogues have."""
    try:
        content = json.loads(record)
    except ValueError:
        return []
    if not isinstance(content, dict):
        return []
    messages = content.get("messages") or content.get("conversations") or []
    return [
        (
            str(said.get("role") or said.get("from")).strip().casefold(),
            str(said.get("content") or said.get("value") or "").replace("<image>", "").strip(),
        )
        for said in messages
        if isinstance(said, dict)
    ]
