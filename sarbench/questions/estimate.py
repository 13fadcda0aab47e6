"""One number with its interval: the rule by which the interval is made follows from the kind of number.

Rates get a Wilson interval with the effective number of samples, other means a clustered standard error with Student's
t. Ratios of sums (F1, precision, recall, BLEU, RMSE) and macro-F1 get a cluster bootstrap over per-image sums. That
does not see the spread at the ends of a range, so the interval of an F1 reaches at least as high as the Wilson interval
of 0 would, and as low as that of 1, counting images and not questions: 0 of 12 is not "0 for sure".
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench import stats

Array = npt.NDArray[np.float64]

RESAMPLES = 2000

_DENSE = 300
"""Up to this many columns of sums are held dense."""


class Estimate(NamedTuple):
    """A value, its 95 % interval (None where there is none), and how both were made."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int
    method: str


NOTHING = Estimate(None, None, None, 0, 0, "none")
"""The estimate of no samples."""


def mean(values: Array, images: npt.NDArray[np.int64], *, top: float | None = 1.0) -> Estimate:
    """Estimate a mean over samples; `top` is the largest possible value, None where there is none."""
    if not len(values):
        return NOTHING
    if top == 1.0:
        found, method = stats.rate_interval(values, images.tolist()), "clustered-wilson"
    else:
        found, method = stats.clustered_interval(values, images.tolist()), "clustered-t"
    return _within(Estimate(found.mean, found.low, found.high, found.n, found.clusters, method), top, rate=False)


def ratio(
    columns: Array | sparse.csr_matrix,
    images: npt.NDArray[np.int64],
    statistic: Callable[[Array], Array],
    *,
    rate: bool = True,
    bottom: float = 0.0,
    top: float | None = 1.0,
) -> Estimate:
    """Estimate a statistic of sums.

    Args:
        columns: [n, K] facts per sample, such as true positives, false positives and false negatives.
        images: [n] image numbers.
        statistic: [..., K] sums → [...] values.
        rate: Whether the value is a share of successes, so that 0 and 1 are ends like those of a proportion.
        bottom: Smallest possible value.
        top: Largest possible value; None where there is none.
    """
    n = columns.shape[0]
    if not n:
        return NOTHING
    sums = stats.sum_by_cluster(columns, images.tolist())
    if sparse.issparse(sums) and sums.shape[1] <= _DENSE:
        sums = sums.toarray()
    found = stats.cluster_bootstrap(statistic, sums, resamples=RESAMPLES)
    method = f"cluster-bootstrap-{RESAMPLES}"
    return _within(
        Estimate(found.value, found.low, found.high, n, found.clusters, method), top, rate=rate, bottom=bottom
    )


def _within(estimate: Estimate, top: float | None, *, rate: bool, bottom: float = 0.0) -> Estimate:
    """Keep the interval in range, and no shorter at either end than that of a rate of 0 or of 1."""
    low, high = estimate.low, estimate.high
    if rate and estimate.value is not None:
        reach = stats.edge_interval(0.0, estimate.clusters)[1]
        if estimate.value in (0.0, 1.0) and bottom == 0.0:
            low = high = estimate.value
        if low is not None and high is not None:
            low, high = min(low, 1.0 - reach), max(high, reach)
    if low is None or high is None:
        return estimate
    return estimate._replace(low=max(low, bottom), high=high if top is None else min(high, top))
