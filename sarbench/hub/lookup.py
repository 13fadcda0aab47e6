"""Rows and images of a built folder, read with pyarrow alone."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.index import built_split
from sarbench.errors import InputError, UnknownNameError
from sarbench.schema import SCHEMA

TEXT_COLUMNS = tuple(name for name in SCHEMA.names if name not in ("image", "raw_image"))
"""Every column of the schema but the image bytes."""

_ROWS = 1_000
_IMAGES = 32
"""Rows held at a time: of texts, and of images."""


def rows(folder: Path, config: str, split: str, *, columns: Sequence[str] = TEXT_COLUMNS) -> Iterator[dict[str, Any]]:
    """Yield the rows of a built split in file order, as plain Python values without the image bytes.

    Args:
        folder: The built folder.
        config: Config name.
        split: Split name.
        columns: The columns wanted, in this order; the fewer, the faster.

    Raises:
        InputError: The folder is not a usable built set.
        UnknownNameError: It has no such config, split or column.
    """
    for column in columns:
        if column not in SCHEMA.names:
            problem = f"there is no column {column!r}"
            raise UnknownNameError(where="schema", problem=problem, fix=f"Take some of {', '.join(SCHEMA.names)}")
    for path in _paths(folder, config, split):
        with _open(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS, columns=list(columns)):
                yield from batch.select(list(columns)).to_pylist()


def images_by_id(folder: Path, config: str, split: str, image_ids: Collection[str]) -> dict[str, bytes]:
    """Return the stored image bytes of some images of a built split.

    Only row groups that hold a wanted image are read, a few images at a time. Ids that the split does not have, and
    those without an image, are left out.

    Args:
        folder: The built folder.
        config: Config name.
        split: Split name.
        image_ids: Values of the column `image_id`.

    Raises:
        InputError: The folder is not a usable built set.
        UnknownNameError: It has no such config or split.
    """
    wanted = set(image_ids)
    found: dict[str, bytes] = {}
    for path in _paths(folder, config, split):
        if not wanted:
            break
        with _open(path) as file:
            for group in range(file.num_row_groups):
                if wanted and _may_hold(file, group, wanted):
                    found.update(_images_of_group(file, group, wanted))
                    wanted -= found.keys()
    return found


def _images_of_group(file: pq.ParquetFile, group: int, wanted: set[str]) -> dict[str, bytes]:
    ids = file.read_row_group(group, columns=["image_id"])["image_id"].to_pylist()
    if wanted.isdisjoint(ids):
        return {}
    found: dict[str, bytes] = {}
    start = 0
    for batch in file.iter_batches(batch_size=_IMAGES, row_groups=[group], columns=["image.bytes"]):
        data = batch.column("image").field("bytes")
        for place, image_id in enumerate(ids[start : start + len(batch)]):
            if image_id in wanted and image_id not in found and data[place].is_valid:
                found[image_id] = data[place].as_py()
        start += len(batch)
    return found


def _paths(folder: Path, config: str, split: str) -> list[Path]:
    return [folder / file.path for file in built_split(folder, config, split).files]


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, page_checksum_verification=True)
    except (OSError, pa.ArrowInvalid) as error:
        fix = "Build it again with `sarbench build`"
        raise InputError(where=path, problem=f"cannot be read ({error})", fix=fix) from error


def _may_hold(file: pq.ParquetFile, group: int, wanted: set[str]) -> bool:
    """Compare the wanted ids with the smallest and largest id of a row group."""
    column = file.metadata.row_group(group).column(_leaf(file, "image_id"))
    bounds = column.statistics
    if bounds is None or not bounds.has_min_max:
        return True
    return any(bounds.min <= image_id <= bounds.max for image_id in wanted)


def _leaf(file: pq.ParquetFile, path: str) -> int:
    """Return the number of a Parquet column."""
    names = [file.schema.column(number).path for number in range(len(file.schema))]
    return names.index(path)
