"""How much of a score is left when images get worse: the severity curve, its area and the fraction retained.

The rule is sarbench's own. Scores at severity 0 (the clean images) and at k ≥ 1 rising severities are the corners of a
curve. Severities are ranks, equally spaced from 0 to 1: no unit of them means the same to every model. So areas
compare only over the same list of severities (`sarbench.perturb.LEVELS`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sarbench.errors import InputError
from sarbench.metrics._numeric import is_number, numeric


@dataclass(frozen=True)
class Robustness:
    """What a severity curve says.

    Attributes:
        area: Area under the curve by the trapezoid rule, over severities from 0 to 1: the mean score along the curve.
            Unit and range of the score; higher is better. A model that does not mind has its clean score.
        retained: (area − floor) / (clean − floor), the share of what the model can do on clean images that is left on
            average. 1: nothing is lost; 0: all of it; above 1: it got better; below 0: worse than the floor. None where
            the clean score is not above the floor, so that nothing could be lost.
        worst: Score at the highest severity over the clean score, both above the floor; None as `retained`.
    """

    area: float
    retained: float | None
    worst: float | None


def severity_curve(clean: float | None, perturbed: Sequence[float | None], *, floor: float = 0.0) -> Robustness | None:
    """Sum up a severity curve.

    Args:
        clean: Score on unchanged images, a finite number of which more is better, such as a headline. Errors, of which
            less is better, have no retained fraction.
        perturbed: Scores of the same model on the same samples, from the mildest severity to the strongest.
        floor: What is reached without seeing: the score with `blank`, say, or chance.

    Returns:
        None where a score is missing: part of a curve is no curve.

    Raises:
        InputError: There is no severity, or a score is NaN or infinite.

    >>> severity_curve(1.0, [0.75, 0.5])
    Robustness(area=0.75, retained=0.75, worst=0.5)
    """
    if not isinstance(perturbed, list | tuple | np.ndarray) or not is_number(floor):
        fix = "Give the perturbed scores as a list, and the floor as a number"
        raise InputError(where="severity curve", problem="has no list of scores, or no floor", fix=fix)
    if not len(perturbed):
        fix = "Give the score of one severity or more"
        raise InputError(where="severity curve", problem="has its clean score only", fix=fix)
    if clean is None or any(score is None for score in perturbed):
        return None
    scores = numeric([clean, *perturbed], "severity curve", fix="Give one number a severity")
    if scores.ndim != 1:
        raise InputError(where="severity curve", problem="has lists for scores", fix="Give one number a severity")
    if not np.isfinite([*scores, floor]).all():
        fix = "Give finite scores, None for a missing one"
        raise InputError(where="severity curve", problem="has a score that is no finite number", fix=fix)
    area = float(np.mean((scores[1:] + scores[:-1]) / 2))
    able = float(scores[0]) - floor
    if able <= 0.0:
        return Robustness(area, None, None)
    return Robustness(area, (area - floor) / able, (float(scores[-1]) - floor) / able)
