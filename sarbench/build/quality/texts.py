"""A column of texts with each different text once, so that a rule looks at a template once and not a million times."""

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_Integer = TypeVar("_Integer", np.int64, np.uint64)

_NOT_WORDS = r"[^\p{L}\p{N}]+"
_END_MARKS = " \t\r\n.!"


class Texts:
    """A text column as codes into its different texts. A missing text counts as an empty one.

    >>> Texts(pa.array(["a ship", "a car", "a ship", None])).codes.tolist()
    [0, 1, 0, 2]
    """

    def __init__(self, column: pa.Array) -> None:
        encoded = pc.fill_null(column, "").dictionary_encode()
        self.codes: Rows = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        self.values: pa.Array = encoded.dictionary

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        return str(self.values[int(self.codes[row])].as_py())

    def hashes(self) -> Hashes:
        """Return 64 bits per row: equal for equal texts, within this process."""
        return hashed(self.values.to_pylist())[self.codes]

    def matches(self, pattern: str) -> Mask:
        """Return per row whether the RE2 pattern is found in the text."""
        return self.of(pc.match_substring_regex(self.values, pattern))

    def of(self, per_value: pa.Array) -> Mask:
        """Spread a Boolean per different text over the rows."""
        return np.asarray(per_value.to_numpy(zero_copy_only=False), dtype=bool)[self.codes]

    @cached_property
    def plain(self) -> pa.Array:
        """Each different text in lower case without blanks and end marks around it."""
        return pc.utf8_trim(pc.utf8_lower(self.values), characters=_END_MARKS)

    @cached_property
    def lengths(self) -> Rows:
        """Number of characters per row."""
        lengths: Rows = pc.utf8_length(self.values).to_numpy().astype(np.int64)
        return lengths[self.codes]


def hashed(texts: Sequence[str]) -> Hashes:
    """Hash texts to 64 bits each: Python's own SipHash, an order of magnitude cheaper than a digest.

    It is salted anew in every process, so hashes are compared within one and never written. Two million different texts
    collide with probability 1e-7.
    """
    return np.fromiter(map(hash, texts), dtype=np.int64, count=len(texts)).view(np.uint64)


def mixed(first: Hashes, *others: Hashes) -> Hashes:
    """Hash rows of hashes to one each; the order of the columns counts.

    The finaliser is SplitMix64's (Steele, Lea and Flood, OOPSLA 2014).
    """
    state = first.copy()
    for other in others:
        state = _scrambled(state * np.uint64(0x9E3779B97F4A7C15) + other)
    return state


def distinct(values: NDArray[_Integer]) -> NDArray[_Integer]:
    """Return the different values, ascending, by sorting: NumPy's own hash table is slow where most differ.

    >>> distinct(np.array([5, 2, 5])).tolist(), distinct(np.array([], dtype=np.int64)).tolist()
    ([2, 5], [])
    """
    ordered = np.sort(values)
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    found: NDArray[_Integer] = ordered[new]
    return found


def pairs_of(one: Rows, other: Rows) -> tuple[Rows, Rows, Rows]:
    """Return each different pair of two columns of codes once, and the number of its pair for every row.

    >>> [column.tolist() for column in pairs_of(np.array([5, 2, 5]), np.array([0, 1, 0]))]
    [[2, 5], [1, 0], [1, 0, 1]]
    """
    both, place = np.unique(one << 32 | other, return_inverse=True)
    return both >> 32, both & 0xFFFFFFFF, place.ravel()


def words(texts: pa.Array) -> list[str]:
    """Return texts in lower case, their words between single blanks, with a blank at both ends.

    >>> words(pa.array(["What's in [56.0, 191.0]?"]))
    [' what s in 56 0 191 0 ']
    """
    spaced = pc.replace_substring_regex(pc.utf8_lower(texts), _NOT_WORDS, " ")
    return [f" {text.strip()} " for text in spaced.to_pylist()]


def _scrambled(state: Hashes) -> Hashes:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
