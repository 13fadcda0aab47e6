"""A mean of values that come in clusters, and how far chance could have moved it."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from sarbench.stats.clusters import cluster_sums, number_clusters
from sarbench.stats.inputs import Array, check_level, finite_vector


@dataclass(frozen=True)
class Interval:
    """A mean with its clustered interval, in the unit of the values; not clipped to any range."""

    mean: float | None
    low: float | None
    high: float | None
    se: float | None
    n: int
    clusters: int
    design_effect: float | None
    """Squared ratio of the clustered standard error to that of independent values (Kish, Survey Sampling, 1965); None
    where the latter is 0."""


def clustered_interval(values: npt.ArrayLike, clusters: Iterable[Hashable], *, level: float = 0.95) -> Interval:
    """Return the mean of values that come in clusters, with its interval.

    The variance is G/(G−1) · Σ_g (Σ_{i∈g} (x_i − mean))² / n², the interval Student's t with G−1 degrees of freedom
    (Miller, arXiv 2411.00640, equation for clustered standard errors, with the small-sample factor).

    How often it holds the true rate at level 0.95, in 10,000 simulations with 15 questions an image and correlation 0.2
    (tests/stats/test_simulations.py): 94 to 95 % with 100 images for rates from 0.1 to 0.9; for a rate of 0.1 with 30
    images 92 %, with 10 images 88 %. Where the number of questions differs from image to image as a geometric one does,
    92 % with 100 images and 88 % with 30 for a rate of 0.1. `rate_interval` is nearer to its level there.

    Args:
        values: [n] finite numbers.
        clusters: n cluster names, usually image ids; None is refused, as it would pool strangers.
        level: Coverage, between 0 and 1.

    Returns:
        The interval; without values everything is None, with one cluster everything but the mean is.

    Raises:
        InputError: Lengths differ, a value is not finite, a cluster is missing, or the level is no probability.

    >>> clustered_interval([1, 0, 1, 1], ["a", "a", "b", "c"]).mean
    0.75
    """
    sample = finite_vector(values, "values")
    codes, groups = number_clusters(clusters, len(sample))
    return interval_of(sample, codes, groups, level)


def interval_of(sample: Array, codes: npt.NDArray[np.intp], groups: int, level: float) -> Interval:
    """Return `clustered_interval` of values whose clusters are already numbered."""
    check_level(level)
    n = len(sample)
    if n == 0:
        return Interval(None, None, None, None, 0, 0, None)
    constant = bool((sample == sample[0]).all())  # whose mean may be off by a rounding, and then seems to vary
    mean = float(sample[0] if constant else sample.mean())
    if groups == 1:
        return Interval(mean, None, None, None, n, 1, None)
    centred = sample - mean
    residuals = cluster_sums(centred, codes, groups)
    variance = groups / (groups - 1) * float(np.square(residuals).sum()) / n**2
    independent = float(np.square(centred).sum()) / (n - 1) / n
    se = float(np.sqrt(variance))
    reach = float(special.stdtrit(groups - 1, (1 + level) / 2)) * se
    effect = variance / independent if independent > 0 else None
    return Interval(mean, mean - reach, mean + reach, se, n, groups, effect)
