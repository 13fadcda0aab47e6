"""A place where a text names something."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where the text names something."""

    name: str
    start: int
    end: int
