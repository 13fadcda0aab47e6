"""Embeddings as unit vectors, each distinct one once."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics.retrieval._tables import as_array

Vectors = npt.NDArray[np.floating[Any]]
Index = npt.NDArray[np.int64]

_ROWS = 8192
"""How many embeddings are held in float64 at once."""


def unit_vectors(embeddings: object, name: str) -> Vectors:
    """Return embeddings scaled to length one: [N, d], float64 for float64, else float32.

    Args:
        embeddings: [N, d] numbers, a numpy array or a torch tensor on any device.
        name: How error messages call them.

    Raises:
        InputError: Not [N, d], no row, a row that is not finite, or one of length zero.
    """
    given = as_array(embeddings, name)
    if given.ndim != 2 or not given.size or given.dtype.kind not in "fiu":
        raise InputError(
            where=name,
            problem=f"are no table of numbers, but {given.dtype} of the shape {given.shape}",
            fix="Give one embedding a row: [N, d]",
        )
    scaled = np.empty(given.shape, dtype=np.float64 if given.dtype == np.float64 else np.float32)
    for start in range(0, len(given), _ROWS):
        rows = given[start : start + _ROWS].astype(np.float64)
        # The largest entry first, so that squares neither overflow nor vanish.
        largest = np.abs(rows).max(axis=1, keepdims=True)
        bad = ~(np.isfinite(largest) & (largest > 0))
        if bad.any():
            index = int(bad.argmax())
            kind = "has length zero" if largest[index] == 0 else "holds NaN or infinity"
            raise InputError(
                where=f"{name}[{start + index}]", problem=kind, fix="Look at what the encoder made of that input"
            )
        rows /= largest
        rows /= np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
        scaled[start : start + _ROWS] = rows
    scaled += 0.0  # −0 becomes 0: equal vectors have equal bytes
    return scaled


def distinct_vectors(vectors: Vectors) -> tuple[Vectors, Index]:
    """Return the distinct rows in order of appearance, and which of them each row is: [R, d], [N].

    A product of matrices may give the same two vectors different last bits in different places. Multiplied once, equal
    embeddings have equal similarities for certain.
    """
    numbers: dict[bytes, int] = {}
    places = (numbers.setdefault(row.tobytes(), len(numbers)) for row in vectors)
    place = np.fromiter(places, dtype=np.int64, count=len(vectors))
    if len(numbers) == len(vectors):
        return vectors, place
    first = np.unique(place, return_index=True)[1]
    return vectors[first], place
