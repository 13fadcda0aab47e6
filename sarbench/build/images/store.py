"""The images of joined configs: stored once per split, each found by binary search and read by one `os.pread`."""

import hashlib
import json
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import pyarrow as pa

from sarbench.build.index import parse_index
from sarbench.errors import InputError, UnknownNameError

OFFSETS_SCHEMA = pa.schema(
    [
        ("image_id", pa.string()),
        ("image_sha256", pa.string()),
        ("path", pa.string()),
        ("file", pa.int32()),
        ("offset", pa.int64()),
        ("bytes", pa.int64()),
        ("raw_offset", pa.int64()),
        ("raw_bytes", pa.int64()),
    ]
)
"""Columns of `images/<split>-offsets.arrow`, one row per image, sorted by image_id and image_sha256.

`file` counts the files that the schema metadata lists under `FILES_KEY`, as JSON `[[name, bytes], …]`. `offset` is the
place of the first byte of the image in that file; the four bytes before it hold its length, little-endian, as Parquet's
PLAIN encoding has it. The raw columns are null where there are no raw bytes.
"""

FILES_KEY = b"sarbench.files"

_PREFIX = 4
_FIX = "Build it again with `sarbench build`"


_Raw = bytes | None  # inside the class, `bytes` is a field


@dataclass(frozen=True)
class StoredImage:
    """One image as the columns `image` and `raw_image` of a flat row hold it."""

    bytes: bytes
    path: str
    raw: _Raw


class _Place(NamedTuple):
    """One row of the offsets."""

    path: str
    file: int
    offset: int
    size: int
    raw_offset: int | None
    raw_size: int | None


