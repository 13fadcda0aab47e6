"""Intervals of what is no plain mean, by drawing whole clusters with replacement."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from sarbench.errors import InputError
from sarbench.stats.inputs import Array, check_count, check_level, finite_table
from sarbench.stats.resampling import resampled_sums

Statistic = Callable[[Array], npt.ArrayLike]
"""Turns sums [..., K] into values [...], finite for every resample."""


@dataclass(frozen=True)
class BootstrapInterval:
    """A statistic with its expanded percentile interval over resampled clusters."""

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    clusters: int
    resamples: int


def cluster_bootstrap(
    statistic: Statistic,
    sums: npt.ArrayLike | sparse.csr_array,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> BootstrapInterval:
    """Return the bootstrap interval of a statistic of sums, for what is no plain mean (BLEU, F1, macro-F1, RMSE).

    The ends are the quantiles of the resamples at `expanded_tail`, which with few clusters are further out than those
    of a plain percentile interval. In simulations of F1, macro-F1 of 6 and of 40 classes, balanced accuracy, BLEU and
    RMSE with 5 to 300 images it held the true value as often as the plain one or more often, and not above its
    level: for F1, 93 to 94 instead of 89 % with 10 images and 94 instead of 92 % with 30. Heavy tails, such as errors
    that follow Student's t of 4 degrees of freedom, are too much for both.

    What a resample leaves undefined (precision without a prediction) the statistic must define: it says what the score
    of such a run is, and only it can.

    The interval shows the spread of the resamples and is not corrected for bias. A statistic to which things seen in a
    single image add as much as frequent ones, such as macro-F1 over an open label set, is biased: each of them is
    missing from 1/e of the resamples, and the interval may even leave the value out. A bias-corrected or a centred
    interval did better there in simulations, and worse where one of six classes is rare.

    Args:
        statistic: Turns sums [..., K] into values [...]; it must be finite for every resample. The sums are always a
            dense array.
        sums: [G, K] sufficient statistics, one line per cluster, e.g. its tp, fp and fn (`sum_by_cluster`); a
            scipy.sparse matrix where K is large. For average precision, which is a function of no sums, give the
            identity matrix: the statistic then gets the weight of each image [..., G].
        level: Coverage, between 0 and 1.
        resamples: How many times G clusters are drawn with replacement.
        seed: Of the draws. The result depends on nothing else: neither on threads, nor on memory, nor on the order of
            the clusters (but for average precision, whose statistic knows which row is which).

    Returns:
        The interval; with no cluster everything is None, with one everything but the value is.

    Raises:
        InputError: `sums` is not a finite [G, K] array, or the statistic is not finite.

    >>> found = cluster_bootstrap(lambda s: s[..., 0] / s[..., 1], [[1, 2], [3, 4], [0, 2]])
    >>> found.value, found.low <= found.value <= found.high
    (0.5, True)
    """
    table = finite_table(sums, "sums")
    check_level(level)
    check_count(resamples, "resamples", least=2)
    groups = table.shape[0]
    if groups == 0:
        return BootstrapInterval(None, None, None, None, 0, resamples)
    value = float(evaluate(statistic, table.sum(axis=0)))
    if groups == 1:
        return BootstrapInterval(value, None, None, None, 1, resamples)
    drawn = [evaluate(statistic, block) for block in resampled_sums(table, resamples=resamples, seed=seed)]
    sample = np.concatenate(drawn)
    tail = expanded_tail(level, groups)
    low, high = np.quantile(sample, [tail, 1 - tail]).tolist()
    return BootstrapInterval(value, low, high, float(sample.std(ddof=1)), groups, resamples)


def expanded_tail(level: float, clusters: int) -> float:
    """Return the share of resamples to leave out at either end, so that few clusters do not make an interval too short.

    A bootstrap draws from the clusters at hand, whose spread is √((G−1)/G) of the true one as a rule, and knows no
    Student's t. The tail Φ(−√(G/(G−1)) · t) with the t quantile of G−1 degrees of freedom makes up for both: a mean of
    normal values gets its interval of Student's t (the expanded percentile interval of Hesterberg, The American
    Statistician 69(4), 2015).

    Args:
        level: Coverage, between 0 and 1.
        clusters: G, 2 or more.

    >>> [round(expanded_tail(0.95, clusters), 4) for clusters in (5, 10, 30, 1000)]
    [0.001, 0.0086, 0.0188, 0.0248]
    """
    check_level(level)
    check_count(clusters, "clusters", least=2)
    quantile = special.stdtrit(clusters - 1, (1 + level) / 2)
    return float(special.ndtr(-np.sqrt(clusters / (clusters - 1)) * quantile))


def evaluate(statistic: Statistic, sums: Array) -> Array:
    """Return the statistic of sums [..., K], refusing values of another shape than [...] or that are not finite."""
    if not callable(statistic):
        raise InputError(where="statistic", problem=f"is of type {type(statistic).__name__}", fix="Give a function")
    values = np.asarray(statistic(sums), dtype=np.float64)
    if values.shape != sums.shape[:-1] or not np.isfinite(values).all():
        raise InputError(
            where="statistic",
            problem=f"gave values of the shape {values.shape} for sums of {sums.shape}, or some that are not finite",
            fix="Give a function of [..., K] sums that returns one finite value for each",
        )
    return values
