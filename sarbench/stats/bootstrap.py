"""Intervals of what is no plain mean, by drawing whole clusters with replacement."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench.errors import InputError
from sarbench.stats.inputs import Array, check_count, check_level, finite_table
from sarbench.stats.resampling import resampled_sums

Statistic = Callable[[Array], npt.ArrayLike]
"""Turns sums [..., K] into values [...], finite for every resample."""


@dataclass(frozen=True)
class BootstrapInterval:
    """A statistic with its percentile interval over resampled clusters."""

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
    """Return the percentile interval of a statistic of sums, for what is no plain mean (BLEU, F1, macro-F1, RMSE).

    What a resample leaves undefined (precision without a prediction) the statistic must define: it says what the score
    of such a run is, and only it can.

    The interval shows the spread of the resamples and is not corrected for bias. A statistic to which things seen in a
    single image add as much as frequent ones, such as macro-F1 over an open label set, is biased: each of them is
    missing from 1/e of the resamples, and the interval may even leave the value out.

    Args:
        statistic: Turns sums [..., K] into values [...]; it must be finite for every resample. The sums are always a
            dense array.
        sums: [G, K] sufficient statistics, one line per cluster, e.g. its tp, fp and fn (`sum_by_cluster`); a
            scipy.sparse matrix where K is large. For average precision, which is a function of no sums, give the
            identity matrix: the statistic then gets the weight of each image [..., G].
        level: Coverage, between 0 and 1.
        resamples: How many times G clusters are drawn with replacement.
        seed: Of the draws. The result depends on nothing else: neither on threads nor on memory.

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
    low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return BootstrapInterval(value, low, high, float(sample.std(ddof=1)), groups, resamples)


def evaluate(statistic: Statistic, sums: Array) -> Array:
    """Return the statistic of sums [..., K], refusing values of another shape than [...] or that are not finite."""
    values = np.asarray(statistic(sums), dtype=np.float64)
    if values.shape != sums.shape[:-1] or not np.isfinite(values).all():
        raise InputError(
            where="statistic",
            problem=f"gave values of the shape {values.shape} for sums of {sums.shape}, or some that are not finite",
            fix="Give a function of [..., K] sums that returns one finite value for each",
        )
    return values
