"""Arrow tables → Parquet files, none over 500 MB."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.index import FileIndex

SHARD_BYTES = 500_000_000

_METADATA_BYTES = 32_000
"""What the footer and the page index of one row group take at most."""

_IMAGES = frozenset({"image.bytes", "raw_image"})
_UNIQUE = frozenset({"id", "record", "sample_sha256"})

_ALWAYS = {"write_page_index": True, "write_page_checksum": True}


def leaves(fields: Any, prefix: str = "") -> list[str]:
    """Return the Parquet column paths of Arrow fields: structs add `.<field>`, lists `.list.element`."""
    paths: list[str] = []
    for field in fields:
        path, kind = prefix + field.name, field.type
        while pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
            path, kind = f"{path}.list.element", kind.value_type
        paths += leaves(kind, f"{path}.") if pa.types.is_struct(kind) else [path]
    return paths


def row_properties(schema: pa.Schema) -> dict[str, Any]:
    """Return how rows are written.

    Encoded images do not compress but repeat from row to row, so their columns are dictionary-encoded and uncompressed:
    each image is stored once in a row group. Texts are compressed with zstd.
    """
    columns = leaves(schema)
    return {
        **_ALWAYS,
        "compression": {leaf: "none" if leaf in _IMAGES else "zstd" for leaf in columns},
        "use_dictionary": [leaf for leaf in columns if leaf not in _UNIQUE],
        "dictionary_pagesize_limit": 1 << 30,
        "write_statistics": [leaf for leaf in columns if leaf not in _IMAGES],
    }


def image_properties(schema: pa.Schema) -> dict[str, Any]:
    """Return how images are written that are stored once: as plain bytes, one page for each column of a row group.

    So the place of every image in the file follows from the metadata (`images.writer.places`). A page holds at most
    20,000 rows unless told otherwise: a row group must have fewer.
    """
    columns = leaves(schema)
    return {
        **_ALWAYS,
        "compression": {leaf: "none" if leaf in _IMAGES else "zstd" for leaf in columns},
        "use_dictionary": False,
        "data_page_size": 1 << 30,
        "write_statistics": [leaf for leaf in columns if leaf not in _IMAGES],
    }


class ShardWriter:
    """Writes tables as `<stem>-00000.parquet`, `<stem>-00001.parquet` …, a row group each.

    Every page carries its checksum, so that damage is noticed by whoever asks for it to be verified. Used as a context,
    which closes the files; when it ends with an error, what was written is of no use.
    """

    def __init__(
        self, folder: Path, stem: str, *, schema: pa.Schema, properties: Mapping[str, Any], limit: int = SHARD_BYTES
    ) -> None:
        self._folder = folder
        self._stem = stem
        self._schema = schema
        self._properties = properties
        self._limit = limit
        self._finished: list[Path] = []
        self._shard: _Shard | None = None

    def __enter__(self) -> "ShardWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._close()
        else:
            with suppress(OSError):  # the first error is the one to tell
                self._close()

    def write(self, table: pa.Table) -> None:
        """Add one table; it goes into a new file where the current one could grow over the limit."""
        if self._shard and self._shard.size_with(table) > self._limit:
            self._close()
        if not self._shard:
            path = self._folder / f"{self._stem}-{len(self._finished):05d}.parquet"
            self._shard = _Shard(path, self._schema, self._properties)
        self._shard.write(table)

    def finish(self) -> tuple[FileIndex, ...]:
        """Close the last file and return all; paths are relative to the folder."""
        self._close()
        return tuple(FileIndex(path=path.name, bytes=path.stat().st_size) for path in self._finished)

    def _close(self) -> None:
        if self._shard:
            shard, self._shard = self._shard, None
            shard.close()
            self._finished.append(shard.path)


class _Shard:
    """One Parquet file."""

    def __init__(self, path: Path, schema: pa.Schema, properties: Mapping[str, Any]) -> None:
        self.path = path
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pq.ParquetWriter(self._file, schema, **properties)
        self._groups = 0

    def size_with(self, table: pa.Table) -> int:
        """Bytes that the finished file would have at most with one more table."""
        groups = self._groups + 1
        return int(self._file.tell()) + int(table.nbytes) + groups * _METADATA_BYTES

    def write(self, table: pa.Table) -> None:
        self._groups += 1
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def close(self) -> None:
        try:
            self._writer.close()
        finally:
            self._file.close()
