"""Scores of counting.

An answer that could not be read (None) is wrong for the accuracies. It has no error: MAE and RMSE leave it out and say
how many they left out, so a low error from a few readable answers can be seen for what it is.

Clip rule: for MAE and RMSE a predicted number above `CLIP` counts as `CLIP`; one answer of 10^14 would otherwise decide
the score of a run. Accuracies never clip.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._paired import check_paired

CLIP = 1000
"""Largest number of targets that an error is measured to: our choice, far beyond the tens that an image holds."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CountScores:
    """Scores of N answers; None where nothing is left to score."""

    exact: float | None
    """Share of right numbers: fraction in 0..1, higher is better."""
    within_one: float | None
    """Share of numbers off by one at most: fraction in 0..1, higher is better."""
    mae: float | None
    """Mean absolute error of the readable answers: targets, 0..CLIP, lower is better."""
    rmse: float | None
    """Root mean squared error of the readable answers: targets, 0..CLIP, lower is better."""
    n: int
    unparsed: int
    """How many answers `mae` and `rmse` leave out."""


def within(predicted: Sequence[int | None], true: Sequence[int], *, tolerance: int = 0) -> Array:
    """Return 1.0 for every number off by `tolerance` at most and 0.0 for every other one, None included: [N].

    >>> within([4, 3, None], [4, 4, 4], tolerance=1).tolist()
    [1.0, 1.0, 0.0]
    """
    check_paired(predicted, true)
    return np.array(
        [p is not None and abs(p - t) <= tolerance for p, t in zip(predicted, true, strict=True)], dtype=np.float64
    )


def absolute_errors(predicted: Sequence[int | None], true: Sequence[int], *, clip: int = CLIP) -> Array:
    """Return |min(predicted, clip) − true| of the readable answers, in their order: [N − unparsed]."""
    check_paired(predicted, true)
    return np.array(
        [abs(min(p, clip) - t) for p, t in zip(predicted, true, strict=True) if p is not None], dtype=np.float64
    )


def score(predicted: Sequence[int | None], true: Sequence[int], *, clip: int = CLIP) -> CountScores:
    """Score the numbers of a task.

    Args:
        predicted: One number an answer; None where it could not be read.
        true: The true numbers, none above `clip`.
        clip: See the clip rule above.

    Raises:
        InputError: The lists differ in length, or a true number is negative or above `clip`.

    >>> found = score([4, 3, None, 10**14], [4, 4, 4, 4])
    >>> found.exact, found.within_one, round(found.mae, 2), found.unparsed
    (0.25, 0.5, 332.33, 1)
    """
    beyond = next((t for t in true if not 0 <= t <= clip), None)
    if beyond is not None:
        raise InputError(
            where=f"true count {beyond}", problem=f"is outside 0..{clip}", fix="Raise clip or mend the data"
        )
    errors = absolute_errors(predicted, true, clip=clip)
    n = len(true)
    return CountScores(
        exact=float(within(predicted, true).mean()) if n else None,
        within_one=float(within(predicted, true, tolerance=1).mean()) if n else None,
        mae=float(errors.mean()) if len(errors) else None,
        rmse=float(np.sqrt((errors**2).mean())) if len(errors) else None,
        n=n,
        unparsed=n - len(errors),
    )
