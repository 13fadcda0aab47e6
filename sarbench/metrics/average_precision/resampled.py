"""Average precision of resampled images, for a cluster bootstrap."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import numeric
from sarbench.metrics.average_precision.curve import Floats, ap_table
from sarbench.metrics.average_precision.detections import Labelled, Scored
from sarbench.metrics.average_precision.ranking import COCO_THRESHOLDS, rank


def resampled_ap(
    predictions: Sequence[Scored | None],
    truths: Sequence[Labelled],
    weights: npt.ArrayLike,
    *,
    thresholds: Sequence[float] = COCO_THRESHOLDS,
) -> Floats:
    """Return the average precision of resamples of the images, matched once: [R] fractions in 0..1, higher is better.

    A weight is how often an image was drawn; weights of 1 reproduce `average_precision(...).ap`, and whole weights give
    what the images repeated in place would. A class without truth in a resample is left out of that resample.

    Args:
        predictions: As `average_precision`.
        truths: As `average_precision`.
        weights: [R, images], none negative.
        thresholds: As `average_precision`.

    Raises:
        InputError: As `average_precision`; weights of another shape, negative or NaN ones, or a resample without truth.
    """
    drawn = numeric(weights, "weights")
    if drawn.ndim != 2 or drawn.shape[1] != len(truths) or not ((drawn >= 0) & np.isfinite(drawn)).all():
        raise InputError(
            where="weights",
            problem=f"of the shape {drawn.shape} do not say how often each of {len(truths)} images was drawn",
            fix="Give finite numbers ≥ 0 of the shape [resamples, images]",
        )
    ranked = rank(predictions, truths, thresholds)
    found = ranked.hits()
    values = np.empty(len(drawn))
    for index, row in enumerate(drawn):
        having = ranked.positives(row) > 0
        if not having.any():
            raise InputError(
                where=f"weights[{index}]", problem="draw no image with a true box", fix="Leave that resample out"
            )
        values[index] = ap_table(ranked, found, row)[:, having].mean()
    return values
