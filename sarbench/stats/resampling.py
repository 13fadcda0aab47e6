"""The random part of every statistic: clusters drawn with replacement, clusters swapped between two runs.

Draws come in blocks, so that memory stays bounded. Neither the size of the blocks nor the number of threads of the
linear algebra library shows in a result: a stream of random numbers is read in the same order whatever the blocks, and
the tables are rounded beforehand to a grid on which every sum is exact, so that no order of addition can matter (the
idea of pre-rounding: Demmel and Nguyen, "Fast reproducible floating-point summation", ARITH 2013). Nor does the order
of the clusters: the tables are sorted by their content before anything is drawn.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench.stats.inputs import Array, check_seed

CELLS = 2**19
"""Numbers of one block; 4 MiB of them stay in the cache of a processor core."""

_COLLAPSE = 32
"""One binomial draw costs as much as this many uniform ones."""

_WIDEST = 16
"""Columns up to which a search for equal rows is cheap."""

_NARROW = 8
"""Columns up to which a plain loop is faster than the threads of the linear algebra library, above all on a machine
whose cores are busy."""


def resampled_sums(table: Any, *, resamples: int, seed: int) -> Iterator[Array]:
    """Yield the sums over G rows drawn with replacement, `resamples` of them, as blocks of [m, K].

    Rows that are equal are interchangeable: where only few are distinct, how often each of those is drawn comes
    straight from the multinomial distribution, which is the same chance at less cost.

    Args:
        table: [G, K] finite float64, an array or a csr_array; G at least 1.
        resamples: How many sums.
        seed: Of the draws.
    """
    check_seed(seed)
    rows, multiplicity = sorted_rows(on_grid(table)), None
    groups, width = table.shape
    if not sparse.issparse(table) and width <= _WIDEST:
        distinct, counts = np.unique(rows, axis=0, return_counts=True)
        if len(distinct) * _COLLAPSE <= groups:
            rows, multiplicity = distinct, counts / groups
    generator = np.random.default_rng(seed)
    for size in blocks(resamples, max(rows.shape)):
        if multiplicity is None:
            weights = _draw(generator, groups, size)
        else:
            weights = generator.multinomial(groups, multiplicity, size=size).astype(np.float64)
        yield product(weights, rows)


def swap_patterns(groups: int, *, permutations: int, seed: int, width: int = 1) -> Iterator[Array]:
    """Yield which clusters change sides, as blocks of [m, G] zeros and ones.

    All 2^G patterns if these are no more than `permutations` (see `enumerable`), else that many random ones.

    Args:
        groups: Number of clusters, G.
        permutations: How many patterns.
        seed: Of the random ones.
        width: Columns of what the patterns will be multiplied with, which bounds the blocks too.
    """
    check_seed(seed)
    if enumerable(groups, permutations):
        start = 0
        for size in blocks(2**groups, max(groups, width)):
            yield ((np.arange(start, start + size)[:, None] >> np.arange(groups)) & 1).astype(np.float64)
            start += size
        return
    bits = np.random.default_rng(seed).bit_generator
    words = -(-groups // 64)
    for size in blocks(permutations, max(groups, width)):
        # Little-endian, so that every machine reads the same bits.
        octets = bits.random_raw(size * words).astype("<u8").view(np.uint8).reshape(size, words * 8)
        yield np.unpackbits(octets, axis=1, count=groups, bitorder="little").astype(np.float64)


def enumerable(groups: int, permutations: int) -> bool:
    """Whether all patterns of G clusters are no more than `permutations`."""
    return groups < 63 and 2**groups <= permutations


def permutation_p(extreme: npt.NDArray[np.int64], groups: int, permutations: int) -> Array:
    """Return p-values from how many patterns were at least as extreme as what was observed.

    Among all patterns the share of them; among random ones (k + 1)/(m + 1), which counts the observed one in and so is
    never 0 (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9(1):39, 2010).
    """
    if enumerable(groups, permutations):
        return np.asarray(extreme / 2.0**groups)
    return np.asarray((extreme + 1.0) / (permutations + 1.0))


def product(weights: Array, table: Any) -> Array:
    """Return weights [m, G] @ table [G, K] as a C-contiguous array [m, K]; the table may be a csr_array."""
    if sparse.issparse(table):
        return np.ascontiguousarray((table.T @ weights.T).T)
    if table.shape[1] <= _NARROW:
        return np.asarray(np.einsum("mg,kg->mk", weights, np.ascontiguousarray(table.T)))
    return np.asarray(weights @ table)


def on_grid(table: Any) -> Any:
    """Round each column to multiples of a power of two so coarse that no sum of G of its values is rounded.

    float64 holds 53 bits; the grid is the last of them for G times the largest value of the column. Counts stay what
    they are. Anything else moves by at most 2^−53 of that bound: 1e-12 of the largest value for 10,000 clusters.
    """
    groups = table.shape[0]
    if sparse.issparse(table):
        largest = abs(table).max(axis=0).toarray().ravel()
        shift = (53 - np.frexp(groups * largest)[1])[table.indices]
        rounded = table.copy()
        rounded.data = np.ldexp(np.rint(np.ldexp(table.data, shift)), -shift)
        return rounded
    shift = 53 - np.frexp(groups * np.abs(table).max(axis=0, initial=0.0))[1]
    return np.ldexp(np.rint(np.ldexp(table, shift)), -shift)


def sorted_rows(table: Any) -> Any:
    """Sort the rows of a table by a weighted sum of their columns, each in units of its largest value.

    The weights are fixed random numbers, so that only equal rows, which are interchangeable, have equal sums.
    """
    largest = abs(table).max(axis=0)
    unit = np.ravel(largest.toarray() if sparse.issparse(largest) else largest)
    weights = np.random.default_rng(0).uniform(1, 2, len(unit)) / np.maximum(unit, np.finfo(np.float64).tiny)
    return table[np.argsort(np.ravel(table @ weights), kind="stable")]


def blocks(total: int, width: int) -> Iterator[int]:
    """Yield the sizes of blocks that add up to `total`, each of about CELLS numbers at `width` numbers a line."""
    step = max(1, CELLS // max(1, width))
    return (min(step, total - start) for start in range(0, total, step))


def _draw(generator: np.random.Generator, groups: int, size: int) -> Array:
    """Return how often each of G rows is drawn in each of `size` resamples: [size, G]."""
    rows = generator.integers(0, groups, size=(size, groups))
    rows += np.arange(size)[:, None] * groups
    return np.bincount(rows.ravel(), minlength=size * groups).reshape(size, groups).astype(np.float64)
