"""From samples to clusters: numbering them, and adding up what is known of their samples."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench.errors import InputError
from sarbench.stats.inputs import Array, finite_table


def number_clusters(clusters: Iterable[Hashable], size: int) -> tuple[npt.NDArray[np.intp], int]:
    """Number the clusters of `size` values in order of appearance.

    Returns:
        [size] numbers from 0, and how many there are.

    Raises:
        InputError: There are more or fewer than `size`, one is None or NaN (pooling those would make one cluster of
            strangers), or they are no names.
    """
    names = _names(clusters)
    if len(names) != size:
        raise InputError(
            where="clusters",
            problem=f"name {len(names)} values where there are {size}",
            fix="Give one cluster for each value",
        )
    try:
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    except TypeError as error:
        raise _no_names(error) from error
    if any(map(_is_missing, numbers)):
        raise InputError(
            where=f"value {next(place for place, name in enumerate(names) if _is_missing(name))}",
            problem="has no cluster",
            fix="Give the sample's own id where it has no image",
        )
    return np.fromiter(map(numbers.__getitem__, names), dtype=np.intp, count=size), len(numbers)


def _names(clusters: Iterable[Hashable]) -> Sequence[Hashable]:
    try:
        return list(clusters.tolist() if isinstance(clusters, np.ndarray) else clusters)
    except TypeError as error:
        raise _no_names(error) from error


def _is_missing(name: Hashable) -> bool:
    """Tell whether this is None, NaN, or the NA of pandas, of which nothing can be asked."""
    try:
        return name is None or bool(name != name)
    except TypeError:
        return True


def _no_names(error: TypeError) -> InputError:
    return InputError(
        where="clusters", problem=f"are no list of names ({error})", fix="Give one image id for each value"
    )


def sum_by_cluster(facts: npt.ArrayLike | sparse.csr_array, clusters: Iterable[Hashable]) -> Any:
    """Add up the facts of the samples of each cluster.

    Args:
        facts: [n, K] finite numbers, e.g. true positives, false positives and false negatives; an array, or a
            scipy.sparse matrix where K is large (one column for every label that occurs). Add a column of ones
            where a statistic needs the number of samples.
        clusters: n cluster names, usually image ids.

    Returns:
        [G, K] float64 sums, clusters in order of first appearance; a csr_array if the facts are sparse.

    Raises:
        InputError: The facts are no finite table, lengths differ, or a cluster is missing.

    >>> sum_by_cluster([[1, 0], [0, 1], [1, 1]], ["p", "q", "p"]).tolist()
    [[2.0, 1.0], [0.0, 1.0]]
    """
    table = finite_table(facts, "facts")
    size = table.shape[0]
    codes, groups = number_clusters(clusters, size)
    # A product with a CSR matrix adds in the order of the samples and needs one pass for all columns; np.add.at is
    # several times slower.
    members = sparse.csr_array((np.ones(size), (codes, np.arange(size))), shape=(groups, size))
    return members @ table


def cluster_sums(values: Array, codes: npt.NDArray[np.intp], groups: int) -> Array:
    """Return the sum of the values of each of the numbered clusters: [G]."""
    return np.bincount(codes, weights=values, minlength=groups).astype(np.float64, copy=False)
