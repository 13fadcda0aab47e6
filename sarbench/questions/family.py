"""The kinds of question, and how to tell which one a row of the schema asks."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from sarbench.errors import UnknownNameError

Family = Literal[
    "classification",
    "presence",
    "counting",
    "position",
    "region",
    "identification",
    "description",
    "grounding",
    "referring",
    "vqa",
    "caption",
    "field",
    "retrieval",
]
"""Kinds of question that have a scoring rule; all but `retrieval` have a prompt and an answer in words."""

FAMILIES: tuple[Family, ...] = tuple(kind for kind in get_args(Family) if kind != "retrieval")
"""Those whose answers are words."""

_ASKED_AS: dict[str, Family] = {
    "presence": "presence",
    "classification": "classification",
    "counting": "counting",
    "position": "position",
    "region": "region",
    "grounding": "grounding",
    "referring": "referring",
    "reasoning": "vqa",
    "attribute": "vqa",
    "vqa": "vqa",
}

_SHORT_ANSWERS: frozenset[Family] = frozenset({"presence", "classification", "counting", "position", "region", "vqa"})


def family(row: Mapping[str, Any]) -> Family:
    """Tell which kind of question a row of the schema asks.

    A `region` question of SARChat-2M asks for category, size and position, one of SARLANG-1M for the category alone; a
    `caption` of SARChat-2M names one target after the other; an `attribute` of FUSAR-GEOVL-1M is one of its eight
    fields.

    Raises:
        UnknownNameError: Nothing is asked, or answers to this kind of row are not texts.

    >>> family({"task": "region", "subtask": "identify_single", "question": "…"})
    'identification'
    """
    task, subtask = row["task"], row.get("subtask")
    if task == "caption":
        return "description" if subtask == "describe" else "caption"
    if row.get("question"):
        if task == "region" and (subtask or "").startswith("identify"):
            return "identification"
        if task == "attribute" and subtask:
            return "field"
        if task in _ASKED_AS:
            return _ASKED_AS[task]
    raise UnknownNameError(
        where=f"task {task!r}, subtask {subtask!r}",
        problem="asks nothing that a text could answer",
        fix=f"Use rows with a question, of one of these kinds: {', '.join(FAMILIES)}",
    )


def may_be_scored_as(kind: Family, row: Mapping[str, Any]) -> bool:
    """Tell whether the rules of `kind` can score a row.

    Those of its own kind can; those of `vqa` score every question with a short answer, because SARLANG-1M's paper has
    one accuracy over all of them.

    >>> may_be_scored_as("vqa", {"task": "presence", "question": "Is there a ship?"})
    True
    """
    own = family(row)
    return own == kind or (kind == "vqa" and own in _SHORT_ANSWERS)
