"""How far two runs are apart in one number, what chance could do, and what could have been seen at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench import stats
from sarbench.compare.quantities import Means, Sums

Array = npt.NDArray[np.float64]

_STEP = 1e-6
"""Relative step of the numeric derivative of a statistic of sums."""

_NO_SPREAD = 1e-12
"""Standard errors below it are rounding: the two differ alike on every image."""

LEVEL = 0.05
"""p below which a difference is taken for one; the intervals are those of 1 − LEVEL."""


@dataclass(frozen=True)
class Difference:
    """One number of A less that of B over the same samples, in the unit of the metric."""

    metric: str
    headline: bool
    unit: str
    higher_is_better: bool | None
    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    """95 % interval, clustered by image."""
    p: float | None
    """Two-sided p-value of "no difference": answers of whole images change sides."""
    n: int
    images: int
    design_effect: float | None
    """How many times the variance of independent samples; None where that is 0."""
    detectable: float | None
    """The true difference that this comparison would find in 8 of 10 cases, at level 5 %; None where nothing varies."""
    method: str
    p_holm: float | None = None
    """Adjusted for the number of tasks whose headlines are compared (`sarbench.stats.holm`)."""


def difference(quantity: Means | Sums, images: npt.NDArray[np.int64], *, headline: bool) -> Difference:
    """Compare one number of two runs; `images` [n] are the image numbers of the pairs."""
    codes = images[quantity.used]
    found = _of_means(quantity, codes) if isinstance(quantity, Means) else _of_sums(quantity, codes)
    clusters = len(np.unique(codes))
    metric = quantity.metric
    low, high = _limits(found.test, clusters, unit=metric.unit)
    varies = found.test.se is not None and found.test.se >= _NO_SPREAD
    return Difference(
        metric=metric.name,
        headline=headline,
        unit=metric.unit,
        higher_is_better=metric.higher_is_better,
        a=found.a,
        b=found.b,
        difference=found.test.difference,
        low=low,
        high=high,
        p=found.test.p,
        n=len(codes),
        images=clusters,
        design_effect=found.design_effect,
        detectable=stats.minimum_detectable_difference(found.test.se, clusters=clusters) if varies else None,
        method=found.method if len(codes) else "none",
    )


def _limits(
    test: stats.PairedTest | stats.PairedBootstrap, clusters: int, *, unit: str
) -> tuple[float | None, float | None]:
    """Return the interval of a difference; where no image tells the runs apart, one that is no point.

    Images are then taken for the trials, as for a rate of exactly 0 or 1 (`sarbench.stats.edge_interval`): so far two
    rates may be apart and differ on none of so many images. Numbers that are no rates have no interval then.
    """
    if test.difference is None or test.se is None or test.se >= _NO_SPREAD:
        return test.low, test.high
    _, reach = stats.edge_interval(0.0, clusters)
    nearest = round(test.difference)
    if unit != "fraction" or abs(test.difference - nearest) > _NO_SPREAD:
        return None, None
    return max(-1.0, nearest - reach), min(1.0, nearest + reach)


def changed(quantity: Means | Sums) -> npt.NDArray[np.bool_]:
    """Return which of the pairs count differently in the two runs: [n]."""
    gap: Any = abs(quantity.a - quantity.b)
    apart: npt.NDArray[np.bool_] = gap != 0 if isinstance(quantity, Means) else np.asarray(gap.sum(axis=1)).ravel() > 0
    both: npt.NDArray[np.bool_] = quantity.used & apart
    return both


class _Found(NamedTuple):
    a: float | None
    b: float | None
    test: stats.PairedTest | stats.PairedBootstrap
    design_effect: float | None
    method: str


def _of_means(quantity: Means, codes: npt.NDArray[np.int64]) -> _Found:
    a, b, images = quantity.a[quantity.used], quantity.b[quantity.used], codes.tolist()
    test = stats.paired_test(a, b, images)
    effect = stats.clustered_interval(a - b, images).design_effect
    value_a, value_b = (float(side.mean()) if len(side) else None for side in (a, b))
    return _Found(value_a, value_b, test, effect, "clustered-t, sign flips of images")


def _of_sums(quantity: Sums, codes: npt.NDArray[np.int64]) -> _Found:
    a, b, images = quantity.a[quantity.used], quantity.b[quantity.used], codes.tolist()
    statistic = quantity.statistic
    test = stats.paired_bootstrap(statistic, *(stats.sum_by_cluster(side, images) for side in (a, b)))
    value_a, value_b = (float(statistic(_total(side))) if images else None for side in (a, b))
    linear = _influence(statistic, a) - _influence(statistic, b)
    effect = stats.clustered_interval(linear, images).design_effect
    return _Found(value_a, value_b, test, effect, f"cluster-bootstrap-{test.resamples}, swaps of images")


def _total(columns: Array | sparse.csr_matrix) -> Array:
    return np.asarray(columns.sum(axis=0), dtype=np.float64).ravel()


def _influence(statistic: Callable[[Array], Array], columns: Array | sparse.csr_matrix) -> Array:
    """Return what each sample adds to a statistic of sums, to first order (the delta method): [n]."""
    total = _total(columns)
    slope = np.zeros_like(total)
    for place in np.flatnonzero(total > 0):  # what is 0 in all has no share in any
        step = np.zeros_like(total)
        step[place] = _STEP * total[place]
        slope[place] = float(statistic(total + step) - statistic(total - step)) / (2 * step[place])
    return np.asarray(columns @ slope, dtype=np.float64).ravel()


def no_spread_note(number: Difference) -> str:
    """Say so where the two differ on no image or alike on all, or where there is but one; empty where it is not so."""
    if number.difference is None or number.detectable is not None:
        return ""
    if number.images < 2:
        return f"{number.metric}: all samples are about one image: no interval"
    said = "no image tells the two apart" if abs(number.difference) < _NO_SPREAD else "every image says the same"
    interval = "no interval" if number.low is None else f"the interval takes the {number.images} images for the trials"
    return f"{number.metric}: {said}; {interval}"


def edge_note(number: Difference) -> str:
    """Say which of the two decides where p and the interval seem to contradict each other; empty where they agree."""
    if number.low is None or number.high is None or number.p is None:
        return ""
    leaves_out = number.low > 0 or number.high < 0
    if leaves_out == (number.p < LEVEL):
        return ""
    return (
        f"{number.metric}: the interval {'leaves out' if leaves_out else 'holds'} 0 and p is {number.p:.4f}; p, which "
        f"comes from swapping whole images ({number.images}), decides: the interval is rough where they are few"
    )
