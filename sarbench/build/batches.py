"""Rows → batches of bounded size, cut between images."""

from collections.abc import Iterable, Iterator

from sarbench.schema import Row

BATCH_BYTES = 16_000_000
"""Image bytes in one batch, counted per row: whoever reads the table made of it holds them per row too."""

BATCH_ROWS = 10_000

_TORN = 4
"""An image with so many rows that they exceed a limit this many times is torn apart."""


def batches(rows: Iterable[Row], *, limit: int = BATCH_BYTES, max_rows: int = BATCH_ROWS) -> Iterator[list[Row]]:
    """Yield the rows in lists, each as soon as it is full: it has reached a limit and its last image is complete.

    Args:
        rows: Rows; those of one image come together.
        limit: Image bytes of a batch.
        max_rows: Rows of a batch.
    """
    batch: list[Row] = []
    size = 0
    for row in rows:
        fill = max(size / limit, len(batch) / max_rows)
        if fill >= _TORN or (fill >= 1 and not same_image(row, batch[-1])):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += (len(row.image.bytes) if row.image else 0) + len(row.raw_image or b"")
    if batch:
        yield batch


def same_image(row: Row, other: Row) -> bool:
    """Whether two rows show the same image; rows without one show none."""
    return row.image is not None and row.image_sha256 == other.image_sha256 and row.image_id == other.image_id
