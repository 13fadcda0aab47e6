"""Every two of many runs on the same items, compared by one set of sign patterns."""

import itertools
import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.stats.clusters import sum_by_cluster
from sarbench.stats.inputs import Array, check_chance, check_count, finite_vector
from sarbench.stats.paired import TIE
from sarbench.stats.resampling import enumerable, on_grid, permutation_p, product, sorted_rows, swap_patterns


@dataclass(frozen=True)
class PairwiseTest:
    """The mean score of the first run less that of the second, and the unadjusted p-value of "no difference"."""

    difference: float | None
    p: float | None


def pairwise_tests(
    scores: Mapping[str, npt.ArrayLike],
    clusters: Iterable[Hashable],
    *,
    alpha: float = 0.05,
    permutations: int | None = None,
    seed: int = 0,
) -> dict[tuple[str, str], PairwiseTest]:
    """Compare every two of several runs on the same samples, as `paired_test` does, by one set of sign patterns.

    A sign pattern is applied to all runs at once, so that many pairs cost little more than one.

    Args:
        scores: Run → [n] scores of the same samples in the same order.
        clusters: n cluster names, usually image ids.
        alpha: Level of the tests after Holm's adjustment. It only decides how many permutations are enough.
        permutations: Number of sign patterns; by default 10,000, or 4 · pairs / alpha if that is more, so that the
            smallest possible p-value can survive the adjustment.
        seed: Of the random patterns.

    Returns:
        (first, second) → the test, for every pair in the order of `scores`. Without samples its fields are None.

    Raises:
        InputError: As `paired_test`, or so few permutations that no pair could ever be significant.
    """
    check_chance(alpha, "alpha")
    if permutations is not None:
        check_count(permutations, "permutations", least=1)
    given: object = scores
    if not isinstance(given, Mapping):
        problem = f"are of type {type(given).__name__}"
        raise InputError(where="scores", problem=problem, fix="Give a mapping from run to its scores")
    names = list(scores)
    pairs = list(itertools.combinations(names, 2))
    table = _table(scores)
    if not len(table) or not pairs:
        return {pair: PairwiseTest(None, None) for pair in pairs}
    sums = sorted_rows(on_grid(sum_by_cluster(table, clusters)))
    needed = len(pairs) / alpha
    chosen = max(10_000, math.ceil(4 * needed)) if permutations is None else permutations
    if chosen < needed - 1 and not enumerable(len(sums), chosen):
        raise InputError(
            where=f"permutations {chosen}",
            problem=f"are too few for {len(pairs)} pairs: none could be significant at {alpha}",
            fix=f"Give {math.ceil(needed)} or more",
        )
    p = _pairwise_p(sums, permutations=chosen, seed=seed)
    means = table.mean(axis=0)
    return {
        (names[i], names[j]): PairwiseTest(float(means[i] - means[j]), float(p[i, j]))
        for i, j in itertools.combinations(range(len(names)), 2)
    }


def _table(scores: Mapping[str, npt.ArrayLike]) -> Array:
    """Return the scores as [n, M]."""
    columns = {name: finite_vector(values, f"scores of {name!r}") for name, values in scores.items()}
    sizes = {name: len(column) for name, column in columns.items()}
    if len(set(sizes.values())) > 1:
        low, high = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
        raise InputError(
            where=f"scores of {low!r} and {high!r}",
            problem=f"are {sizes[low]} and {sizes[high]}",
            fix="Compare all runs on the samples that every one of them has",
        )
    return np.stack(list(columns.values()), axis=1) if columns else np.zeros((0, 0))


def _pairwise_p(sums: Array, *, permutations: int, seed: int) -> Array:
    """Return [M, M] two-sided p-values (above the diagonal) of sums [G, M] under sign flips of whole clusters."""
    groups, runs = sums.shape
    totals = sums.sum(axis=0)
    extreme = np.zeros((runs, runs), dtype=np.int64)
    thresholds = [
        np.abs(totals[i] - totals[i + 1 :]) - TIE * np.abs(sums[:, i : i + 1] - sums[:, i + 1 :]).sum(axis=0)
        for i in range(runs)
    ]
    for block in swap_patterns(groups, permutations=permutations, seed=seed, width=runs):
        signed = totals - 2 * product(block, sums)
        for i in range(runs - 1):
            reached = np.abs(signed[:, i : i + 1] - signed[:, i + 1 :]) >= thresholds[i]
            extreme[i, i + 1 :] += np.count_nonzero(reached, axis=0)
    return permutation_p(extreme, groups, permutations)
