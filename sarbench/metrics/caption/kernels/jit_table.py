"""Document frequencies of n-grams in machine code: a hash table that compares whole keys.

An entry is (key + 1, last item << 32 | document frequency): one line of the processor's cache, and an item that holds
an n-gram several times is counted once without sorting.
"""

import numpy as np

from sarbench.metrics.caption.kernels.array_table import MULTIPLIER
from sarbench.metrics.caption.kernels.compiled import compiled
from sarbench.metrics.caption.kernels.corpus import Ids, Offsets

_LOW = 0xFFFFFFFF


class GramTable:
    """Document frequencies by n-gram; grows as n-grams are added."""

    def __init__(self) -> None:
        self._entries = np.zeros((1 << 12, 2), np.int64)
        self._used = 0

    def add(self, keys: Offsets, starts: Offsets, owners: Offsets, order: int, *, counted: bool) -> None:
        """Add the n-grams of some texts.

        Args:
            keys: [T] key of the n-gram that begins at each token; what stands at the last n − 1 of a text is ignored.
            starts: [texts + 1] where each text begins in `keys`.
            owners: [texts] item of each text; texts of one item come together.
            order: n.
            counted: Whether the texts are documents: references are, predictions only get a place.
        """
        text = 0
        while text < len(owners):
            size = len(self._entries)
            while self._used + int(starts[text + 1] - starts[text]) > size // 2:
                size *= 2
            if size != len(self._entries):
                larger = np.zeros((size, 2), np.int64)
                compiled(move_entries)(self._entries, larger)
                self._entries = larger
            text, self._used = compiled(add_grams)(
                self._entries, keys, starts, owners, order, counted, text, self._used
            )

    def find(self, keys: Offsets) -> tuple[Ids, Ids]:
        """Return each key's place, −1 for none, and its document frequency. Places hold until something is added."""
        places, df = np.empty(len(keys), np.int32), np.empty(len(keys), np.int32)
        compiled(find_grams)(self._entries, keys, places, df)
        return places, df


def add_grams(
    entries: Offsets,
    keys: Offsets,
    starts: Offsets,
    owners: Offsets,
    order: int,
    counted: bool,  # noqa: FBT001 -- numba
    text: int,
    used: int,
) -> tuple[int, int]:
    """Add n-grams from `text` on, until a text might fill the table by more than half; return both counters."""
    mask = len(entries) - 1
    shift = 64
    while mask >> (64 - shift):
        shift -= 1
    while text < len(owners):
        low, high = starts[text], starts[text + 1] - order + 1
        if used + max(high - low, 0) > len(entries) // 2:
            break
        owner = owners[text]
        for place in range(low, high):
            key = keys[place]
            slot = (((key ^ (key >> 29)) * MULTIPLIER) >> shift) & mask
            while entries[slot, 0] != 0 and entries[slot, 0] != key + 1:
                slot = (slot + 1) & mask
            if entries[slot, 0] == 0:
                entries[slot, 0] = key + 1
                entries[slot, 1] = (owner << 32) | counted
                used += 1
            elif counted and entries[slot, 1] >> 32 != owner:
                entries[slot, 1] = (owner << 32) | ((entries[slot, 1] & _LOW) + 1)
        text += 1
    return text, used


def move_entries(entries: Offsets, larger: Offsets) -> None:
    """Copy all entries to an empty table."""
    mask = len(larger) - 1
    shift = 64
    while mask >> (64 - shift):
        shift -= 1
    for place in range(len(entries)):
        if entries[place, 0] != 0:
            key = entries[place, 0] - 1
            slot = (((key ^ (key >> 29)) * MULTIPLIER) >> shift) & mask
            while larger[slot, 0] != 0:
                slot = (slot + 1) & mask
            larger[slot, 0] = entries[place, 0]
            larger[slot, 1] = entries[place, 1]


def find_grams(entries: Offsets, keys: Offsets, places: Ids, df: Ids) -> None:
    """Write the place of each key, −1 for none, and its document frequency."""
    mask = len(entries) - 1
    shift = 64
    while mask >> (64 - shift):
        shift -= 1
    for number in range(len(keys)):
        key = keys[number]
        slot = (((key ^ (key >> 29)) * MULTIPLIER) >> shift) & mask
        while entries[slot, 0] != 0 and entries[slot, 0] != key + 1:
            slot = (slot + 1) & mask
        missing = entries[slot, 0] == 0
        places[number] = -1 if missing else slot
        df[number] = 0 if missing else entries[slot, 1] & _LOW
