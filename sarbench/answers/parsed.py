"""The result of reading an answer."""

from dataclasses import dataclass
from typing import Any

from sarbench.answers.outcome import Outcome

LONGEST_EXCERPT = 200
"""Characters of `Parsed.read`, at most."""


@dataclass(frozen=True, eq=False)
class Parsed:
    """What an answer says, how sure that is, and which rule read it from which words."""

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
    read: str | None = None
    """The words of the cleaned answer that decided, e.g. "There are 4", "yes", "upper-left", cut after
    `LONGEST_EXCERPT` characters; of an ambiguous answer the words that contradict each other, of a failed one the
    beginning of the message; None where nothing was found."""


def excerpt(text: str, start: int = 0, end: int | None = None) -> str:
    """Return the words of a text between two offsets, as `Parsed.read` holds them."""
    stop = len(text) if end is None else end
    return text[start : min(stop, start + LONGEST_EXCERPT)].strip()


def unparsable(rule: str = "nothing_found", read: str | None = None) -> Parsed:
    """Say that the text holds no answer of this kind."""
    return Parsed(None, "unparsable", rule, read=read)


def ambiguous(rule: str, read: str | None = None) -> Parsed:
    """Say that the text holds several answers where one is asked for."""
    return Parsed(None, "ambiguous", rule, read=read)
