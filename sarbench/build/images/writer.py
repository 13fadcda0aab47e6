"""Images of joined configs → Parquet files in which the place of every image is known."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sarbench.build.images.store import FILES_KEY, OFFSETS_SCHEMA
from sarbench.build.index import FileIndex
from sarbench.errors import InputError
from sarbench.schema import Row

GROUP_IMAGES = 1_000
"""Images in a row group at most."""

_PREFIX = 4

Keys = npt.NDArray[np.uint64]


def image_key(image_id: str, image_sha256: str) -> int:
    """Return 64 bits that stand for an image: among a million images, two agree with a probability of 3e-8."""
    digest = hashlib.blake2b(f"{image_id}\0{image_sha256}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def sorted_keys(keys: Iterable[int]) -> Keys:
    """Return keys without repetition in ascending order."""
    return np.unique(np.fromiter(keys, dtype=np.uint64))


def holds(keys: Keys, key: int) -> bool:
    """Tell whether sorted keys hold one."""
    if not len(keys):
        return False
    place = int(np.searchsorted(keys, np.uint64(key)))
    return place < len(keys) and int(keys[place]) == key


class ImageRecord(NamedTuple):
    """What the offsets need of an image that was written."""

    image_id: str
    image_sha256: str
    path: str
    size: int
    raw_size: int | None


def record_of(row: Row) -> ImageRecord:
    """Describe the image of a row that has one."""
    if row.image is None or row.image_id is None or row.image_sha256 is None:
        raise ValueError(f"{row.id} has no image")  # noqa: EM102
    raw_size = None if row.raw_image is None else len(row.raw_image)
    return ImageRecord(row.image_id, row.image_sha256, row.image.path, len(row.image.bytes), raw_size)


def offsets_table(folder: Path, files: Sequence[FileIndex], records: Sequence[ImageRecord]) -> pa.Table:
    """Return the places of images in the files that were just written.

    Args:
        folder: Where the files lie.
        files: They, in the order of writing.
        records: The images, in the order of writing.
    """
    rows: list[tuple[str | int | None, ...]] = []
    left = iter(records)
    for number, file in enumerate(files):
        metadata = pq.read_metadata(folder / file.path)
        for group in range(metadata.num_row_groups):
            here = [next(left) for _ in range(metadata.row_group(group).num_rows)]
            offsets = places(metadata.row_group(group), "image.bytes", [record.size for record in here])
            raw = places(metadata.row_group(group), "raw_image", [record.raw_size for record in here])
            for record, offset, raw_offset in zip(here, offsets, raw, strict=True):
                rows.append((*record[:3], number, offset, record.size, raw_offset, record.raw_size))
    columns = zip(*rows, strict=True) if rows else [()] * len(OFFSETS_SCHEMA)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, OFFSETS_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=OFFSETS_SCHEMA)


def places(group: pq.RowGroupMetaData, column: str, sizes: Sequence[int | None]) -> list[int | None]:
    """Return where each value of a column starts in the file; None for a null.

    The column is one page, PLAIN and uncompressed: four bytes of length before each value, nulls left out, and the last
    value ends where the column ends (Parquet format, Encodings.md, "Plain").

    Args:
        group: Metadata of the row group.
        column: Column path.
        sizes: Length of each value in bytes; None for a null.
    """
    chunk = next(
        found for number in range(group.num_columns) if (found := group.column(number)).path_in_schema == column
    )
    at = chunk.data_page_offset + chunk.total_compressed_size
    at -= sum(_PREFIX + size for size in sizes if size is not None)
    starts: list[int | None] = []
    for size in sizes:
        starts.append(None if size is None else at + _PREFIX)
        at += 0 if size is None else _PREFIX + size
    return starts


def merged_offsets(tables: Iterable[tuple[pa.Table, int]]) -> pa.Table:
    """Put offsets together and sort them; of an image that occurs twice, the first place counts.

    Args:
        tables: Offsets, with the number that their file 0 has among all files.
    """
    shifted = [
        table.set_column(3, OFFSETS_SCHEMA.field(3), pc.add(table["file"], pa.scalar(first, pa.int32())))
        for table, first in tables
    ]
    table = pa.concat_tables([OFFSETS_SCHEMA.empty_table(), *shifted])
    table = table.append_column("order", pa.array(np.arange(len(table))))
    keys = [(name, "ascending") for name in ("image_id", "image_sha256", "order")]
    table = table.take(pc.sort_indices(table, sort_keys=keys)).drop_columns(["order"])
    if len(table) < 2:
        return table
    changes = [pc.not_equal(table[name][1:], table[name][:-1]) for name in ("image_id", "image_sha256")]
    first_of_its_kind = pa.chunked_array([pa.array([True]), *pc.or_(*changes).chunks])
    return table.filter(first_of_its_kind)


def write_offsets(path: Path, table: pa.Table, files: Sequence[FileIndex]) -> FileIndex:
    """Write offsets as an Arrow file of one batch, so that they can be mapped into memory.

    Args:
        path: The file.
        table: The offsets.
        files: The files that they point into, beside `path`.

    Returns:
        The file, its path relative to its folder.
    """
    listed = json.dumps([[Path(file.path).name, file.bytes] for file in files])
    schema = OFFSETS_SCHEMA.with_metadata({FILES_KEY: listed.encode()})
    whole = table.combine_chunks()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for batch in whole.to_batches():
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return FileIndex(path=path.name, bytes=path.stat().st_size, sha256=digest)


def read_offsets(path: Path) -> pa.Table:
    """Read an offsets file as a table.

    Raises:
        InputError: It is damaged.
    """
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
            table.validate(full=True)
            return table.replace_schema_metadata(None)
    except (OSError, pa.ArrowException) as error:
        fix = "Delete the folder and build again with `sarbench build`"
        raise InputError(where=path, problem=f"cannot be read ({error})", fix=fix) from error


def keys_of(table: pa.Table) -> Iterator[int]:
    """Yield the key of every image in offsets."""
    for batch in table.to_batches(max_chunksize=10_000):
        pairs = zip(batch.column("image_id").to_pylist(), batch.column("image_sha256").to_pylist(), strict=True)
        yield from (image_key(*pair) for pair in pairs)
