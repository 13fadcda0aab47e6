"""A descriptor of every different image of some splits, kept in a file so that a killed scan goes on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sarbench import imaging
from sarbench.leakage import DESCRIPTOR, Thumbnail, describe, thumbnail
from sarbench.leakage_scan._census import ShownSplit

RECORD = np.dtype(
    [
        ("image_sha256", "S64"),
        ("pixel_sha256", "S64"),
        ("blank", "?"),
        ("plain", "?"),
        ("descriptor", DESCRIPTOR),
        ("crc32", "<u4"),
    ]
)
"""One line of the cache: an image by the SHA-256 of its bytes; the last field is the CRC-32 of those before it."""

VERSION = 2
"""Part of the cache's name: it changes when descriptors do."""

_BATCH, _BATCH_BYTES = 256, 32 << 20
"""Images, and bytes of images, that are decoded before their records are written."""


@dataclass(frozen=True)
class Described:
    """The different images of a scan.

    Attributes:
        records: [n] of type `RECORD`, sorted by `image_sha256`: every image that can be decoded.
        problems: SHA-256 → why it cannot be decoded.
    """

    records: NDArray[np.void]
    problems: dict[str, str]

    def having(self, field: str) -> set[str]:
        """Return the SHA-256 of the images whose `blank` or `plain` is set."""
        return {sha256.decode() for sha256 in self.records["image_sha256"][self.records[field]]}


def describe_all(
    splits: Sequence[ShownSplit], *, cache: Path, progress: Callable[[int], object] | None = None
) -> Described:
    """Describe each different image once, whatever the number of rows, configs and datasets that show it.

    Args:
        splits: What to look at.
        cache: File that records are appended to, and read from when it is there.
        progress: Called with the number of images newly done.

    Raises:
        InputError: A folder cannot be read.
    """
    wanted = {sha256 for split in splits for sha256 in split.images.values()}
    known = _read(cache)
    known = known[np.isin(known["image_sha256"], np.array(sorted(wanted), dtype="S64"))]
    records: list[NDArray[np.void]] = [known]
    problems: dict[str, str] = {}
    done = {sha256.decode() for sha256 in known["image_sha256"]}
    if progress is not None and done:
        progress(len(done))
    cache.parent.mkdir(parents=True, exist_ok=True)
    with cache.open("ab") as file:
        for batch in _batches(_unread(splits, done)):
            answers = _in_threads(_described, batch)
            good = np.array([answer for answer in answers if not isinstance(answer, str)], dtype=RECORD)
            problems.update(
                {sha256: why for (sha256, _), why in zip(batch, answers, strict=True) if isinstance(why, str)}
            )
            good["crc32"] = _checksums(good)
            file.write(good.tobytes())
            file.flush()
            records.append(good)
            if progress is not None:
                progress(len(batch))
    found = np.concatenate(records)
    records.clear()
    described = {sha256.decode() for sha256 in found["image_sha256"]} | problems.keys()
    problems |= dict.fromkeys(wanted - described, "its bytes are not in the built folder")
    return Described(found[np.argsort(found["image_sha256"])], problems)


def thumbnails(splits: Sequence[ShownSplit], wanted: Iterable[str]) -> Iterator[tuple[str, Thumbnail]]:
    """Yield (SHA-256, thumbnail) of some images, read again from the built folders."""
    missing = set(wanted)
    done = {sha256 for split in splits for sha256 in split.images.values()} - missing
    for batch in _batches(_unread(splits, done)):
        found = _in_threads(lambda pair: thumbnail(imaging.decode(pair[1])), batch)
        yield from zip((sha256 for sha256, _ in batch), found, strict=True)


def _unread(splits: Sequence[ShownSplit], done: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (SHA-256, bytes) of each image that is not among `done`, once."""
    for split in splits:
        first_ids: dict[str, str] = {}
        for image_id, sha256 in split.images.items():
            if sha256 not in done:
                first_ids.setdefault(sha256, image_id)
        for sha256, data in split.read(list(first_ids.values())):
            yield sha256, data
            done.add(sha256)


def _described(pair: tuple[str, bytes]) -> Any:
    """Return the record of an image, as a tuple for NumPy, or why it cannot be decoded."""
    sha256, data = pair
    try:
        small = thumbnail(imaging.decode(data))
    except ValueError as error:
        return str(error)
    return (sha256, small.pixel_sha256, small.blank, small.plain, describe(small), 0)


def _batches(images: Iterator[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    size = 0
    for sha256, data in images:
        batch.append((sha256, data))
        size += len(data)
        if len(batch) == _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _in_threads(function: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Return the results in the order of the values, however many threads there are."""
    with ThreadPoolExecutor() as threads:
        return list(threads.map(function, values))


def _read(cache: Path) -> NDArray[np.void]:
    """Return the whole records of a cache; half a record at its end, from a killed scan, is cut off.

    Damaged records are left out, and described again.
    """
    if not cache.is_file():
        return np.zeros(0, dtype=RECORD)
    length = cache.stat().st_size // RECORD.itemsize
    with cache.open("r+b") as file:
        file.truncate(length * RECORD.itemsize)
        records = np.frombuffer(file.read(), dtype=RECORD)
    whole: NDArray[np.void] = records[_checksums(records) == records["crc32"]]
    first = np.unique(np.asarray(whole["image_sha256"]), return_index=True)[1]
    kept: NDArray[np.void] = whole[first]
    return kept


def _checksums(records: NDArray[np.void]) -> NDArray[np.uint32]:
    """Return the CRC-32 of each record, [n], without the field that holds it."""
    data, size = records.tobytes(), RECORD.itemsize
    ends = range(size, len(data) + 1, size)
    return np.array([crc32(data[end - size : end - RECORD["crc32"].itemsize]) for end in ends], dtype=np.uint32)
