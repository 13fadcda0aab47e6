"""Texts as integers: what both engines count on.

pycocoevalcap 1.2 splits a text in two ways: BLEU and CIDEr with `split()`, ROUGE-L with `split(" ")`, for which double,
leading and trailing spaces make empty tokens, and tabs and line breaks belong to tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError

Ids = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ORDERS = 4
_MOST_TOKENS = 2**30
"""Positions in hash tables are 32-bit integers."""


@dataclass(frozen=True, eq=False)
class Tokens:
    """Texts, one after the other: equal tokens have equal ids."""

    ids: Ids
    """[T]"""
    starts: Offsets
    """[texts + 1] where each text begins in `ids`, and the end of the last."""

    def __post_init__(self) -> None:
        if len(self.ids) > _MOST_TOKENS:
            raise InputError(
                where="captions",
                problem=f"they hold {len(self.ids):,} tokens, more than the {_MOST_TOKENS:,} that one call can count",
                fix="Score fewer items at a time; CIDEr then is that of the part",
            )

    @property
    def lengths(self) -> Offsets:
        """[texts] tokens of each text."""
        return np.diff(self.starts)


@dataclass(frozen=True, eq=False)
class Corpus:
    """N predictions, then the references of all items in order, as tokens of both kinds."""

    words: Tokens
    """Split at white space."""
    pieces: Tokens
    """Split at single spaces; the same object as `words` where that makes no difference."""
    firsts: Offsets
    """[N + 1] first reference of each item, counted over the references alone, and their number."""

    @property
    def items(self) -> int:
        """Number N of items."""
        return len(self.firsts) - 1

    @property
    def owners(self) -> Offsets:
        """[M] item of each reference."""
        return np.repeat(np.arange(self.items), np.diff(self.firsts))

    def chunks(self, tokens: int) -> Iterator[tuple[int, int]]:
        """Yield ranges of items with about so many tokens; at least one item each."""
        starts = self.words.starts
        before = starts[: self.items + 1] + starts[self.items + self.firsts]
        low = 0
        while low < self.items:
            high = int(np.searchsorted(before, before[low] + tokens, side="right")) - 1
            high = min(max(high, low + 1), self.items)
            yield low, high
            low = high


@dataclass(frozen=True, eq=False)
class Overlap:
    """What predictions share with references, for n-grams of 1..4 tokens; M references of N items."""

    matched: Offsets
    """[N, 4] n-grams of the prediction found in a reference, clipped (BLEU)."""
    dots: Floats
    """[M, 4] clipped products of tf-idf weights (CIDEr)."""
    prediction_norms: Floats
    """[N, 4] squared lengths of the predictions' tf-idf vectors."""
    reference_norms: Floats
    """[M, 4] the same of the references."""

    @classmethod
    def empty(cls, items: int, references: int) -> "Overlap":
        """Return one that shares nothing, to be filled in."""
        shapes = (items, ORDERS), (references, ORDERS)
        return cls(np.zeros(shapes[0], np.int64), np.zeros(shapes[1]), np.zeros(shapes[0]), np.zeros(shapes[1]))
