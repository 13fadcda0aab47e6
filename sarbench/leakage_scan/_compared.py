"""Pairs of images that show the same: by equal pixels, then by descriptors and correlation."""

import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sarbench.leakage import FoundPair, Thumbnail, candidates, confirm
from sarbench.leakage_scan._census import ShownSplit
from sarbench.leakage_scan._described import Described, thumbnails

_BLOCK = 10_000
"""Candidates that wait for a thread at a time."""


def find_pairs(
    splits: Sequence[ShownSplit], described: Described, *, folder: Path
) -> tuple[list[FoundPair], list[str]]:
    """Compare all images with all others.

    Args:
        splits: Where the images can be read again.
        described: What is known of them.
        folder: Where a temporary file with thumbnails may lie: 37 kB for each image that is a candidate.

    Returns:
        The pairs, sorted; and the SHA-256 of the images that look like too many others.
    """
    records = described.records
    pairs, distinct = _equal(records)
    distinct = distinct[~records["plain"][distinct]]
    found = candidates(records["descriptor"][distinct])
    names = [sha256.decode() for sha256 in records["image_sha256"][distinct]]
    wanted = {names[number] for field in ("whole", "part") for number in found.pairs[field]}
    with _Thumbnails(folder) as kept:
        for sha256, small in thumbnails(splits, wanted):
            kept.put(sha256, small)
        kept.seal()

        def compared(candidate: np.void) -> FoundPair | None:
            whole, part = names[candidate["whole"]], names[candidate["part"]]
            match = confirm(
                kept.get(whole),
                kept.get(part),
                orientations=[int(candidate["orientation"])],
                window=int(candidate["window"]),
            )
            score, shared = round(match.score, 4), round(match.shared, 4)
            return FoundPair(whole, part, "near", score, match.orientation, shared) if match.confirmed else None

        with ThreadPoolExecutor() as threads:
            for start in range(0, len(found.pairs), _BLOCK):
                block = found.pairs[start : start + _BLOCK]
                pairs += [pair for pair in threads.map(compared, block) if pair is not None]
    return sorted(pairs, key=lambda pair: (pair.first, pair.second)), [names[number] for number in found.crowded]


def _equal(records: NDArray[np.void]) -> tuple[list[FoundPair], NDArray[np.intp]]:
    """Return the pairs of records with equal pixels, and the number of the first record of each; none of blank ones."""
    numbers = np.flatnonzero(~records["blank"])
    names, pixels = records["image_sha256"][numbers], records["pixel_sha256"][numbers]
    _, first_of, group = np.unique(pixels, return_index=True, return_inverse=True)
    firsts = first_of[group.reshape(-1)]
    pairs = [
        FoundPair(names[first].decode(), names[place].decode(), "pixels", 1.0, 0, 1.0)
        for place, first in enumerate(firsts)
        if first != place
    ]
    return pairs, numbers[np.sort(first_of)]


class _Thumbnails:
    """Thumbnails in a temporary file: written one after the other, then read from any thread."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (closed by __exit__)
        self._places: dict[str, tuple[int, Thumbnail]] = {}
        self._end = 0

    def __enter__(self) -> "_Thumbnails":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, sha256: str, small: Thumbnail) -> None:
        """Keep a thumbnail; in memory stays all but its pixels."""
        self._file.write(small.pixels.tobytes())
        empty = np.broadcast_to(np.uint8(0), small.pixels.shape)
        self._places[sha256] = (self._end, replace(small, pixels=empty))
        self._end += small.pixels.size

    def seal(self) -> None:
        """Make what was put readable."""
        self._file.flush()

    def get(self, sha256: str) -> Thumbnail:
        """Return a thumbnail as it was put."""
        start, known = self._places[sha256]
        data = os.pread(self._file.fileno(), known.pixels.size, start)
        return replace(known, pixels=np.frombuffer(data, dtype=np.uint8).reshape(known.pixels.shape))
