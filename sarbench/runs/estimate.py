"""One number of a task with its interval: the rule by which the interval is made follows from the kind of number.

Means get a clustered standard error. Ratios of sums (F1, precision, recall) and macro-F1 get a cluster bootstrap over
per-image sums. A rate of exactly 0 or 1 has no spread that either could see, so it gets a Wilson interval that counts
images, not questions: 0 of 12 is not "0 for sure".
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
    return _within(estimate, top)


def ratio(columns: npt.ArrayLike, images: Sequence[str], statistic: Callable[[Array], Array]) -> Estimate:
    """Estimate a statistic of sums in 0..1.

    Args:
        columns: [n, K] facts per sample, such as true positives, false positives and false negatives.
        images: n image ids.
        statistic: [..., K] sums → [...] values.
    """
    facts = np.asarray(columns, dtype=np.float64)
    if not len(facts):
        return NOTHING
    names, index = np.unique(np.asarray(images), return_inverse=True)
    sums = np.zeros((len(names), facts.shape[1]))
    np.add.at(sums, index, facts)
    found = stats.cluster_bootstrap(statistic, sums, resamples=RESAMPLES)
    method = f"cluster-bootstrap-{RESAMPLES}"
    return _within(Estimate(found.value, found.low, found.high, len(facts), len(names), method), 1.0)


def _within(estimate: Estimate, top: float | None) -> Estimate:
    """Keep the interval in range, and give a rate at its end an interval that is not a point."""
    if top == 1.0 and estimate.value in (0.0, 1.0):
        bottom, upper = stats.edge_interval(estimate.value, estimate.clusters)
        return estimate._replace(low=bottom, high=upper, method="wilson-by-image")
    if estimate.low is None or estimate.high is None:
        return estimate
    high = estimate.high if top is None else min(estimate.high, top)
    return estimate._replace(low=max(estimate.low, 0.0), high=high)
