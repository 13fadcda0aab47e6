"""Ranks by counting, in both directions, from one product that is never held whole.

Two walks over the same tiles. The first visits only the tiles that hold relevant pairs – near the diagonal, as both
sides are ordered alike – and takes the best relevant score of every query out of the product itself. The second visits
all tiles and counts what is greater and what is level. Both multiply the same slices of the same arrays, so that a
pair's own score has the same bits when it is compared with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sarbench.errors import SarbenchError
from sarbench.metrics.retrieval._count import MAX_KEY, Half, Tile
from sarbench.metrics.retrieval._embeddings import Index
from sarbench.metrics.retrieval._engine import Engine
from sarbench.metrics.retrieval._sides import Side, spans


@dataclass(frozen=True)
class Found:
    """What one direction's queries saw, a line a unit: see `_ties` for the three counts."""

    greater: Index
    level: Index
    relevant: Index


@dataclass
class _Best:
    """Best relevant score of each query so far, the lowest key that has it, and how many relevant items have it."""

    score: npt.NDArray[np.floating[Any]]
    key: Index
    relevant: Index

    @classmethod
    def of(cls, side: Side) -> "_Best":
        count = len(side.row)
        score = np.full(count, -np.inf, dtype=side.vectors.dtype)
        return cls(score, np.full(count, MAX_KEY, dtype=np.int64), np.zeros(count, dtype=np.int64))

    def raise_to(
        self, span: slice, query: Index, scores: npt.NDArray[np.floating[Any]], keys: Index, weights: Index
    ) -> None:
        """Take in relevant items: query[i], counted from the start of the span, has one with scores[i]."""
        score, key, relevant = self.score[span], self.key[span], self.relevant[span]
        before = score.copy()
        np.maximum.at(score, query, scores)
        risen = score > before
        key[risen], relevant[risen] = MAX_KEY, 0
        tied = scores == score[query]
        np.minimum.at(key, query[tied], keys[tied])
        np.add.at(relevant, query[tied], weights[tied])


def search(images: Side, texts: Side, engine: Engine, *, edge: int, in_order: bool) -> tuple[Found, Found]:
    """Count for every image among the texts, and for every text among the images.

    Args:
        images: Side of the images.
        texts: Side of the texts.
        engine: Made for the vectors of both.
        edge: Edge of a tile, in vectors and in units.
        in_order: Break ties by the order of the items; else count all that is level.
    """
    best = _Best.of(images), _Best.of(texts)
    for rows, columns, tile in _tiles(images, texts, engine, edge=edge, relevant_only=True):
        _take(engine.host(tile), images, texts, rows, columns, best)
    halves = [_half(side, half, in_order=in_order) for side, half in zip((images, texts), best, strict=True)]
    left, right = (engine.placed(half) for half in halves)
    for rows, columns, tile in _tiles(images, texts, engine, edge=edge, relevant_only=False):
        engine.count(tile, left.part(rows), right.part(columns))
    return _found(engine.fetched(left), best[0], in_order=in_order), _found(
        engine.fetched(right), best[1], in_order=in_order
    )


def _take(tile: Tile, images: Side, texts: Side, rows: slice, columns: slice, best: tuple[_Best, _Best]) -> None:
    """Raise the best scores with the relevant pairs of one tile."""
    image, text = _relevant_pairs(images, texts, rows, columns)
    near, far = image - rows.start, text - columns.start
    scores = tile[near, far]
    best[0].raise_to(rows, near, scores, texts.key[text], texts.weight[text])
    best[1].raise_to(columns, far, scores, images.key[image], images.weight[image])


def _relevant_pairs(images: Side, texts: Side, rows: slice, columns: slice) -> tuple[Index, Index]:
    """Return the units of all relevant pairs in a tile; a pair occurs once, as a text has one code."""
    coded = slice(*np.searchsorted(images.coded_unit, (rows.start, rows.stop)))
    order = np.argsort(texts.code[columns], kind="stable")
    codes = texts.code[columns][order]
    low, high = (np.searchsorted(codes, images.code[coded], side=side) for side in ("left", "right"))
    sizes = high - low
    return np.repeat(images.coded_unit[coded], sizes), columns.start + order[spans(low, sizes)]


def _tiles(
    images: Side, texts: Side, engine: Engine, *, edge: int, relevant_only: bool
) -> Iterator[tuple[slice, slice, Any]]:
    """Yield spans of image units and of text units with their similarities; a tile is good until the next one."""
    columns = _spans(len(texts.vectors), edge)
    wanted = np.zeros(int(texts.code.max()) + 1, dtype=bool)
    text_block = texts.row // edge
    for rows in _spans(len(images.vectors), edge):
        image_units = _units_of(images, rows)
        visited = columns
        if relevant_only:
            coded = slice(*np.searchsorted(images.coded_unit, (image_units.start, image_units.stop)))
            wanted[:] = False
            wanted[images.code[coded]] = True
            visited = [columns[block] for block in np.unique(text_block[wanted[texts.code]])]
        for span in visited:
            product = engine.product(rows, span)
            yield from _by_units(product, images, texts, image_units, _units_of(texts, span), engine, edge=edge)


def _by_units(
    product: Any, images: Side, texts: Side, rows: slice, columns: slice, engine: Engine, *, edge: int
) -> Iterator[tuple[slice, slice, Any]]:
    """Repeat the vectors of a product that several units share, at most `edge` units a side at a time."""
    if product.shape == (rows.stop - rows.start, columns.stop - columns.start):
        yield rows, columns, product
        return
    image_row = images.row[rows] - images.row[rows.start]
    text_row = texts.row[columns] - texts.row[columns.start]
    for i in _spans(len(image_row), edge):
        for j in _spans(len(text_row), edge):
            tile = engine.taken(product, image_row[i], text_row[j])
            yield _shifted(i, rows.start), _shifted(j, columns.start), tile


def _half(side: Side, best: _Best, *, in_order: bool) -> Half:
    count = len(side.row)
    limit = best.key if in_order else np.full(count, MAX_KEY)
    return Half(
        best=best.score,
        limit=limit.astype(np.int32),
        weight=side.weight.astype(np.int32),
        key=side.key.astype(np.int32),
        greater=np.zeros(count, dtype=np.int64),
        level=np.zeros(count, dtype=np.int64),
    )


def _found(half: Half, best: _Best, *, in_order: bool) -> Found:
    relevant = np.ones_like(best.relevant) if in_order else best.relevant
    if (half.level < relevant).any():
        raise SarbenchError(
            where="sarbench.metrics.retrieval",
            problem="the same matrix product gave two results, so that a score did not equal itself",
            fix="Leave device out, or switch off whatever makes matrix products vary from call to call",
        )
    if in_order:  # what is level and stands before the query's own item is ahead of it
        return Found(half.greater + half.level - 1, relevant, relevant)
    return Found(half.greater, half.level, relevant)


def _units_of(side: Side, rows: slice) -> slice:
    start, stop = np.searchsorted(side.row, (rows.start, rows.stop)).tolist()
    return slice(start, stop)


def _spans(total: int, edge: int) -> list[slice]:
    return [slice(start, min(start + edge, total)) for start in range(0, total, edge)]


def _shifted(span: slice, by: int) -> slice:
    return slice(span.start + by, span.stop + by)
