"""From hits in the order of scores to average precision, by COCO's definition."""

import numpy as np
import numpy.typing as npt

from sarbench.metrics.average_precision.greedy import Hits
from sarbench.metrics.average_precision.ranking import Ranked

Floats = npt.NDArray[np.float64]

RECALL_POINTS: Floats = np.linspace(0.0, 1.0, 101)
"""Where COCO reads the curve."""

_TINY = float(np.spacing(1))


def ap_table(ranked: Ranked, found: Hits, image_weights: Floats | None = None) -> Floats:
    """Return average precision by threshold and class: [T, classes], 0 for a class without truth."""
    positives = ranked.positives(image_weights)
    weights = None if image_weights is None else image_weights[ranked.detections.image[ranked.order]]
    table = np.zeros((len(ranked.thresholds), len(ranked.classes)))
    for code in np.flatnonzero(positives).tolist():
        part = slice(ranked.bounds[code], ranked.bounds[code + 1])
        table[:, code] = interpolated(found[:, part], None if weights is None else weights[part], positives[code])
    return table


def interpolated(found: Hits, weights: Floats | None, positives: float) -> Floats:
    """Return the mean of the interpolated precision at the 101 recall points: [T].

    Precision at a recall point is the highest one at that recall or beyond, 0 where it is never reached (`accumulate`
    of pycocotools' cocoeval.py).

    Args:
        found: [T, D] hits of one class by falling score.
        weights: [D] how often each detection counts; None for once.
        positives: How many true boxes there are (weighed alike), more than 0.
    """
    levels, number = found.shape
    if number == 0:
        return np.zeros(levels)
    if weights is None:
        right, given = np.cumsum(found, axis=1, dtype=np.float64), np.arange(1.0, number + 1)
    else:
        right, given = np.cumsum(found * weights, axis=1), np.cumsum(weights)
    precision = right / (given + _TINY)
    highest = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    values = np.empty(levels)
    for level in range(levels):
        places = np.searchsorted(right[level] / positives, RECALL_POINTS, side="left")
        reached = places[places < number]
        values[level] = highest[level, reached].sum() / len(RECALL_POINTS)
    return values
