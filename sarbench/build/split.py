"""The rows of one split → its Parquet files and what is known of them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sarbench.build.batches import batches, same_image
from sarbench.build.index import SplitIndex
from sarbench.build.shards import ShardWriter
from sarbench.schema import Row, to_table


def write_split(rows: Iterable[Row], folder: Path, split: str, *, progress: Callable[[int], Any]) -> SplitIndex | None:
    """Write the rows of one split as Parquet files into `folder`.

    The next batch is read while the last one is converted and written; no more than two are held.

    Args:
        rows: Rows; those of one image come together.
        folder: Where the files go; made when needed.
        split: Beginning of the file names.
        progress: Called with the number of rows in each batch.

    Returns:
        The index, with paths relative to `folder`; None where there was no row.
    """
    tally = _Tally()
    with ShardWriter(folder, split) as shards, ThreadPoolExecutor(max_workers=1) as pool:
        pending: Future[None] | None = None
        for batch in batches(tally.watch(rows)):
            if pending:
                pending.result()
            pending = pool.submit(_write, shards, batch)
            progress(len(batch))
        if not pending:
            return None
        pending.result()
        files = shards.finish()
    return SplitIndex(
        rows=tally.rows,
        images=tally.images,
        bytes=sum(file.bytes for file in files),
        data_digest=tally.digest.hexdigest(),
        simulated=tally.simulated,
        files=files,
    )


def _write(shards: ShardWriter, batch: list[Row]) -> None:
    shards.write(to_table(batch))


class _Tally:
    """Counts rows and images and hashes the sample hashes (as `index.data_digest` does) while rows pass through."""

    def __init__(self) -> None:
        self.rows = 0
        self.images = 0
        self.simulated = False
        self.digest = hashlib.sha256()

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        last: Row | None = None
        for row in rows:
            self.rows += 1
            self.images += row.image is not None and not (last and same_image(row, last))
            self.simulated = self.simulated or row.text_origin == "simulated"
            self.digest.update(row.sample_sha256.encode())
            last = row
            yield row
