"""Rows and images of a built folder, flat or joined, read with pyarrow alone."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.images.store import ImageStore
from sarbench.build.index import SplitIndex, built_split
from sarbench.errors import InputError, UnknownNameError
from sarbench.schema import SCHEMA, TEXT_SCHEMA

TEXT_COLUMNS = tuple(TEXT_SCHEMA.names)
"""Every column of the schema but the image bytes."""

_KEY = ("image_id", "image_sha256")
"""What names an image of a joined split."""

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
    built = built_split(folder, config, split)
    if built.layout == "joined" and not set(columns) <= set(TEXT_COLUMNS):
        yield from _joined_rows(folder, split, built, columns)
        return
    size = _ROWS if set(columns) <= set(TEXT_COLUMNS) else _IMAGES
    for batch in _batches(folder, built, columns, size):
        yield from batch


def images_by_id(folder: Path, config: str, split: str, image_ids: Collection[str]) -> dict[str, bytes]:
    """Return the stored image bytes of some images of a built split.

    Of a flat split, only row groups that hold a wanted image are read, a few images at a time; of a joined one, only
    the wanted images, whichever of its configs shows them. Ids that the split does not have, and those without an
    image, are left out.

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
    built = built_split(folder, config, split)
    if built.layout == "joined":
        return _joined_images(folder, split, wanted)
    found: dict[str, bytes] = {}
    for path in _paths(folder, built):
        if not wanted:
            break
        with _open(path) as file, _reading(path):
            for group in range(file.num_row_groups):
                if wanted and _may_hold(file, group, wanted):
                    found.update(_images_of_group(file, group, wanted))
                    wanted -= found.keys()
    return found


def _joined_rows(folder: Path, split: str, built: SplitIndex, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield rows with their images; those of one image come together, and share it."""
    needed = list(dict.fromkeys((*(name for name in columns if name in TEXT_COLUMNS), *_KEY)))
    last: tuple[Any, ...] = ()
    image: dict[str, Any] = {}
    with closing(ImageStore(folder, split)) as store:
        for batch in _batches(folder, built, needed, _ROWS):
            for row in batch:
                if (key := (row["image_id"], row["image_sha256"])) != last:
                    last, image = key, _image_columns(store, *key)
                yield {name: image[name] if name in image else row[name] for name in columns}


def _image_columns(store: ImageStore, image_id: str | None, image_sha256: str | None) -> dict[str, Any]:
    if image_id is None or image_sha256 is None:
        return {"image": None, "raw_image": None}
    stored = store.get(image_id, image_sha256)
    return {"image": {"bytes": stored.bytes, "path": stored.path}, "raw_image": stored.raw}


def _joined_images(folder: Path, split: str, wanted: set[str]) -> dict[str, bytes]:
    with closing(ImageStore(folder, split)) as store:
        hashes = {image_id: store.hashes(image_id) for image_id in sorted(wanted)}
        return {image_id: store.read(image_id, of_id[0]) for image_id, of_id in hashes.items() if of_id}


def _batches(folder: Path, built: SplitIndex, columns: Sequence[str], size: int) -> Iterator[list[dict[str, Any]]]:
    for path in _paths(folder, built):
        with _open(path) as file, _reading(path):
            for batch in file.iter_batches(batch_size=size, columns=list(columns)):
                yield batch.select(list(columns)).to_pylist()


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


def _paths(folder: Path, built: SplitIndex) -> list[Path]:
    return [folder / file.path for file in built.files]


def _open(path: Path) -> pq.ParquetFile:
    with _reading(path):
        return pq.ParquetFile(path, page_checksum_verification=True)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Name the file that is damaged."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        fix = "Build it again: `sarbench build`, as it was built before"
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
