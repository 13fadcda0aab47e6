"""Counting in one tile of similarities, both ways at once, what is greater than and level with the best relevant score.

The counts are whole numbers and do not depend on which of the three ways made them: plain numpy, a numba kernel in
threads (when numba is installed) or torch.
"""

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

Tile = npt.NDArray[np.floating[Any]]
MAX_KEY = np.iinfo(np.int32).max
WORTH_COMPILING = 1 << 25
"""From so many pairs on, numba saves more than the second or two that it compiles for."""


@dataclass(frozen=True)
class Half:
    """One direction: a query a unit, in the order of the units. Arrays of numpy or tensors of torch, all [N]."""

    best: Any
    """Score of the best relevant item, in the type of the products."""
    limit: Any
    """int32: only items up to this key count as level."""
    weight: Any
    """int32: for how many items the unit stands when the other side looks for it."""
    key: Any
    """int32: the unit's place in the order of ties."""
    greater: Any
    """int64: counted here."""
    level: Any
    """int64: counted here."""

    def part(self, span: slice) -> "Half":
        """Return a view of some units."""
        return Half(*(getattr(self, field.name)[span] for field in fields(self)))


Counter = Callable[[Any, Half, Half], None]


def host_counter(pairs: int) -> Counter:
    """Return the fastest way to count `pairs` pairs in numpy arrays on this machine."""
    return count_fused if pairs >= WORTH_COMPILING and find_spec("numba") is not None else count_plain


def count_plain(tile: Tile, rows: Half, columns: Half) -> None:
    """Add the counts of one tile to both halves, with numpy alone."""
    rows.greater[:] += _weighed(tile > rows.best[:, None], columns.weight, axis=1)
    columns.greater[:] += _weighed(tile > columns.best, rows.weight, axis=0)
    row, column = np.nonzero(tile == rows.best[:, None])
    kept = columns.key[column] <= rows.limit[row]
    np.add.at(rows.level, row[kept], columns.weight[column[kept]])
    row, column = np.nonzero(tile == columns.best)
    kept = rows.key[row] <= columns.limit[column]
    np.add.at(columns.level, column[kept], rows.weight[row[kept]])


def count_torch(tile: Any, rows: Half, columns: Half) -> None:
    """Add the counts of one tile to both halves; everything is tensors of one device."""
    row_best, column_best = rows.best[:, None], columns.best[None, :]
    row_weight, column_weight = rows.weight[:, None], columns.weight[None, :]
    rows.greater.add_(((tile > row_best) * column_weight).sum(dim=1))
    columns.greater.add_(((tile > column_best) * row_weight).sum(dim=0))
    level = (tile == row_best) & (columns.key[None, :] <= rows.limit[:, None])
    rows.level.add_((level * column_weight).sum(dim=1))
    level = (tile == column_best) & (rows.key[:, None] <= columns.limit[None, :])
    columns.level.add_((level * row_weight).sum(dim=0))


def count_fused(tile: Tile, rows: Half, columns: Half) -> None:
    """Add the counts of one tile to both halves in one pass over it, with numba."""
    kernel = _kernel()
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    bounds = np.linspace(0, len(tile), threads + 1).astype(int)
    spans = [slice(low, high) for low, high in itertools.pairwise(bounds) if high > low]
    sums = np.zeros((len(spans), 2, tile.shape[1]), dtype=np.int32)

    def stripe(place: int) -> None:
        part = rows.part(spans[place])
        kernel(
            tile[spans[place]],
            (part.best, part.limit, part.weight, part.key),
            (columns.best, columns.limit, columns.weight, columns.key),
            part.greater,
            part.level,
            sums[place, 0],
            sums[place, 1],
        )

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(stripe, range(len(spans))))
    columns.greater[:] += sums[:, 0].sum(axis=0)
    columns.level[:] += sums[:, 1].sum(axis=0)


def fused_tile(
    tile: Any, rows: Any, columns: Any, row_greater: Any, row_level: Any, column_greater: Any, column_level: Any
) -> None:
    """Count in a stripe of a tile: the source of the numba kernel."""
    row_best, row_limit, row_weight, row_key = rows
    column_best, column_limit, column_weight, column_key = columns
    for i in range(tile.shape[0]):
        best, weight = row_best[i], row_weight[i]
        greater = np.int32(0)
        ties = np.int32(0)
        for j in range(tile.shape[1]):  # without a branch: one SIMD pass
            score = tile[i, j]
            greater += column_weight[j] if score > best else np.int32(0)
            column_greater[j] += weight if score > column_best[j] else np.int32(0)
            ties += np.int32(1) if (score == best) | (score == column_best[j]) else np.int32(0)
        row_greater[i] += greater
        if ties == 0:
            continue
        for j in range(tile.shape[1]):
            score = tile[i, j]
            if score == best and column_key[j] <= row_limit[i]:
                row_level[i] += column_weight[j]
            if score == column_best[j] and row_key[i] <= column_limit[j]:
                column_level[j] += weight


@cache
def _kernel() -> Any:
    import numba

    return numba.njit(nogil=True)(fused_tile)


def _weighed(mask: npt.NDArray[np.bool_], weight: npt.NDArray[np.int32], *, axis: int) -> npt.NDArray[np.int64]:
    if (weight == 1).all():
        return np.asarray(np.count_nonzero(mask, axis=axis))
    summed = mask @ weight.astype(np.float64) if axis == 1 else weight.astype(np.float64) @ mask
    return np.asarray(summed, dtype=np.int64)
