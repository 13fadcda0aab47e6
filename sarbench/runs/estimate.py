"""One number of a task with its interval: the rule by which the interval is made follows from the kind of number.

Means get a clustered standard error. Ratios of sums (F1, precision, recall) and macro-F1 get a cluster bootstrap over
per-image sums. Neither sees the spread of a rate at its end, so the interval of a rate reaches at least as high as the
Wilson interval of 0 would, and as low as that of 1, counting images and not questions: 0 of 12 is not "0 for sure",
and 1 of 12 is no surer.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sarbench import stats

Array = npt.NDArray[np.float64]

RESAMPLES = 2000


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


def mean(values: Sequence[float], images: Sequence[str], *, top: float | None = 1.0) -> Estimate:
    """Estimate a mean over samples; `top` is the largest possible value, None where there is none."""
    if not len(values):
        return NOTHING
    found = stats.clustered_interval(values, images)
    estimate = Estimate(found.mean, found.low, found.high, found.n, found.clusters, "clustered-t")
    return _within(estimate, top, rate=top == 1.0)


def ratio(
    columns: npt.ArrayLike, images: Sequence[str], statistic: Callable[[Array], Array], *, rate: bool = True
) -> Estimate:
    """Estimate a statistic of sums in 0..1.

    Args:
        columns: [n, K] facts per sample, such as true positives, false positives and false negatives.
        images: n image ids.
        statistic: [..., K] sums → [...] values.
        rate: Whether the value is a share of successes, so that 0 and 1 are ends like those of a proportion.
    """
    facts = np.asarray(columns, dtype=np.float64)
    if not len(facts):
        return NOTHING
    names, index = np.unique(np.asarray(images), return_inverse=True)
    sums = np.zeros((len(names), facts.shape[1]))
    np.add.at(sums, index, facts)
    found = stats.cluster_bootstrap(statistic, sums, resamples=RESAMPLES)
    method = f"cluster-bootstrap-{RESAMPLES}"
    return _within(Estimate(found.value, found.low, found.high, len(facts), len(names), method), 1.0, rate=rate)


def _within(estimate: Estimate, top: float | None, *, rate: bool) -> Estimate:
    """Keep the interval in range, and no shorter at either end than that of a rate of 0 or of 1."""
    low, high = estimate.low, estimate.high
    if rate and estimate.value is not None:
        reach = stats.edge_interval(0.0, estimate.clusters)[1]
        if estimate.value in (0.0, 1.0):
            low = high = estimate.value
        if low is not None and high is not None:
            low, high = min(low, 1.0 - reach), max(high, reach)
    if low is None or high is None:
        return estimate
    return estimate._replace(low=max(low, 0.0), high=high if top is None else min(high, top))
