"""Split expressions: `train`, `train[:10%]`, `train+test`."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sarbench.errors import UnknownNameError

_PART = re.compile(r"\s*(\w+(?:\.\w+)*)\s*((?:\[[^\]]*\])?\s*(?:\([^)]*\))?)\s*")
"""A name, a slice and a rounding mode, as `datasets` reads them (datasets, arrow_reader.py, `_SUB_SPEC_RE`)."""


@dataclass(frozen=True)
class Part:
    """One split or a slice of it; `slice` is empty for the whole split."""

    split: str
    slice: str = ""

    @property
    def expression(self) -> str:
        """The part as `datasets` reads it."""
        return self.split + self.slice


def parse_selection(text: str, available: Collection[str], *, where: str, streaming: bool) -> tuple[Part, ...]:
    """Take a split expression apart.

    Args:
        text: The expression.
        available: The splits that there are.
        where: The dataset and config, for the message.
        streaming: Whether slices are impossible.

    Raises:
        UnknownNameError: A part names no split, or is a slice where none is possible.

    >>> parse_selection("train[:10%] + test", ("train", "test"), where="set, config", streaming=False)
    (Part(split='train', slice='[:10%]'), Part(split='test', slice=''))
    """
    parts = []
    for piece in text.split("+"):
        match = _PART.fullmatch(piece)
        if not match or match[1] not in available:
            problem = f"there is no split {piece.strip()!r}"
            raise UnknownNameError(where=where, problem=problem, fix=f"Take one of {', '.join(available)}")
        if match[2] and streaming:
            problem = f"{piece.strip()!r} is a slice, and streaming reads from the start"
            fix = f"Take split={match[1]!r} and its .skip(n) and .take(n), or streaming=False"
            raise UnknownNameError(where=where, problem=problem, fix=fix)
        parts.append(Part(match[1], match[2].strip()))
    return tuple(parts)
