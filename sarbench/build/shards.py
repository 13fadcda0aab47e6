"""Arrow tables → the Parquet files of one split, none over 500 MB."""

from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.index import FileIndex
from sarbench.schema import SCHEMA

SHARD_BYTES = 500_000_000

_METADATA_BYTES = 32_000
"""What the footer and the page index of one row group take at most."""

_IMAGES = frozenset({"image.bytes", "raw_image"})
_UNIQUE = frozenset({"id", "record", "sample_sha256"})


def _leaves(fields: Any, prefix: str = "") -> list[str]:
    """Return the Parquet column paths of Arrow fields: structs add `.<field>`, lists `.list.element`."""
    paths: list[str] = []
    for field in fields:
        path, kind = prefix + field.name, field.type
        while pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
            path, kind = f"{path}.list.element", kind.value_type
        paths += _leaves(kind, f"{path}.") if pa.types.is_struct(kind) else [path]
    return paths


_LEAVES = _leaves(SCHEMA)


class ShardWriter:
    """Writes tables as `<split>-00000-of-NNNNN.parquet`, a row group each.

    Encoded images do not compress but repeat from row to row, so their columns are dictionary-encoded and uncompressed:
    each image is stored once in a row group. Texts are compressed with zstd. Every page carries its checksum, so that
    damage is noticed by whoever asks for it to be verified.

    Used as a context; what was not finished by then is deleted.
    """

    def __init__(self, folder: Path, split: str, *, limit: int = SHARD_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._split = split
        self._limit = limit
        self._finished: list[Path] = []
        self._shard: _Shard | None = None

    def __enter__(self) -> "ShardWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        for part in self._finished:
            part.unlink(missing_ok=True)

    def write(self, table: pa.Table) -> None:
        """Add one table; it goes into a new file where the current one could grow over the limit."""
        if self._shard and self._shard.size_with(table) > self._limit:
            self._close()
        if not self._shard:
            self._shard = _Shard(self._folder / f"{self._split}-{len(self._finished):05d}.part")
        self._shard.write(table)

    def finish(self) -> tuple[FileIndex, ...]:
        """Close the last file, give all their final names and return them; paths are relative to the folder."""
        self._close()
        files = []
        for number, part in enumerate(self._finished):
            path = part.with_name(f"{self._split}-{number:05d}-of-{len(self._finished):05d}.parquet")
            part.rename(path)
            files.append(FileIndex(path=path.name, bytes=path.stat().st_size))
        return tuple(files)

    def _close(self) -> None:
        if self._shard:
            self._shard.close()
            self._finished.append(self._shard.path)
            self._shard = None


class _Shard:
    """One Parquet file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pq.ParquetWriter(
            self._file,
            SCHEMA,
            compression={leaf: "none" if leaf in _IMAGES else "zstd" for leaf in _LEAVES},
            use_dictionary=[leaf for leaf in _LEAVES if leaf not in _UNIQUE],
            dictionary_pagesize_limit=1 << 30,
            write_statistics=[leaf for leaf in _LEAVES if leaf not in _IMAGES],
            write_page_index=True,
            write_page_checksum=True,
        )
        self._groups = 0

    def size_with(self, table: pa.Table) -> int:
        """Bytes that the finished file would have at most with one more table."""
        groups = self._groups + 1
        return int(self._file.tell()) + int(table.nbytes) + groups * _METADATA_BYTES

    def write(self, table: pa.Table) -> None:
        self._groups += 1
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def close(self) -> None:
        self._writer.close()
        self._file.close()
