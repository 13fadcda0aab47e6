"""Built splits as `datasets` wants them: tables of the schema, whether the images lie in the rows or beside them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench._version import __version__
from sarbench.build.batches import BATCH_BYTES, BATCH_ROWS
from sarbench.build.images.store import OFFSETS_SCHEMA, StoredImage
from sarbench.build.images.writer import read_offsets
from sarbench.build.index import BuiltIndex, FileIndex
from sarbench.errors import InputError
from sarbench.hub.filters import COLUMNS, EVERY_ROW, RowFilter
from sarbench.hub.stored import Address, stored_image
from sarbench.schema import SCHEMA

Part = tuple[str, int]
"""A Parquet file, relative to the built folder, and the number of a row group in it."""

_Key = tuple[str, str] | None
"""image_id and image_sha256 of a row; None: it has no image."""


@dataclass(frozen=True)
class BuiltReader:
    """The rows of one split of a built folder, one row group after another.

    Read with `ParquetFile.iter_batches`: the streams of `datasets` over Parquet go through `pyarrow.dataset`, which can
    abort the process at exit when a stream was left half read (datasets issue 7566, huggingface_hub issue 4178).

    Attributes:
        folder: The built folder, absolute.
        split: Split name.
        files: The split's Parquet files, relative to the folder.
        images: Where a row's image comes from: `row` (it is there), `bytes` (it is fetched from the split's images) or
            `address` (the row gets its address, and the bytes are read when the image is decoded).
        only: The rows wanted.
    """

    folder: str
    split: str
    files: tuple[str, ...]
    images: str
    only: RowFilter = EVERY_ROW

    def parts(self, processes: int | None) -> list[Part]:
        """Cut the split into its row groups, however many processes there are."""
        return [(path, group) for path in self.files for group in range(_open(self._path(path)).num_row_groups)]

    def tables(self, part: Part) -> Iterator[pa.Table]:
        """Yield the rows of one row group.

        Raises:
            InputError: A file is missing or damaged.
        """
        path, group = self._path(part[0]), part[1]
        try:
            with _open(path) as file:
                for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=[group]):
                    yield from self._full(self.only.filter(pa.Table.from_batches([batch])))
        except (OSError, pa.ArrowException) as error:
            raise _damaged(path, error) from error

    def kinds(self) -> Iterator[pa.Table]:
        """Yield the tasks and subtasks of all rows, file by file."""
        for path in self.files:
            yield _open(self._path(path)).read(columns=list(COLUMNS))

    def no_rows(self, reason: str) -> InputError:
        """Return the error to raise when there is not one row."""
        fix = "Build it again with `sarbench build`"
        return InputError(where=self.folder, problem=f"has no row of split {self.split} ({reason})", fix=fix)

    def _path(self, path: str) -> Path:
        return Path(self.folder) / path

    def _full(self, table: pa.Table) -> Iterator[pa.Table]:
        if self.images == "row":
            yield table.select(SCHEMA.names).cast(SCHEMA)
        elif self.images == "address":
            yield _with_images(table, *self._addresses(_keys(table)))
        else:
            yield from self._with_bytes(table)

    def _addresses(self, keys: list[_Key]) -> tuple[pa.Array, pa.Array]:
        texts = {key: {"path": self._address(key).url} for key in set(keys) if key}
        images = pa.array([texts[key] if key else None for key in keys], SCHEMA.field("image").type)
        return images, pa.nulls(len(keys), pa.binary())

    def _address(self, key: tuple[str, str]) -> Address:
        image_id, sha256 = key
        return Address(self.folder, self.split, sha256, image_id)

    def _with_bytes(self, table: pa.Table) -> Iterator[pa.Table]:
        """Fetch an image once for neighbouring rows, and cut the table where the bytes in its rows become too many."""
        keys = _keys(table)
        start, size = 0, 0
        distinct: list[StoredImage | None] = []
        places: list[int] = []
        for number, key in enumerate(keys):
            if not places or key != keys[number - 1]:
                if size >= BATCH_BYTES:
                    yield _with_images(table.slice(start, len(places)), *_columns(distinct, places))
                    start, size, distinct, places = number, 0, [], []
                distinct.append(stored_image(self._address(key)) if key else None)
            places.append(len(distinct) - 1)
            image = distinct[-1]
            size += len(image.bytes) + len(image.raw or b"") if image else 0
        if places:
            yield _with_images(table.slice(start), *_columns(distinct, places))


class RawImages:
    """Fills `raw_image` in rows whose images are addresses: a transform of `datasets`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __eq__(self, other: object) -> bool:
        """Tell alike what fills rows from the same folder, so that `datasets` keeps it where parts are put together."""
        return isinstance(other, RawImages) and self.folder == other.folder

    def __hash__(self) -> int:
        return hash(self.folder)

    def __call__(self, batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Return the batch with raw bytes, where it has the columns that name them."""
        names = ("split", "image_id", "image_sha256")
        if "raw_image" not in batch or any(name not in batch for name in names):
            return batch
        raw: list[bytes | None] = []
        last: tuple[Any, ...] = ()
        for split, image_id, sha256 in (keys := list(zip(*(batch[name] for name in names), strict=True))):
            if raw and keys[len(raw)] == last:
                raw.append(raw[-1])
            else:
                raw.append(stored_image(Address(self.folder, split, sha256, image_id)).raw if sha256 else None)
            last = keys[len(raw) - 1]
        return {**batch, "raw_image": raw}


def built_key(folder: Path, index: BuiltIndex, config: str, split: str, images: str) -> str:
    """Hash what the rows of a built split depend on: the code, the folder, and size and time of every file."""
    built = index.configs[config][split]
    parts = [
        __version__,
        index.schema_version,
        Path(__file__).read_text(encoding="utf-8"),
        str(folder),
        config,
        images,
        built.data_digest,
    ]
    files: tuple[FileIndex, ...] = built.files
    if images != "row" and split in index.images:
        files = (*files, *index.images[split].files, index.images[split].offsets)
    for file in files:
        stat = (folder / file.path).stat()
        parts.append(f"{file.path} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def has_raw_images(folder: Path, index: BuiltIndex, split: str) -> bool:
    """Tell whether an image of the joined configs of a split has raw bytes."""
    if split not in index.images:
        return False
    column = read_offsets(folder / index.images[split].offsets.path)[OFFSETS_SCHEMA.names[-1]]
    return bool(column.null_count < len(column))


def _keys(table: pa.Table) -> list[_Key]:
    """Return which image each row shows."""
    pairs = zip(table["image_id"].to_pylist(), table["image_sha256"].to_pylist(), strict=True)
    return [(image_id, sha256) if sha256 else None for image_id, sha256 in pairs]


def _columns(distinct: list[StoredImage | None], places: list[int]) -> tuple[pa.Array, pa.Array]:
    """Return the columns `image` and `raw_image`."""
    take = pa.array(places, pa.int32())
    images = [image and {"bytes": image.bytes, "path": image.path} for image in distinct]
    raw = pa.array([image and image.raw for image in distinct], pa.binary())
    return pa.array(images, SCHEMA.field("image").type).take(take), raw.take(take)


def _with_images(table: pa.Table, images: pa.Array, raw: pa.Array) -> pa.Table:
    given = {"image": images, "raw_image": raw}
    columns = [given[name] if name in given else table[name] for name in SCHEMA.names]
    return pa.Table.from_arrays(columns, SCHEMA.names).cast(SCHEMA)


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(where=path, problem=f"cannot be read ({error})", fix="Build it again with `sarbench build`")
