"""A hash table of integers in numpy: open addressing with whole arrays at a time.

Every answer is checked against the stored key, so that two keys are never taken for one, whatever their hashes.
"""

import numpy as np

from sarbench.metrics.caption.kernels.corpus import Offsets

MULTIPLIER = -7046029254386353131
"""2^64 divided by the golden ratio, as a signed integer (Knuth, The Art of Computer Programming, volume 3, 6.4)."""


class Table:
    """Gives each distinct key, 0 ≤ key < 2^63 − 1, a place below `size` of its own; made for up to `most` keys."""

    def __init__(self, most: int) -> None:
        bits = max(4, (most + most // 2).bit_length())
        self.size = 1 << bits
        self._shift = 64 - bits
        self._keys = np.zeros(self.size, np.int64)  # key + 1; 0 is free

    def insert(self, keys: Offsets) -> Offsets:
        """Return the place of every key; keys that are new get one."""
        wanted, places = keys + 1, self._home(keys)
        left = np.flatnonzero(self._take(wanted, places) != wanted)
        while left.size:
            tried = (places[left] + 1) & (self.size - 1)
            places[left] = tried
            left = left[self._take(wanted[left], tried) != wanted[left]]
        return places

    def find(self, keys: Offsets) -> Offsets:
        """Return the place of every key, −1 for those that are not in the table."""
        wanted, places = keys + 1, self._home(keys)
        found = self._keys[places]
        places[found == 0] = -1
        left = np.flatnonzero((found != wanted) & (found != 0))
        while left.size:
            tried = (places[left] + 1) & (self.size - 1)
            found = self._keys[tried]
            places[left] = np.where(found == 0, -1, tried)
            left = left[(found != wanted[left]) & (found != 0)]
        return places

    def _home(self, keys: Offsets) -> Offsets:
        mixed = keys ^ (keys >> 29)
        mixed *= MULTIPLIER
        mixed >>= self._shift
        mixed &= self.size - 1
        return mixed

    def _take(self, wanted: Offsets, places: Offsets) -> Offsets:
        """Write wanted keys to their places where these are free, and return what stands there afterwards."""
        found = self._keys[places]
        free = np.flatnonzero(found == 0)
        # Of several keys that want one place the last stays; the others find it taken and move on.
        self._keys[places[free]] = wanted[free]
        found[free] = self._keys[places[free]]
        return found
