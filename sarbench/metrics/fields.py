"""Scores of SARChat-2M's text answers about targets: identification fields and description mentions.

The paper (arXiv 2502.08168) compares category, size and position words without saying which of them must agree or how
descriptions overlap; both are answered here in the strictest way that still shows the parts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

FIELDS = ("category", "size", "position")


@dataclass(frozen=True)
class Agreement:
    """One identification answer: True where a field agrees, None where the truth does not have it."""

    category: bool | None
    size: bool | None
    position: bool | None
    all: bool
    """Whether every field that the truth has agrees: the headline, as a fraction in 0..1, higher is better."""


class Overlap(NamedTuple):
    """Counts of one description; `metrics.rates.f1_from_counts` of their sums is the score (0..1, higher is better)."""

    tp: int
    fp: int
    fn: int


def agreement(predicted: Mapping[str, str | None] | None, true: Mapping[str, str | None]) -> Agreement:
    """Compare the fields of one identification answer with the truth.

    Args:
        predicted: `category`, `size` and `position`, each a word or None; None where the answer could not be read.
        true: The same of the target; a field that is None is not asked for.

    >>> agreement({"category": "ship", "size": None}, {"category": "ship", "size": "small"})
    Agreement(category=True, size=False, position=None, all=False)
    """
    said = predicted or {}
    told: dict[str, bool | None] = {
        field: None if true.get(field) is None else said.get(field) == true[field] for field in FIELDS
    }
    asked = [value for value in told.values() if value is not None]
    return Agreement(told["category"], told["size"], told["position"], bool(asked) and all(asked))


def mention_overlap(predicted: Iterable[tuple[str, str]] | None, true: Iterable[tuple[str, str]]) -> Overlap:
    """Compare the (category, position) pairs of a description with the true ones, as multisets.

    Two true ships in one cell need two mentions; a third one is a false positive.

    >>> mention_overlap([("ship", "top left")] * 3, [("ship", "top left")] * 2 + [("car", "top left")])
    Overlap(tp=2, fp=1, fn=1)
    """
    said, meant = Counter(predicted or ()), Counter(true)
    tp = (said & meant).total()
    return Overlap(tp, said.total() - tp, meant.total() - tp)
