"""Rules about boxes: inside the image, with an area, once, of a known class, in pixels of the native image."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sarbench.build.quality.batch import Batch, Boxes, Hit, Measured
from sarbench.build.quality.texts import Mask, distinct, mixed
from sarbench.sources._classes import CLASSES

CLASS_LISTS: Mapping[str, tuple[str, ...]] = dict.fromkeys(("sardet-100k", "sarchat-2m", "sarlang-1m"), CLASSES)
"""Dataset → the only labels that its boxes may have; sets without a closed list are left out."""

_WHOLE = 0.95
_ENOUGH = 50
"""Boxes on images of one size from which their extent tells the frame."""
_SHORT = 0.75
"""Where none of so many boxes reaches this far across the image, the frame is smaller than the image: were right edges
spread evenly, the chance were 0.75 ** 50, below 1e-6."""
_OVER = 0.1
"""Share of boxes that reach over the image from which another frame, not a slip, is the likely reason."""
_FRAMES = (1, 100, 512, 1000)


def box_rules(batch: Batch) -> Iterator[Hit]:
    """Look at every target box and region of a batch."""
    for boxes in (batch.boxes, batch.regions):
        if len(boxes):
            yield from _placed(batch, boxes)
    if len(batch.boxes):
        yield _repeated(batch)
        yield from _labelled(batch)


def _placed(batch: Batch, boxes: Boxes) -> Iterator[Hit]:
    left, top, right, bottom = boxes.xyxy.T
    width, height = boxes.sizes.T
    real = np.isfinite(boxes.xyxy).all(axis=1) & (right > left) & (bottom > top)
    yield _hit("box-degenerate", boxes, ~real)
    with np.errstate(invalid="ignore"):  # NaN, where the size is unknown, compares as false
        over = real & ((left < 0) | (top < 0) | (right > width) | (bottom > height))
        share = (right - left) * (bottom - top) / (width * height)
        whole = real & ~over & (share > _WHOLE)
    yield _hit("box-outside", boxes, over)
    yield _hit("box-whole-image", boxes, whole)


def _repeated(batch: Batch) -> Hit:
    """Find boxes of one row with the same edges and the same label."""
    boxes = batch.boxes
    _, first = np.unique(mixed(boxes.hashes, boxes.rows.astype(np.uint64)), return_index=True)
    again = np.ones(len(boxes), dtype=bool)
    again[first] = False
    return _hit("box-repeated", boxes, again)


def _labelled(batch: Batch) -> Iterator[Hit]:
    known = CLASS_LISTS.get(batch.dataset)
    if known is None:
        return
    labels = batch.boxes.labels
    accepted = pc.is_in(labels, pa.array([*known, ""])).to_numpy(zero_copy_only=False)
    yield _hit("label-unknown", batch.boxes, ~accepted)


def _hit(rule: str, boxes: Boxes, wrong: Mask) -> Hit:
    """Turn boxes into rows; the first wrong box of a row is shown."""
    places = np.flatnonzero(wrong)
    rows, first = np.unique(boxes.rows[places], return_index=True)
    looked_at = int(np.count_nonzero(np.diff(boxes.rows, prepend=-1)))  # boxes of a row come together
    place_of = dict(zip(rows.tolist(), places[first].tolist(), strict=True)) if len(rows) else {}
    return Hit(rule, rows, looked_at, lambda row: _described(boxes, place_of[row]))


def _described(boxes: Boxes, place: int) -> str:
    label = boxes.labels[place].as_py() or "box"
    edges = ", ".join(f"{edge:g}" for edge in boxes.xyxy[place].tolist())
    width, height = boxes.sizes[place].tolist()
    size = "" if np.isnan(width) or np.isnan(height) else f" in {width:g} × {height:g}"
    return f"{label} [{edges}]{size}"


@dataclass
class Frames:
    """How far boxes reach across images of each size; it grows with every batch.

    Attributes:
        sizes: Width and height → boxes, those that reach over the image, the farthest reach as a share of the side, the
            largest edge in the unit of the boxes.
    """

    sizes: dict[tuple[int, int], tuple[int, int, float, float]] = field(default_factory=dict)

    def add(self, boxes: Boxes) -> None:
        """Take in the boxes of a batch; boxes on images of unknown size and unreal ones tell nothing."""
        usable = np.isfinite(boxes.xyxy).all(axis=1) & (boxes.sizes > 0).all(axis=1)
        right, bottom = boxes.xyxy[usable, 2], boxes.xyxy[usable, 3]
        width, height = boxes.sizes[usable].T
        reach = np.maximum(right / width, bottom / height)
        edge = np.maximum(right, bottom)
        size = width.astype(np.int64) << 32 | height.astype(np.int64)
        for key in distinct(size).tolist():
            self._grow((key >> 32, key & 0xFFFFFFFF), reach[size == key], edge[size == key])

    def _grow(self, size: tuple[int, int], reach: NDArray[np.float32], edge: NDArray[np.float32]) -> None:
        boxes, over, farthest, largest = self.sizes.get(size, (0, 0, 0.0, 0.0))
        self.sizes[size] = (
            boxes + len(reach),
            over + int((reach > 1).sum()),
            max(farthest, float(reach.max())),
            max(largest, float(edge.max())),
        )

    def measured(self) -> Iterator[Measured]:
        """Yield a finding for each image size whose boxes are better explained by another frame."""
        for (width, height), (boxes, over, farthest, largest) in sorted(self.sizes.items()):
            short, beyond = farthest < _SHORT, over > _OVER * boxes
            if boxes < _ENOUGH or not (short or beyond):
                continue
            frame = next((frame for frame in _FRAMES if largest <= frame), None)
            likely = f", as in a frame of {frame}" if frame and frame not in (width, height) else ""
            seen = f"{over:,} reach over the image" if beyond else f"none reaches beyond {farthest:.0%} of a side"
            detail = f"{width} × {height}: of {boxes:,} boxes {seen}; the largest edge is {largest:g}{likely}"
            yield Measured("box-frame", over if beyond else boxes, boxes, detail)
