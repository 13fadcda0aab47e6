"""Reading a whole built folder again, to be sure that nothing in it was damaged since it was written."""

from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.images.store import ImageStore
from sarbench.build.index import BuiltIndex
from sarbench.errors import InputError

_ROWS = 256
"""Rows read at a time: the images in them are held."""


def verify_built(folder: Path, index: BuiltIndex) -> None:
    """Read every page of every Parquet file with its checksum, and every image of joined configs with its hash.

    Raises:
        InputError: Something is damaged; the message names the file.
    """
    splits = [split for config in index.configs.values() for split in config.values()]
    files = [file for split in splits for file in split.files]
    files += [file for images in index.images.values() for file in images.files]
    for file in files:
        _read(folder / file.path)
    for split, images in index.images.items():
        with closing(ImageStore(folder, split)) as store:
            keys = list(store)
            if len(keys) != images.rows:
                problem = f"places {len(keys):,} images where {images.rows:,} were written"
                raise InputError(where=folder / images.offsets.path, problem=problem, fix="Build it again")
            for key in keys:
                store.get(*key)


def _read(path: Path) -> None:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for _ in file.iter_batches(batch_size=_ROWS):
                pass
    except (OSError, pa.ArrowException) as error:
        fix = "Build it again with `sarbench build`"
        raise InputError(where=path, problem=f"is damaged ({error})", fix=fix) from error
