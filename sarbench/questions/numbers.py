"""The few ways in which facts become numbers."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from sarbench.metrics.count import rmse_from_sums
from sarbench.metrics.rates import f1_from_counts, jaccard_from_counts, precision_from_counts, recall_from_counts
from sarbench.questions import estimate
from sarbench.questions.facts import Facts
from sarbench.questions.metric import Metric, Number

Array = npt.NDArray[np.float64]


def mean(metric: Metric, facts: Facts, key: str) -> Number:
    """Return the mean of a fact over the answers that have it."""
    having = facts.having(key)
    return Number(metric, estimate.mean(having.column(key), having.images, top=metric.high))


def share(metric: Metric, facts: Facts, part: str, whole: str, *, rate: bool = True) -> Number:
    """Return one summed fact as a share of another; 0 of nothing is 0."""
    return Number(metric, estimate.ratio(facts.table(part, whole), facts.images, share_of, rate=rate))


def root_mean_square(metric: Metric, facts: Facts, key: str) -> Number:
    """Return the root of the mean square of a fact over the answers that have it."""
    having = facts.having(key)
    squares = having.column(key) ** 2
    columns = np.stack([squares, np.ones_like(squares)], axis=1)
    found = estimate.ratio(
        columns, having.images, lambda sums: rmse_from_sums(sums[..., 0], sums[..., 1]), rate=False, top=metric.high
    )
    return Number(metric, found)


def overlap(metrics: Iterable[Metric], facts: Facts, fact: str) -> Iterator[Number]:
    """Yield rates of summed true positives, false positives and false negatives.

    Args:
        metrics: Their names begin with `f1`, `precision`, `recall` or `jaccard`, or hold one of these after a `_`.
        facts: The answers.
        fact: Pattern of the facts' names, such as `{}@0.5`.
    """
    columns = facts.table(*(fact.format(part) for part in ("tp", "fp", "fn")))
    for metric in metrics:
        statistic = next(of for word, of in _RATES.items() if word in metric.name)
        yield Number(metric, estimate.ratio(columns, facts.images, statistic))


def jaccard_estimate(columns: Array, images: npt.NDArray[np.int64]) -> estimate.Estimate:
    """Estimate tp / (tp + fp + fn) from [n, 3] facts."""
    return estimate.ratio(columns, images, jaccard_of)


def share_of(sums: Array) -> Array:
    """The first of two summed columns as a share of the second: [..., 2] → [...]; 0 of nothing is 0."""
    whole = sums[..., 1]
    shares: Array = np.divide(sums[..., 0], whole, out=np.zeros_like(whole), where=whole > 0)
    return shares


def f1_of(sums: Array) -> Array:
    """[..., 3] → [...]."""
    return f1_from_counts(sums[..., 0], sums[..., 1], sums[..., 2])


def jaccard_of(sums: Array) -> Array:
    """[..., 3] → [...]."""
    return jaccard_from_counts(sums[..., 0], sums[..., 1], sums[..., 2])


def precision_of(sums: Array) -> Array:
    """[..., 3] → [...]."""
    return precision_from_counts(sums[..., 0], sums[..., 1])


def recall_of(sums: Array) -> Array:
    """[..., 3] → [...]."""
    return recall_from_counts(sums[..., 0], sums[..., 2])


_RATES: dict[str, Callable[[Array], Array]] = {
    "f1": f1_of,
    "precision": precision_of,
    "recall": recall_of,
    "jaccard": jaccard_of,
}
