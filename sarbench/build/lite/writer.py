"""The lite twin of a test split: its chosen rows, unchanged and in file order, with their images in them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.batches import BATCH_BYTES, BATCH_ROWS
from sarbench.build.images.store import ImageStore, StoredImage
from sarbench.build.index import FileIndex, SplitIndex, data_digest
from sarbench.build.lite.choice import LiteRow, choose, lite_row
from sarbench.build.shards import ShardWriter, row_properties
from sarbench.build.split import place_files
from sarbench.schema import LITE_SUFFIX, SCHEMA

LITE_SPLIT = "test"

_COLUMNS = ("id", "task", "subtask", "answers", "boxes", "count", "source")
_IMAGE_TYPE = SCHEMA.field("image").type


def write_lite(folder: Path, config: str, full: SplitIndex, size: int, scratch: Path) -> SplitIndex:
    """Choose rows of a test split and write them as the config `<config>-lite`.

    Args:
        folder: The built folder that the split lies in, with its index; the lite config is written there too.
        config: The config of the split.
        full: The split.
        size: Rows for each (task, subtask).
        scratch: A folder for unfinished files, on the same file system.
    """
    paths = [folder / file.path for file in full.files]
    rows = [row for path in paths for row in _lite_rows(path)]
    chosen = choose(rows, size)
    scratch.mkdir(parents=True, exist_ok=True)
    store = ImageStore(folder, LITE_SPLIT) if full.layout == "joined" else None
    tally = _Tally()
    with ShardWriter(scratch, config, schema=SCHEMA, properties=row_properties(SCHEMA)) as shards:
        for table in _batched(_chosen_tables(paths, chosen, store)):
            tally.add(table)
            shards.write(table)
        written = shards.finish()
    if store:
        store.close()
    files = place_files(_with_sizes(scratch, written), folder / f"{config}{LITE_SUFFIX}", LITE_SPLIT)
    return SplitIndex(
        rows=len(chosen),
        images=len(tally.images),
        bytes=sum(file.bytes for file in files),
        data_digest=data_digest(tally.hashes),
        simulated=full.simulated,
        files=files,
        lite_of=config,
        lite_digest=data_digest(rows[place].id for place in chosen),
    )


class _Tally:
    def __init__(self) -> None:
        self.hashes: list[str] = []
        self.images: set[tuple[str, str]] = set()

    def add(self, table: pa.Table) -> None:
        self.hashes += table["sample_sha256"].to_pylist()
        keys = zip(table["image_id"].to_pylist(), table["image_sha256"].to_pylist(), strict=True)
        self.images.update((image_id, sha256) for image_id, sha256 in keys if sha256 is not None)


def _lite_rows(path: Path) -> Iterator[LiteRow]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(_COLUMNS)):
            for row in batch.to_pylist():
                yield lite_row(
                    id=row["id"],
                    task=row["task"],
                    subtask=row["subtask"],
                    labels=[box["label"] for box in row["boxes"]],
                    answers=row["answers"],
                    count=row["count"],
                    dataset=(row["source"] or {}).get("dataset"),
                )


def _chosen_tables(paths: Sequence[Path], chosen: Sequence[int], store: ImageStore | None) -> Iterator[pa.Table]:
    """Yield the chosen rows with their images, some at a time; row groups without one are not read."""
    left = list(reversed(chosen))
    start = 0
    for path in paths:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                here = []
                while left and left[-1] < end:
                    here.append(left.pop() - start)
                if here:
                    table = file.read_row_group(group).take(pa.array(here))
                    yield from _with_images(table, store) if store else [table]
                start = end


def _with_images(table: pa.Table, store: ImageStore) -> Iterator[pa.Table]:
    """Add the images to rows of text, a bounded number of bytes at a time."""
    pairs = list(zip(table["image_id"].to_pylist(), table["image_sha256"].to_pylist(), strict=True))
    images: list[StoredImage | None] = []
    start = size = 0
    for place, (image_id, sha256) in enumerate(pairs):
        if images and place and pairs[place] == pairs[place - 1]:
            image = images[-1]
        else:
            image = store.get(image_id, sha256) if sha256 is not None else None
        images.append(image)
        size += len(image.bytes) + len(image.raw or b"") if image else 0
        if size >= BATCH_BYTES or place == len(pairs) - 1:
            yield _joined(table.slice(start, len(images)), images)
            start, size, images = place + 1, 0, []


def _joined(texts: pa.Table, images: Sequence[StoredImage | None]) -> pa.Table:
    columns: dict[str, Any] = {name: texts[name] for name in texts.column_names}
    shown = [image and {"bytes": image.bytes, "path": image.path} for image in images]
    columns["image"] = pa.chunked_array([pa.array(shown, _IMAGE_TYPE)])
    columns["raw_image"] = pa.chunked_array([pa.array([image and image.raw for image in images], pa.binary())])
    return pa.Table.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _batched(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Put small tables together until they are worth a row group."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        if sum(part.nbytes for part in held) >= BATCH_BYTES or sum(map(len, held)) >= BATCH_ROWS:
            yield pa.concat_tables(held).combine_chunks()
            held = []
    if held:
        yield pa.concat_tables(held).combine_chunks()


def _with_sizes(folder: Path, files: Sequence[FileIndex]) -> list[tuple[Path, int]]:
    return [(folder / file.path, file.bytes) for file in files]
