"""Facts about labels: what was said and what is true, one fact for each label of an answer."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from sarbench.metrics import choice
from sarbench.metrics.rates import jaccard_from_counts
from sarbench.questions import estimate
from sarbench.questions.facts import Facts
from sarbench.questions.metric import Metric, Number

Array = npt.NDArray[np.float64]

OPEN = "~"
"""Stands before a label that no closed list holds; such a label is a class only where a truth names it."""


def label_facts(said: Collection[str], true: Collection[str]) -> dict[str, float]:
    """Return a fact for every label that was said or is true.

    >>> label_facts({"ship", "car"}, {"ship", "tank"})
    {'fp:car': 1.0, 'tp:ship': 1.0, 'fn:tank': 1.0}
    """
    parts = {(True, True): "tp", (True, False): "fp", (False, True): "fn"}
    return {f"{parts[label in said, label in true]}:{label}": 1.0 for label in sorted({*said, *true})}


def classes_of(facts: Facts) -> list[str]:
    """Return the classes that are scored: those of the truths, and those of a closed list that were answered."""
    true = facts.labels("tp", "fn")
    return sorted({*true, *(label for label in facts.labels("fp") if not label.startswith(OPEN))})


def macro_f1(metric: Metric, facts: Facts) -> Number:
    """Return macro-F1 over `classes_of`, as scikit-learn has it by default.

    An unread answer misses, but is no class of its own. A class that is only ever named wrongly counts as 0, or else
    naming all classes would be perfect on a split that holds one. Classes that a resample lacks are left out of it.
    """
    facts = facts.with_labels()
    classes = classes_of(facts)
    if not classes:
        return Number(metric, estimate.NOTHING, note="no answer has a label to score")

    def statistic(sums: Array) -> Array:
        per_class = sums.reshape(*sums.shape[:-1], len(classes), 3)
        occurs = per_class.sum(axis=-1) > 0
        total: Array = (choice.f1_per_label(per_class) * occurs).sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1)
        return total

    return Number(metric, estimate.ratio(facts.label_counts(classes), facts.images, statistic))


def label_jaccard(metric: Metric, facts: Facts) -> Number:
    """Return tp / (tp + fp + fn) over all labels of all answers."""
    facts = facts.with_labels()
    counts = facts.label_counts(classes_of(facts))
    parts = np.stack([np.asarray(counts[:, part::3].sum(axis=1)).ravel() for part in range(3)], axis=1)

    def statistic(sums: Array) -> Array:
        return jaccard_from_counts(sums[..., 0], sums[..., 1], sums[..., 2])

    return Number(metric, estimate.ratio(parts, facts.images, statistic))
