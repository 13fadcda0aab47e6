"""Pairs of images whose hashes are near, found without a look at every pair.

Locality-sensitive hashing by bit sampling (Indyk and Motwani, 1998): two hashes that differ in few bits agree on all of
20 coarse bits drawn at random in one of many tables. Per table, every image's own hash is looked up among the windows
of all images by sorting; what meets there is compared on all bits, the fine ones included.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sarbench.leakage.descriptor import COARSE, distance
from sarbench.leakage.dihedral import AFTER, INVERSE, ORIENTATIONS

TABLES = 32
KEY_BITS = 20
"""Two hashes that differ in 12 % of their bits meet in one table with probability 0.078, in one of 32 with 0.925; at
6 % it is 0.29 and 0.99998. Neighbouring windows give a copy further chances."""
NEAR = 36
"""Bits of 189: hashes that differ in more are not copies. Of independent bits 95 ± 7 would differ; images whose
coarse structure is alike, such as one ship in the middle of the sea, come nearer without being copies."""
CROWD = 20_000
"""Windows that share one key of a table; they tell nothing about whose copies they are and are left out there."""
_CHUNK = 1 << 20
"""Pairs compared at a time."""

CANDIDATE = np.dtype(
    [("whole", "<i4"), ("part", "<i4"), ("window", "u1"), ("orientation", "u1"), ("distance", "u1")],
)
"""Numbers of two images: `part`, turned by `orientation`, looks like the `window` of `whole`."""


@dataclass(frozen=True)
class Candidates:
    """What a search found.

    Attributes:
        pairs: [n] of type `CANDIDATE`, one for each pair of images, sorted by the two numbers.
        crowded: Numbers of images that look like so many others that half of the tables could not tell them apart;
            copies of these may be missed.
    """

    pairs: NDArray[np.void]
    crowded: NDArray[np.intp]


def candidates(
    descriptors: NDArray[np.void], *, near: int = NEAR, progress: Callable[[int, int], None] | None = None
) -> Candidates:
    """Find the pairs of images that may be copies of each other.

    Args:
        descriptors: [images] of type `DESCRIPTOR`.
        near: Greatest number of different bits.
        progress: Called with the tables done and all tables.

    Returns:
        The pairs; each names the nearest of the windows and orientations that met. They depend on the descriptors and
        their order alone.
    """
    windows = descriptors["windows"].reshape(-1, 3)
    images, orientations = _asked(descriptors["asked"])
    queries = descriptors["queries"][images, orientations]
    best = np.zeros(0, dtype=CANDIDATE)
    crowds = np.zeros(len(queries), dtype=np.intp)
    rng = np.random.default_rng(0)
    for table in range(TABLES):
        bits = rng.choice(COARSE, size=KEY_BITS, replace=False)
        keys = _keys(windows, bits)
        order = np.argsort(keys, kind="stable").astype(np.int32)
        keys = keys[order]
        asked = _keys(queries, bits)
        first, last = np.searchsorted(keys, asked, side="left"), np.searchsorted(keys, asked, side="right")
        crowded = last - first > CROWD
        crowds += crowded
        met = [best]
        for query, place in _meetings(first, np.where(crowded, first, last)):
            met.append(_compare(descriptors, windows, queries, images, orientations, query, order[place], near))
        best = _nearest(np.concatenate(met))
        if progress is not None:
            progress(table + 1, TABLES)
    return Candidates(best, np.unique(images[crowds >= TABLES / 2]))


def _asked(masks: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return image number and orientation of each hash that is looked up."""
    images, orientations = np.nonzero((masks[:, np.newaxis] >> np.array(ORIENTATIONS, dtype=np.uint8)) & 1)
    return images, orientations


def _keys(hashes: NDArray[np.uint64], bits: NDArray[np.intp]) -> NDArray[np.uint32]:
    """Gather some bits of hashes [n, 3] into one number each."""
    keys = np.zeros(len(hashes), dtype=np.uint32)
    for place, bit in enumerate(bits):
        word, shift = divmod(int(bit), 64)
        keys |= ((hashes[:, word] >> np.uint64(shift)) & np.uint64(1)).astype(np.uint32) << np.uint32(place)
    return keys


def _meetings(first: NDArray[np.intp], last: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield (query, place) for every place from first[query] to last[query], about `_CHUNK` of them at a time."""
    ends = np.cumsum(last - first)
    start = 0
    while start < len(first):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _CHUNK, side="right")))
        counts = (last - first)[start:stop]
        query = np.repeat(np.arange(start, stop), counts)
        within = np.arange(len(query)) - np.repeat(np.cumsum(counts) - counts, counts)
        yield query, first[query] + within
        start = stop


def _compare(
    descriptors: NDArray[np.void],
    windows: NDArray[np.uint64],
    queries: NDArray[np.uint64],
    images: NDArray[np.intp],
    orientations: NDArray[np.intp],
    query: NDArray[np.intp],
    entry: NDArray[np.int32],
    near: int,
) -> NDArray[np.void]:
    """Return the meetings that are near on all bits and not of an image with itself."""
    bits = distance(windows[entry], queries[query])
    kept = (bits <= near) & (images[query] != entry // descriptors["turns"].shape[1])
    query, entry = query[kept], entry[kept]
    whole, window = np.divmod(entry, descriptors["turns"].shape[1])
    found = np.zeros(len(query), dtype=CANDIDATE)
    found["whole"], found["window"], found["part"] = whole, window, images[query]
    found["orientation"] = AFTER[orientations[query], INVERSE[descriptors["turns"][whole, window]]]
    found["distance"] = bits[kept]
    return found


def _nearest(found: NDArray[Any]) -> NDArray[np.void]:
    """Keep the nearest meeting of each pair of images; of equals, the lowest window, orientation and number."""
    low, high = np.minimum(found["whole"], found["part"]), np.maximum(found["whole"], found["part"])
    order = np.lexsort((found["whole"], found["orientation"], found["window"], found["distance"], high, low))
    low, high = low[order], high[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return np.asarray(found[order[new]])
