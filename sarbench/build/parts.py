"""A part of a split: some thousand images with their rows → files that depend on nothing but the part."""

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from sarbench import sources
from sarbench.build.batches import BATCH_BYTES, BATCH_ROWS, batches, same_image
from sarbench.build.images.writer import (
    GROUP_IMAGES,
    ImageRecord,
    Keys,
    holds,
    image_key,
    offsets_table,
    record_of,
    sorted_keys,
    write_offsets,
)
from sarbench.build.index import FileIndex, Layout
from sarbench.build.report_state import KindState, report_state
from sarbench.build.shards import ShardWriter, image_properties, row_properties
from sarbench.schema import IMAGES_SCHEMA, SCHEMA, TEXT_SCHEMA, Row, to_images_table, to_table, to_text_table
from sarbench.sources import OpenSplit, Report

PART_GROUPS = 2_000
"""Images (or records of text alone) in a part: about one file of 500 MB where images are 512 × 512 pixels."""

RECORD_NAME = "part.json"
HASHES_NAME = "hashes.bin"
OFFSETS_NAME = "offsets.arrow"

Tick = Callable[[int], Any]
"""Called with the number of rows read since the last call; what it raises ends the part."""


@dataclass(frozen=True)
class SplitJob:
    """All that a worker must know to write parts of one split; it may be pickled.

    Attributes:
        name: The dataset.
        data_dir: The authors' files, absolute.
        config: Config name.
        split: Split name.
        options: Complete, from `sources.check_options`.
        layout: How the rows are written.
        folder: Where the folders of the parts go, absolute.
        groups: How many groups the split has.
        part_groups: How many of them make a part.
        known: Sorted keys (`images.writer.image_key`) of the images that are stored already, as an `.npy` file.
    """

    name: str
    data_dir: Path
    config: str
    split: str
    options: Mapping[str, str]
    layout: Layout
    folder: Path
    groups: int
    part_groups: int
    known: Path | None = None

    @property
    def place(self) -> str:
        """`config/split`."""
        return f"{self.config}/{self.split}"

    @property
    def parts(self) -> range:
        """The numbers of all parts."""
        return range(-(-self.groups // self.part_groups))

    def part_folder(self, number: int) -> Path:
        """Return where a part goes; it appears there whole."""
        return self.folder / f"part-{number:05d}"

    def open(self, report: Report) -> AbstractContextManager[OpenSplit]:
        """Open the split at its source."""
        source = sources.get(self.name)
        return source.open_split(self.data_dir, self.config, self.split, report=report, options=self.options)


class PartRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a finished part; written last, so a folder with it is whole."""

    rows: int
    images: int
    simulated: bool
    texts: list[tuple[str, int]]
    """Name and bytes of the files with rows."""
    pictures: list[tuple[str, int]]
    """Name and bytes of the files with the images that this part stores."""
    report: list[KindState]


def write_part(job: SplitJob, opened: OpenSplit, number: int, *, tick: Tick) -> None:
    """Write one part into a folder of its own.

    Raises:
        InputError: The authors' files cannot be read.
        OSError: A file cannot be written; the message names the part.
    """
    folder = job.part_folder(number)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        with _Part(job, temporary) as part:
            record = part.write(opened, number, tick)
        (temporary / RECORD_NAME).write_bytes(msgspec.json.encode(record))
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    except OSError as error:
        raise OSError(error.errno, f"{job.place}, {folder.name}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read_part(job: SplitJob, number: int) -> PartRecord | None:
    """Return the record of a part that is finished and whole, else None."""
    folder = job.part_folder(number)
    try:
        record = msgspec.json.decode((folder / RECORD_NAME).read_bytes(), type=PartRecord)
        sizes = [((folder / name).stat().st_size, size) for name, size in (*record.texts, *record.pictures)]
        hashes = (folder / HASHES_NAME).stat().st_size
    except (OSError, msgspec.DecodeError):
        return None
    return record if hashes == 32 * record.rows and all(found == size for found, size in sizes) else None


class _Part:
    """The writers of one part. A thread writes one table while the next one's rows are read."""

    def __init__(self, job: SplitJob, folder: Path) -> None:
        self._job = job
        self._folder = folder
        self._stack = ExitStack()
        self._pending: deque[Future[None]] = deque()

    def __enter__(self) -> "_Part":
        schema = SCHEMA if self._job.layout == "flat" else TEXT_SCHEMA
        texts = ShardWriter(self._folder, "rows", schema=schema, properties=row_properties(schema))
        pictures = ShardWriter(self._folder, "images", schema=IMAGES_SCHEMA, properties=image_properties(IMAGES_SCHEMA))
        self._texts = self._stack.enter_context(texts)
        self._pictures = self._stack.enter_context(pictures)
        self._pool = self._stack.enter_context(ThreadPoolExecutor(max_workers=1))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def write(self, opened: OpenSplit, number: int, tick: Tick) -> PartRecord:
        job, report = self._job, Report()
        start = number * job.part_groups
        span = range(start, min(start + job.part_groups, job.groups))
        tally = _Tally()
        rows = tally.watch(opened.rows(span, report), tick)
        if job.layout == "flat":
            for batch in batches(rows):
                self._submit(self._texts, to_table, batch)
        else:
            self._write_joined(rows)
        while self._pending:
            self._pending.popleft().result()
        (self._folder / HASHES_NAME).write_bytes(tally.hashes)
        return PartRecord(
            rows=tally.rows,
            images=tally.images,
            simulated=tally.simulated,
            texts=_named(self._texts.finish()),
            pictures=_named(self._pictures.finish()),
            report=report_state(report),
        )

    def _write_joined(self, rows: Iterator[Row]) -> None:
        """Send each new image to the images, and every row without its image to the rows."""
        images = _NewImages(self._job.known)
        texts: list[Row] = []
        for row in rows:
            if images.take(row) and images.full:
                self._submit(self._pictures, to_images_table, images.flush())
            texts.append(msgspec.structs.replace(row, image=None, raw_image=None))
            if len(texts) >= BATCH_ROWS:
                self._submit(self._texts, to_text_table, texts)
                texts = []
        for writer, make, last in (
            (self._pictures, to_images_table, images.flush()),
            (self._texts, to_text_table, texts),
        ):
            if last:
                self._submit(writer, make, last)
        while self._pending:
            self._pending.popleft().result()
        files = self._pictures.finish()
        write_offsets(self._folder / OFFSETS_NAME, offsets_table(self._folder, files, images.records), files)

    def _submit(self, writer: ShardWriter, make: Callable[[list[Row]], pa.Table], rows: list[Row]) -> None:
        """Have a table made and written; wait for the one before it, so that no more than two are held."""
        while self._pending:
            self._pending.popleft().result()
        self._pending.append(self._pool.submit(_write, writer, make, rows))


def _write(writer: ShardWriter, make: Callable[[list[Row]], pa.Table], rows: list[Row]) -> None:
    writer.write(make(rows))


class _NewImages:
    """Images that this part is to store: those that neither it nor an earlier config of the split has stored."""

    def __init__(self, known: Path | None) -> None:
        self._known: Keys = np.load(known, mmap_mode="r") if known else sorted_keys(())
        self._met: set[int] = set()
        self._last: Row | None = None
        self._rows: list[Row] = []
        self._size = 0
        self.records: list[ImageRecord] = []

    @property
    def full(self) -> bool:
        return self._size >= BATCH_BYTES or len(self._rows) >= GROUP_IMAGES

    def take(self, row: Row) -> bool:
        """Remember the image of a row if it is to be stored; tell whether it is."""
        last, self._last = self._last, row
        if row.image is None or (last is not None and same_image(row, last)):
            return False
        record = record_of(row)
        key = image_key(record.image_id, record.image_sha256)
        if key in self._met or holds(self._known, key):
            return False
        self._met.add(key)
        self._rows.append(row)
        self._size += record.size + (record.raw_size or 0)
        self.records.append(record)
        return True

    def flush(self) -> list[Row]:
        rows, self._rows, self._size = self._rows, [], 0
        return rows


class _Tally:
    """Counts rows and images and collects the sample hashes, 32 bytes a row, while rows pass through."""

    def __init__(self) -> None:
        self.rows = 0
        self.images = 0
        self.simulated = False
        self.hashes = bytearray()

    def watch(self, rows: Iterator[Row], tick: Tick) -> Iterator[Row]:
        last: Row | None = None
        told = 0
        for row in rows:
            new = row.image is None or last is None or not same_image(row, last)
            if new and self.rows - told >= _TICK_ROWS:
                tick(self.rows - told)
                told = self.rows
            self.rows += 1
            self.images += new and row.image is not None
            self.simulated = self.simulated or row.text_origin == "simulated"
            self.hashes += bytes.fromhex(row.sample_sha256)
            last = row
            yield row
        tick(self.rows - told)


_TICK_ROWS = 100


def _named(files: tuple[FileIndex, ...]) -> list[tuple[str, int]]:
    return [(file.path, file.bytes) for file in files]
