"""What a board is made from, beside the runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sarbench.runs.record import TaskRun


@dataclass(frozen=True)
class DatasetNote:
    """What a reader must know about a dataset, and what a public page may show of it."""

    name: str
    """Name in the manifests, e.g. `sarlang-1m`."""
    title: str
    """Name as its authors write it."""
    licence: str
    obtain: str
    """Where the files come from, as a sentence."""
    may_show_texts: bool
    """Whether the licence lets a page show the authors' questions and texts, and answers that may quote them."""
    derived: Mapping[str, str] = field(default_factory=dict)
    """By config: a sentence on what sarbench made itself, and what its numbers must not be held against."""


Chips = Callable[[TaskRun, Sequence[str]], Mapping[str, bytes]]
"""Fetches images: a task run and image ids → encoded bytes by image id. Ids that it leaves out get a blank frame."""
