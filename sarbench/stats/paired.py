"""Two runs on the same items: how far apart they are, and whether chance could have done it.

The null hypothesis of both tests is that it makes no difference which run gave which answers: the answers of the two to
all questions of an image could be swapped. Under it the tests are exact, however few the images are, however unequal in
size, and however alike the questions of one image.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench.errors import InputError
from sarbench.stats.bootstrap import Statistic, cluster_bootstrap, evaluate
from sarbench.stats.clusters import cluster_sums, number_clusters
from sarbench.stats.inputs import Array, check_count, finite_table, finite_vector
from sarbench.stats.interval import interval_of
from sarbench.stats.resampling import on_grid, permutation_p, product, sorted_rows, swap_patterns

TIE = 1e-12
"""Relative difference below which two statistics tie: equal on paper, they differ in their last bits."""


@dataclass(frozen=True)
class PairedTest:
    """The mean of a − b over the same samples, its clustered interval and the p-value of "no difference"."""

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    se: float | None
    n: int
    clusters: int


@dataclass(frozen=True)
class PairedBootstrap:
    """A statistic of A less that of B, its bootstrap interval over clusters and the p-value of "no difference"."""

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    se: float | None
    clusters: int
    resamples: int


def paired_test(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    clusters: Iterable[Hashable],
    *,
    level: float = 0.95,
    permutations: int = 10_000,
    seed: int = 0,
) -> PairedTest:
    """Compare two lists of scores of the same samples.

    The interval is `clustered_interval` of a − b. The two-sided p-value comes from flipping the sign of the summed
    difference of whole clusters: over all 2^G patterns where they are no more than `permutations`, else over random
    patterns with the observed one added ((k + 1)/(m + 1), Phipson and Smyth 2010), so it is never 0. Clusters whose
    difference is 0 change no pattern and do not count in G.

    Args:
        a: [n] scores.
        b: [n] scores of the same samples in the same order.
        clusters: n cluster names, usually image ids.
        level: Coverage of the interval.
        permutations: Number of sign patterns.
        seed: Of the random patterns.

    Raises:
        InputError: As `clustered_interval`, or a and b differ in length.

    >>> paired_test([1, 1, 1, 0], [0, 1, 0, 0], ["p", "p", "q", "r"]).difference
    0.5
    """
    first, second = finite_vector(a, "a"), finite_vector(b, "b")
    if len(first) != len(second):
        raise InputError(
            where="a and b",
            problem=f"have {len(first)} and {len(second)} scores",
            fix="Pair the scores by sample id first",
        )
    check_count(permutations, "permutations", least=1)
    differences = first - second
    codes, groups = number_clusters(clusters, len(differences))
    interval = interval_of(differences, codes, groups, level)
    if interval.mean is None:
        return PairedTest(None, None, None, None, None, 0, 0)
    sums = cluster_sums(differences, codes, groups)[:, None]
    # Every sign is as likely as the other, so that those of the sums do not matter: a, b and b, a have one p.
    sizes = np.abs(sums)
    scale = sizes.sum()
    threshold = abs(sums.sum()) - TIE * scale
    p = _swap_p(lambda moved: scale - 2 * moved[:, 0], sizes, threshold, permutations=permutations, seed=seed)
    return PairedTest(interval.mean, interval.low, interval.high, p, interval.se, interval.n, groups)


def paired_bootstrap(
    statistic: Statistic,
    sums_a: npt.ArrayLike | sparse.csr_array,
    sums_b: npt.ArrayLike | sparse.csr_array,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    permutations: int = 10_000,
    seed: int = 0,
) -> PairedBootstrap:
    """Compare two runs by a statistic of sums, such as F1 or BLEU.

    The interval is that of `cluster_bootstrap` for the difference, both runs summed over the same drawn clusters. The
    two-sided p-value comes from a permutation test and not from the interval: whole clusters are swapped between A and
    B, in all 2^G patterns where they are no more than `permutations`, else in random ones ((k + 1)/(m + 1)). So p and
    the interval answer two questions, and near the edge one may exclude "no difference" while the other does not.

    Args:
        statistic: As for `cluster_bootstrap`.
        sums_a: [G, K] sums of run A, as for `cluster_bootstrap`.
        sums_b: [G, K] sums of run B over the same clusters in the same order.
        level: Coverage of the interval.
        resamples: How many times the clusters are drawn.
        permutations: How many patterns of swaps.
        seed: Of both.

    Returns:
        The comparison; with no cluster everything is None, with one only the difference and p (which is 1) are not.

    Raises:
        InputError: As `cluster_bootstrap`, or the two tables differ in shape.

    >>> rate = lambda s: s[..., 0] / s[..., 1]
    >>> found = paired_bootstrap(rate, [[2, 2], [3, 4], [2, 2]], [[1, 2], [3, 4], [0, 2]])
    >>> found.difference, found.p
    (0.375, 0.5)
    """
    first, second = finite_table(sums_a, "sums_a"), finite_table(sums_b, "sums_b")
    if first.shape != second.shape:
        raise InputError(
            where="sums_a and sums_b",
            problem=f"have the shapes {first.shape} and {second.shape}",
            fix="Sum both runs over the same clusters into the same columns",
        )
    check_count(permutations, "permutations", least=1)
    width = first.shape[1]

    def difference(both: Array) -> Array:
        return evaluate(statistic, both[..., :width]) - evaluate(statistic, both[..., width:])

    if sparse.issparse(first) or sparse.issparse(second):
        first, second = sparse.csr_array(first), sparse.csr_array(second)
    stack = sparse.hstack if sparse.issparse(first) else np.hstack
    found = cluster_bootstrap(difference, stack([first, second]), level=level, resamples=resamples, seed=seed)
    p = None
    if found.value is not None:
        p = _swap_test(statistic, first, second, permutations=permutations, seed=seed)
    return PairedBootstrap(found.value, found.low, found.high, p, found.se, found.clusters, resamples)


def _swap_test(statistic: Statistic, first: Any, second: Any, *, permutations: int, seed: int) -> float:
    """Return the two-sided p-value of the difference of the statistic when clusters change sides."""
    total_a, total_b = first.sum(axis=0), second.sum(axis=0)
    value_a, value_b = float(evaluate(statistic, total_a)), float(evaluate(statistic, total_b))
    threshold = abs(value_a - value_b) - TIE * (abs(value_a) + abs(value_b))

    def swapped(moved: Array) -> Array:
        return evaluate(statistic, total_a - moved) - evaluate(statistic, total_b + moved)

    return _swap_p(swapped, first - second, threshold, permutations=permutations, seed=seed)


def _swap_p(
    difference: Callable[[Array], Array], gaps: Any, threshold: float, *, permutations: int, seed: int
) -> float:
    """Return the p-value of a difference whose size reached the threshold.

    Args:
        difference: Turns what moves from A to B [m, K] into the difference then [m].
        gaps: [G, K] sums of A less those of B. Clusters without any are left out: to swap them changes nothing.
        threshold: Size from which a difference counts as extreme.
        permutations: Number of patterns.
        seed: Of the random patterns.
    """
    uneven = np.flatnonzero(np.asarray(abs(gaps).sum(axis=1)).ravel())
    groups = len(uneven)
    if groups == 0:
        return 1.0
    table = sorted_rows(on_grid(gaps[uneven]))
    patterns = swap_patterns(groups, permutations=permutations, seed=seed, width=table.shape[1])
    extreme = sum(np.count_nonzero(np.abs(difference(product(block, table))) >= threshold) for block in patterns)
    return float(permutation_p(np.array(extreme), groups, permutations))
