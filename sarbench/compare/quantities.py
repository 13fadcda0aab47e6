"""What of two runs' facts makes a number that can be compared pair by pair: a mean, or a function of sums."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench.metrics import choice
from sarbench.metrics.presence import COLUMNS as PRESENCE_CASES
from sarbench.metrics.presence import balanced_accuracy
from sarbench.questions import numbers, retrieval
from sarbench.questions.facts import Facts
from sarbench.questions.family import Family
from sarbench.questions.kind import Kind
from sarbench.questions.metric import Metric

Array = npt.NDArray[np.float64]

_OPEN_LABEL = "~"
"""Stands before a label of no closed list (`sarbench.questions`): a class only where a truth names it."""

_COUNTED = ("exact", "within_1", "within_10_percent", "read")
_FIELDS = ("all_fields", "category", "size", "position")
_RECALLS = tuple(f"{direction}_r@{k}" for direction in retrieval.DIRECTIONS for k in retrieval.CUTS)

MEANS: Mapping[Family, Mapping[str, str]] = MappingProxyType(
    {
        "classification": {"accuracy": "exact"},
        "presence": {"accuracy": "exact"},
        "counting": {**{name: name for name in _COUNTED}, "mean_absolute_error": "absolute_error"},
        "position": {"accuracy": "exact"},
        "region": {"all_fields": "exact"},
        "identification": {name: name for name in _FIELDS},
        "description": {"exact": "exact"},
        "referring": {f"single_hit@{threshold}": f"hit@{threshold}" for threshold in (0.25, 0.5, 0.75)},
        "vqa": {"accuracy": "exact"},
        "caption": {"cider": "strict:cider", "rouge_l": "strict:rouge_l"},
        "field": {"exact": "exact", "cider": "strict:cider", "rouge_l": "strict:rouge_l"},
        "retrieval": {name: f"strict:{name}" for name in _RECALLS},
    }
)
"""Kind of question → strict metric → the fact whose mean it is."""


@dataclass(frozen=True)
class Means:
    """A number that is the mean of one value of each pair."""

    metric: Metric
    used: npt.NDArray[np.bool_]
    """[n] which pairs have the value on both sides."""
    a: Array
    b: Array
    """[n] each, NaN where there is none."""


@dataclass(frozen=True)
class Sums:
    """A number that is a function of summed facts."""

    metric: Metric
    used: npt.NDArray[np.bool_]
    """[n] which pairs have any of the facts."""
    a: Array | sparse.csr_matrix
    b: Array | sparse.csr_matrix
    """[n, K] each."""
    statistic: Callable[[Array], Array]
    """[..., K] → [...]."""


def quantities(kind: Kind, a: Facts, b: Facts, *, every: bool = False) -> list[Means | Sums]:
    """Return the headline of a kind of question over pairs of answers, and on request every strict mean.

    Args:
        kind: The kind of question.
        a: Facts of run A, one answer for each pair; prepared for `strict`.
        b: Those of run B in the same order, built together with A's (one numbering of images and labels).
        every: Whether the strict metrics that are means follow.
    """
    means = MEANS.get(kind.name, {})
    found: list[Means | Sums] = []
    if kind.headline.name not in means:
        found.append(_sums(kind, a, b))
    for metric in kind.metrics:
        wanted = metric == kind.headline or every
        if wanted and metric.protocol == "strict" and metric.name in means:
            found.append(_means(metric, a, b, means[metric.name]))
    return found


def _means(metric: Metric, a: Facts, b: Facts, fact: str) -> Means:
    first, second = a.column(fact), b.column(fact)
    used = ~np.isnan(first) & ~np.isnan(second)
    group = f"{fact.partition(':')[0]}:group"
    if group in a.columns:  # captions of one image are one group, whose rows all hold its value
        used &= _first_of_each(a.column(group))
    return Means(metric, used, first, second)


def _first_of_each(groups: Array) -> npt.NDArray[np.bool_]:
    first = np.zeros(len(groups), dtype=bool)
    first[np.unique(groups, return_index=True)[1]] = True
    return first


def _sums(kind: Kind, a: Facts, b: Facts) -> Sums:
    match kind.name:
        case "presence":
            return _columns(kind.headline, a, b, [f"case:{name}" for name in PRESENCE_CASES], balanced_accuracy)
        case "classification":
            return _labels(kind.headline, a, b)
        case "description":
            return _columns(kind.headline, a, b, [f"mention_{part}" for part in ("tp", "fp", "fn")], numbers.f1_of)
        case "retrieval":
            return _recalls(kind.headline, a, b)
        case _:
            threshold = kind.headline.name.partition("@")[2]
            names = [f"{part}@{threshold}" for part in ("tp", "fp", "fn")]
            return _columns(kind.headline, a, b, names, numbers.f1_of)


def _columns(metric: Metric, a: Facts, b: Facts, names: list[str], statistic: Callable[[Array], Array]) -> Sums:
    used = np.any([~np.isnan(a.column(name)) | ~np.isnan(b.column(name)) for name in names], axis=0)
    return Sums(metric, used, a.table(*names), b.table(*names), statistic)


def _recalls(metric: Metric, a: Facts, b: Facts) -> Sums:
    """Lay out the mean recall; a query that one run lacks is left out of both."""
    first, second = (retrieval.recall_columns(facts, metric.protocol) for facts in (a, b))
    width = len(retrieval.CUTS) + 1
    asked = first[:, width - 1 :: width] * second[:, width - 1 :: width]  # [n, 2], 1 where both have the query
    both = np.repeat(asked, width, axis=1)
    used = np.asarray(asked.any(axis=1), dtype=np.bool_)
    return Sums(metric, used, first * both, second * both, retrieval.mean_recall)


def _labels(metric: Metric, a: Facts, b: Facts) -> Sums:
    """Lay out macro-F1 over the classes that count in either run; one that a run lacks is left out of its mean."""
    classes = sorted({label for facts in (a, b) for label in _classes(facts)})

    def statistic(sums: Array) -> Array:
        per_class = sums.reshape(*sums.shape[:-1], len(classes), 3)
        occurs = per_class.sum(axis=-1) > 0
        total: Array = (choice.f1_per_label(per_class) * occurs).sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1)
        return total

    first, second = a.label_counts(classes), b.label_counts(classes)
    used = (np.diff(first.indptr) > 0) | (np.diff(second.indptr) > 0)
    return Sums(metric, used, first, second, statistic)


def _classes(facts: Facts) -> list[str]:
    closed = [label for label in facts.labels("fp") if not label.startswith(_OPEN_LABEL)]
    return [*facts.labels("tp", "fn"), *closed]
