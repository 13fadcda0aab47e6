"""An average precision for answers without scores."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.metrics.average_precision.curve import RECALL_POINTS
from sarbench.metrics.average_precision.detections import Labelled, flatten, read_or_nothing
from sarbench.metrics.boxes import match
from sarbench.metrics.rates import precision_from_counts, recall_from_counts

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TieAwareAp:
    """Fractions in 0..1, higher is better; to be printed as "AP50 (tie-aware)" and never as AP50."""

    value: float | None
    """Mean over the classes that have a true box; None where no image has one."""
    by_class: Mapping[str, float]
    counts: Mapping[str, tuple[int, int, int]]
    """Class → true positives, false positives, false negatives; classes without truth too."""


def tie_aware_ap50(predictions: Sequence[Labelled | None], truths: Sequence[Labelled]) -> TieAwareAp:
    """Return precision × the share of the 101 recall points reached, per class, at an overlap of 0.5.

    All detections are taken as one tie, so that the curve is a single point: sarbench's own rule for outputs that come
    without scores, where COCO's AP depends on the order of the files. It is what COCO's AP would be with every false
    positive ranked before every true one, hence a lower bound of what scores could make of the same boxes. Matching is
    one to one and optimal (`metrics.boxes.match`), free of any order. F1 remains the headline.

    Args:
        predictions: The boxes of each answer; None, or no box, where it could not be read.
        truths: The true boxes of each image, in the same order.

    Raises:
        InputError: As `average_precision`.

    >>> truth = Labelled([[0, 0, 9, 9], [20, 0, 29, 9]], ["ship", "ship"])
    >>> found = tie_aware_ap50([Labelled([[0, 0, 9, 9], [50, 0, 59, 9]], ["ship", "ship"])], [truth])
    >>> round(found.value, 4), found.counts["ship"]
    (0.2525, (1, 1, 1))
    """
    read = read_or_nothing(predictions)
    classes, _, _ = flatten(read, truths)
    hits: Counter[str] = Counter()
    for said, true in zip(read, truths, strict=True):
        pairs = match(said.boxes, true.boxes, predicted_labels=said.labels, true_labels=true.labels).pairs
        hits.update(true.labels[index] for _, index in pairs)
    given = Counter(label for image in read for label in image.labels)
    meant = Counter(label for image in truths for label in image.labels)
    counts = {label: (hits[label], given[label] - hits[label], meant[label] - hits[label]) for label in classes}
    by_class = {label: float(tie_aware_ap_from_counts(*counts[label])) for label in classes if meant[label]}
    return TieAwareAp(float(np.mean(list(by_class.values()))) if by_class else None, by_class, counts)


def tie_aware_ap_from_counts(tp: npt.ArrayLike, fp: npt.ArrayLike, fn: npt.ArrayLike) -> Array:
    """Return precision × the share of the recall points 0, 0.01, …, 1 that the recall reaches: [...] → [...].

    Fraction in 0..1, higher is better; 0 without a true positive. Counts of one class, summed over images.
    """
    reached = np.searchsorted(RECALL_POINTS, recall_from_counts(tp, fn), side="right") / len(RECALL_POINTS)
    value: Array = precision_from_counts(tp, fp) * reached
    return value
