"""The sizes of the images that many answers are about."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sarbench.coords import Convention, Size
from sarbench.errors import InputError

UNKNOWN = 2**31 - 1
"""Stands for a side that is not known: the longest that `sarbench.coords` takes; no number of an answer reaches it."""


def known_sizes(
    sizes: Sequence[Size | None] | npt.NDArray[np.integer[Any]] | None, texts: int, convention: Convention
) -> npt.NDArray[np.int64] | None:
    """Return [N, 2] widths and heights with `UNKNOWN` where there is none, or None where none is known.

    Raises:
        InputError: There are not as many sizes as texts, one is no size, or the convention cannot do without.
    """
    if sizes is None:
        if convention.needs_size and texts:
            raise _missing(convention, 0)
        return None
    if len(sizes) != texts:
        problem = f"has {len(sizes)} entries for {texts} texts"
        raise InputError(where="sizes", problem=problem, fix="Give one (width, height) for each text, or None")
    pairs = sizes if isinstance(sizes, np.ndarray) else _pairs(sizes, convention)
    if texts and (pairs.ndim != 2 or pairs.shape[1] != 2):
        problem = f"has the shape {pairs.shape}"
        raise InputError(where="sizes", problem=problem, fix="Give one (width, height) for each text")
    known: npt.NDArray[np.int64] = pairs.reshape(texts, 2).astype(np.int64, copy=False)
    if texts and known.min() < 1:
        index = int(np.flatnonzero((known < 1).any(axis=1))[0])
        problem = f"is {known[index, 0]} × {known[index, 1]}, no size of an image"
        raise InputError(where=f"sizes[{index}]", problem=problem, fix="Give width and height, both at least 1")
    return known


def shared(known: npt.NDArray[np.int64] | None) -> npt.NDArray[np.int64] | Size | None:
    """Return the one size that all images have, as in SARDet-100K; the sizes as they are where they have not."""
    if known is None or not len(known) or (known != known[0]).any():
        return known
    return int(known[0, 0]), int(known[0, 1])


def _pairs(sizes: Sequence[Size | None], convention: Convention) -> npt.NDArray[Any]:
    if any(size is None for size in sizes):
        if convention.needs_size:
            raise _missing(convention, next(index for index, size in enumerate(sizes) if size is None))
        sizes = [(UNKNOWN, UNKNOWN) if size is None else size for size in sizes]
    try:
        return np.array(sizes)
    except ValueError as error:
        raise InputError(where="sizes", problem=f"is no list of pairs ({error})", fix="Give pairs") from error


def _missing(convention: Convention, index: int) -> InputError:
    return InputError(
        where=f"sizes[{index}]",
        problem=f"is missing, and boxes in {convention.name} cannot be converted without the size of the image",
        fix="Give the width and height of every native image",
    )
