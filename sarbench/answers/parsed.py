"""The result of reading an answer."""

from dataclasses import dataclass
from typing import Any

from sarbench.answers.outcome import Outcome


@dataclass(frozen=True, eq=False)
class Parsed:
    """What an answer says, how sure that is, and which rule read it."""

    value: Any
    """By kind; None where nothing could be read:

    - `boxes`: [N, 4] float64 xyxy in native pixels, unclipped, without degenerate boxes;
    - `count`: int;
    - `yes_no`: "yes" or "no";
    - `label`: str, as the choices spell it;
    - `labels`: frozenset of str, as the choices spell them;
    - `position`: one of the nine cells ("top left" … "bottom right"), or as the choices spell it;
    - `fields`: dict with `category`, `size` and `position`, each str or None;
    - `mentions`: tuple of (category, position), in the order of the text;
    - `text`: str.
    """
    outcome: Outcome
    rule: str
    """Short stable name of the rule that read it, or that gave up."""
    labels: tuple[str | None, ...] | None = None
    """`boxes` only: one label per box of `value`; None where no box has one."""
    dropped: int = 0
    """`boxes` only: how many boxes were read but are not in `value`, being degenerate or beyond the limit."""


def unparsable(rule: str = "nothing_found") -> Parsed:
    """Say that the text holds no answer of this kind."""
    return Parsed(None, "unparsable", rule)


def ambiguous(rule: str) -> Parsed:
    """Say that the text holds several answers where one is asked for."""
    return Parsed(None, "ambiguous", rule)