class ImageStore:
    """The images of one split of a built folder.

    Files are opened when the first image is asked for. A store may be used by several threads, be carried into forked
    processes, and be pickled: then the other process opens the files anew.

    Args:
        folder: The built folder.
        split: Split name.
    """

    def __init__(self, folder: Path, split: str) -> None:
        self.folder = Path(folder)
        self.split = split
        self._lock = Lock()
        self._opened: _Opened | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return (ImageStore, (self.folder, self.split))

    def __len__(self) -> int:
        return len(self._open().ids)

    def __contains__(self, key: tuple[str, str]) -> bool:
        return self._open().find(*key) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield the (image_id, image_sha256) of every image, sorted."""
        opened = self._open()
        for number in range(len(opened.ids)):
            yield opened.key(number)

    def get(self, image_id: str, image_sha256: str) -> StoredImage:
        """Return one image.

        Args:
            image_id: The row's `image_id`.
            image_sha256: The row's `image_sha256`.

        Raises:
            InputError: There is no such image, or the files are missing or were changed since they were built.
            UnknownNameError: The folder has no images of this split.
        """
        opened = self._open()
        number, place = opened.place(image_id, image_sha256)
        data = opened.image(number, place, image_sha256)
        raw = None
        if place.raw_offset is not None and place.raw_size is not None:
            raw = opened.read(place.file, place.raw_offset, place.raw_size)
        return StoredImage(data, place.path, raw)

    def read(self, image_id: str, image_sha256: str) -> bytes:
        """Return the bytes of `get` alone; the raw bytes are not read."""
        opened = self._open()
        number, place = opened.place(image_id, image_sha256)
        return opened.image(number, place, image_sha256)

    def hashes(self, image_id: str) -> tuple[str, ...]:
        """Return the `image_sha256` of every image with this id: none, one, or several where the files changed."""
        return self._open().hashes_of(image_id)

    def close(self) -> None:
        """Close the files; the next use opens them again."""
        with self._lock:
            if self._opened:
                self._opened.close()
            self._opened = None

    def __del__(self) -> None:
        opened = getattr(self, "_opened", None)
        if opened is not None and os is not None:  # at the end of the process, modules go before objects
            opened.close()

    def _open(self) -> "_Opened":
        if self._opened is None:
            with self._lock:
                if self._opened is None:
                    self._opened = _Opened(*_offsets(self.folder, self.split))
        return self._opened


class _Opened:
    """The offsets, mapped into memory, and the files they point into."""

    def __init__(self, path: Path, sha256: str | None) -> None:
        self.path = path
        try:
            if sha256 and hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                raise InputError(where=path, problem="is damaged: its SHA-256 is another", fix=_FIX)
            self._map = pa.memory_map(str(path))
            reader = pa.ipc.open_file(self._map)
            batch = reader.get_batch(0) if reader.num_record_batches else pa.RecordBatch.from_pylist([], reader.schema)
            self.files = [(path.parent / name, size) for name, size in json.loads(reader.schema.metadata[FILES_KEY])]
        except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
            raise InputError(where=path, problem=f"cannot be read ({error})", fix=_FIX) from error
        if sha256 is None:  # a folder built before hashes were kept
            _validate(batch, path)
        self._columns = [batch.column(name) for name in OFFSETS_SCHEMA.names[2:]]
        self._hashes = batch.column("image_sha256")
        self.ids: list[str] = batch.column("image_id").to_pylist()
        self._verified = bytearray(len(self.ids))
        self._descriptors: dict[int, int] = {}
        self._lock = Lock()

    def key(self, number: int) -> tuple[str, str]:
        return self.ids[number], self._hashes[number].as_py()

    def find(self, image_id: str, image_sha256: str) -> int | None:
        """Return the row of an image. UTF-8 sorts as Python's strings do, by code point."""
        number = bisect_left(self.ids, image_id)
        while number < len(self.ids) and self.ids[number] == image_id:
            if self._hashes[number].as_py() == image_sha256:
                return number
            number += 1
        return None

    def hashes_of(self, image_id: str) -> tuple[str, ...]:
        numbers = range(bisect_left(self.ids, image_id), bisect_right(self.ids, image_id))
        return tuple(self._hashes[number].as_py() for number in numbers)

    def place(self, image_id: str, image_sha256: str) -> tuple[int, _Place]:
        number = self.find(image_id, image_sha256)
        if number is None:
            problem = f"holds no image {image_id!r} with SHA-256 {image_sha256}"
            raise InputError(where=self.path, problem=problem, fix=_FIX)
        return number, _Place(*[column[number].as_py() for column in self._columns])

    def image(self, number: int, place: _Place, image_sha256: str) -> bytes:
        """Read one image; the first time, its bytes are held against their hash."""
        data = self.read(place.file, place.offset, place.size)
        if not self._verified[number]:
            if hashlib.sha256(data).hexdigest() != image_sha256:
                problem = f"holds damaged bytes of image {self.ids[number]!r}: their SHA-256 is another"
                raise InputError(where=self.files[place.file][0], problem=problem, fix=_FIX)
            self._verified[number] = 1
        return data

    def read(self, file: int, offset: int, size: int) -> bytes:
        """Read one image with the length before it, which proves that it is where it should be."""
        path, _ = self.files[file]
        try:
            descriptor = self._descriptors.get(file) or self._descriptor(file)
            length = os.pread(descriptor, _PREFIX, offset - _PREFIX)
            data = os.pread(descriptor, size, offset)
        except OSError as error:
            raise InputError(where=path, problem=f"cannot be read ({error})", fix=_FIX) from error
        if len(data) != size or length != size.to_bytes(_PREFIX, "little"):
            raise InputError(where=path, problem="was changed since it was built", fix=_FIX)
        return data

    def _descriptor(self, file: int) -> int:
        with self._lock:
            if file not in self._descriptors:
                path, size = self.files[file]
                descriptor = os.open(path, os.O_RDONLY)
                if os.fstat(descriptor).st_size != size:
                    os.close(descriptor)
                    raise InputError(where=path, problem="was changed since it was built", fix=_FIX)
                self._descriptors[file] = descriptor
            return self._descriptors[file]

    def close(self) -> None:
        while self._descriptors:
            os.close(self._descriptors.popitem()[1])


def _offsets(folder: Path, split: str) -> tuple[Path, str | None]:
    index = parse_index(folder)
    if split not in index.images:
        problem = f"has no images of split {split!r}; there is {', '.join(index.images) or 'none'}"
        raise UnknownNameError(where=folder, problem=problem, fix="Take one of these, or build it first")
    offsets = index.images[split].offsets
    return folder / offsets.path, offsets.sha256


def _validate(batch: pa.RecordBatch, path: Path) -> None:
    """Look at every offset inside the columns: Arrow follows a damaged one out of its memory."""
    try:
        batch.validate(full=True)
    except pa.ArrowException as error:
        raise InputError(where=path, problem=f"is damaged ({error})", fix=_FIX) from error
