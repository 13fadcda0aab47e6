"""Reading a judge's reply: yes, no, or neither. The whole reply must be the verdict; nothing is searched for in it.

What a model writes between tags while it thinks is no part of its reply, though some servers send both as one text.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from sarbench.answers import without_reasoning

Form = Literal["yes_no", "integer"]
"""`integer` is the cast of SARLANG-1M's `Evaluate_VQA.py`, which stops there at anything that is no number."""

FORMS: Mapping[str, Form] = MappingProxyType({"strict": "yes_no", "paper": "integer"})
"""Protocol → how a judge replies under it."""


def read_reply(reply: str, form: Form) -> bool | None:
    r"""Return the verdict of a reply; None where it cannot be read.

    Args:
        reply: As the server sent it.
        form: `yes_no`: one of the two words, in any case, with white space around it and a full stop behind it, after
            reasoning in tags.
            `integer`: what Python's `int` takes for 1 or 0.

    >>> [read_reply(text, "yes_no") for text in (" Yes.", "no", "Yes, it does", "1", "")]
    [True, False, None, None, None]
    >>> read_reply("<think>No? It is the same place.</think>\n\nyes", "yes_no")
    True
    >>> [read_reply(text, "integer") for text in ("1", " 0\n", "0 (the truth is 10)", "10", "1.")]
    [True, False, None, None, None]
    """
    if form == "integer":
        try:
            return {1: True, 0: False}.get(int(reply))
        except ValueError:
            return None
    return {"yes": True, "no": False}.get(without_reasoning(reply).strip().removesuffix(".").lower())


def was_unread(reply: str | None) -> bool:
    """Tell whether a reply holds reasoning, in which earlier versions of sarbench read no verdict."""
    return reply is not None and without_reasoning(reply) != reply
