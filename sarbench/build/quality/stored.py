"""The text columns of a built folder, as the tables that the gate examines."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sarbench.build.index import BuiltIndex
from sarbench.build.quality.batch import COLUMNS
from sarbench.build.quality.gate import Gate, Quality
from sarbench.errors import InputError

_ROWS = 16_384
"""Rows held at a time, without images: some 5 MB of texts."""


def examine(folder: Path, index: BuiltIndex) -> Quality:
    """Run the gate over everything in the index, whatever build it comes from and however images are laid out.

    Args:
        folder: The built folder.
        index: What it holds. Lite splits are left out: their rows are those of another split.

    Raises:
        InputError: A file of the index cannot be read.
    """
    gate = Gate(index.name)
    for config, splits in index.configs.items():
        for split, built in splits.items():
            if built.lite_of is None:
                gate.examine(config, split, _tables(folder, [file.path for file in built.files]))
    return gate.quality()


def _tables(folder: Path, paths: list[str]) -> Iterator[pa.Table]:
    for path in paths:
        try:
            with pq.ParquetFile(folder / path) as file:
                for batch in file.iter_batches(batch_size=_ROWS, columns=list(COLUMNS)):
                    yield pa.Table.from_batches([batch])
        except (OSError, pa.ArrowInvalid) as error:
            fix = "Build it again with `sarbench build`"
            raise InputError(where=folder / path, problem=f"cannot be read ({error})", fix=fix) from error
