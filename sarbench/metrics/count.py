"""Scores of counting.

An answer that could not be read (None) is wrong for the accuracies. It has no error: MAE and RMSE leave it out and say
how many they left out, so a low error from a few readable answers can be seen for what it is.

Clip rule: for MAE and RMSE a predicted number above `CLIP` counts as `CLIP`; one answer of 10^14 would otherwise decide
the score of a run. Where the truth itself is above, the error is `CLIP` at most. Accuracies never clip.

Exact match is the field's measure (FUSAR-GPT, arXiv 2602.19190; `Cnt` of SARChat-2M, arXiv 2502.08168); the tolerances,
the errors with their clip, and the bands are sarbench's own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import is_number, numeric
from sarbench.metrics._paired import check_paired

CLIP = 1000
"""Largest number of targets that an error is measured to: our choice, far beyond the tens that an image holds."""

COUNT_BANDS = ("0", "1", "2-5", "6-10", "11-50", ">50")
"""Every name that `count_band` gives, few targets first."""

_BAND_ENDS = (0, 1, 5, 10, 50)

_MOST = 10**9
"""More targets than any image has pixels."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CountScores:
    """Scores of N answers; None where nothing is left to score."""

    exact: float | None
    """Share of right numbers: fraction in 0..1, higher is better."""
    within_one: float | None
    """Share of numbers off by one at most: fraction in 0..1, higher is better."""
    within_tenth: float | None
    """Share of numbers off by a tenth of the truth at most: fraction in 0..1, higher is better. Below ten true targets
    that is the exact number."""
    mae: float | None
    """Mean absolute error of the readable answers: targets, 0..CLIP, lower is better."""
    rmse: float | None
    """Root mean squared error of the readable answers: targets, 0..CLIP, lower is better."""
    n: int
    unparsed: int
    """How many answers `mae` and `rmse` leave out."""

    @property
    def parse_rate(self) -> float | None:
        """Share of the answers that could be read: fraction in 0..1, higher is better; read it beside MAE and RMSE."""
        return (self.n - self.unparsed) / self.n if self.n else None


def within(predicted: Sequence[int | None], true: Sequence[int], *, tolerance: int = 0) -> Array:
    """Return 1.0 for every number off by `tolerance` at most and 0.0 for every other one, None included: [N].

    >>> within([4, 3, None], [4, 4, 4], tolerance=1).tolist()
    [1.0, 1.0, 0.0]
    """
    if not is_number(tolerance) or not tolerance >= 0:
        raise InputError(where=f"tolerance {tolerance!r}", problem="is no number of targets", fix="Give 0, 1 or more")
    pairs = _checked(predicted, true)
    return np.array([p is not None and abs(p - t) <= tolerance for p, t in pairs], dtype=np.float64)


def within_share(predicted: Sequence[int | None], true: Sequence[int], *, share: float = 0.1) -> Array:
    """Return 1.0 for every number p with |p − t| ≤ share · t and 0.0 for every other one, None included: [N].

    With no true target only 0 is right. The share is taken as the decimal number that it is written as, so that 29 is
    within 0.29 of 100. Sarbench's own rule.

    Args:
        predicted: One number an answer; None where it could not be read.
        true: The true numbers.
        share: Tolerated share of the truth, 0 ≤ share.

    Raises:
        InputError: The lists differ in length, a number is none, a truth is negative, or the share is.

    >>> within_share([18, 17, 0, 1], [20, 20, 0, 0]).tolist()
    [1.0, 0.0, 1.0, 0.0]
    """
    if not is_number(share) or not 0 <= share < float("inf"):
        raise InputError(
            where=f"share {share!r}", problem="is no share of a count", fix="Give a number ≥ 0, such as 0.1"
        )
    limit = Fraction(str(float(share)))
    pairs = _checked(predicted, true)
    return np.array(
        [p is not None and abs(p - t) * limit.denominator <= limit.numerator * t for p, t in pairs], dtype=np.float64
    )


def absolute_errors(predicted: Sequence[int | None], true: Sequence[int], *, clip: int = CLIP) -> Array:
    """Return |predicted − true| of the readable answers by the clip rule above, in their order: [N − unparsed].

    >>> absolute_errors([3, None, 10**14, 1500, 10**14], [4, 4, 4, 1500, 1500]).tolist()
    [1.0, 996.0, 0.0, 1000.0]
    """
    if not is_number(clip) or not clip >= 0:
        raise InputError(where=f"clip {clip!r}", problem="is no number of targets", fix=f"Give one such as {CLIP}")
    pairs = _checked(predicted, true)
    errors = [abs((min(p, clip) if t <= clip else p) - t) for p, t in pairs if p is not None]
    return np.array([min(error, clip) for error in errors], dtype=np.float64)


def rmse_from_sums(squares: npt.ArrayLike, n: npt.ArrayLike) -> Array:
    """Return the root mean squared error of summed squared errors: [...] targets, 0..CLIP, lower is better.

    The same function scores a run and every resample of its bootstrap; 0 errors give 0.

    >>> float(rmse_from_sums(18.0, 2))
    3.0
    """
    try:
        summed, number = np.broadcast_arrays(numeric(squares, "squares"), numeric(n, "n"))
    except ValueError as error:
        fix = "Give one n for each sum"
        raise InputError(where="squares and n", problem=f"do not go together: {error}", fix=fix) from error
    if not ((summed >= 0) & (number >= 0) & (summed < np.inf)).all():
        problem = "are infinite, negative or NaN"
        raise InputError(where="squares and n", problem=problem, fix="Give sums over readable answers")
    means: Array = np.divide(summed, number, out=np.zeros(summed.shape), where=number > 0)
    return np.asarray(np.sqrt(means))


def count_band(true: int) -> str:
    """Return the band of a true count, to show how a score falls with the number of targets.

    Raises:
        InputError: The count is negative.

    >>> [count_band(n) for n in (0, 1, 5, 6, 50, 51)]
    ['0', '1', '2-5', '6-10', '11-50', '>50']
    """
    _check_truth(true)
    return COUNT_BANDS[sum(true > end for end in _BAND_ENDS)]


def score(predicted: Sequence[int | None], true: Sequence[int], *, clip: int = CLIP) -> CountScores:
    """Score the numbers of a task.

    Args:
        predicted: One number an answer; None where it could not be read.
        true: The true numbers.
        clip: See the clip rule above.

    Raises:
        InputError: The lists differ in length, a number is none, or a true number is negative.

    >>> found = score([4, 3, None, 10**14], [4, 4, 4, 4])
    >>> found.exact, found.within_one, round(found.mae, 2), found.unparsed, found.parse_rate
    (0.25, 0.5, 332.33, 1, 0.75)
    """
    errors = absolute_errors(predicted, true, clip=clip)
    n = len(true)
    return CountScores(
        exact=float(within(predicted, true).mean()) if n else None,
        within_one=float(within(predicted, true, tolerance=1).mean()) if n else None,
        within_tenth=float(within_share(predicted, true).mean()) if n else None,
        mae=float(errors.mean()) if len(errors) else None,
        rmse=float(np.sqrt((errors**2).mean())) if len(errors) else None,
        n=n,
        unparsed=n - len(errors),
    )


def _checked(predicted: Sequence[int | None], true: Sequence[int]) -> Iterable[tuple[int | None, int]]:
    check_paired(predicted, true)
    for index, (said, meant) in enumerate(zip(predicted, true, strict=True)):
        if said is not None and not _is_whole(said):
            raise InputError(
                where=f"predicted[{index}]",
                problem=f"is {said!r}, no whole number",
                fix="Give an int, or None for an answer that could not be read",
            )
        _check_truth(meant)
    return zip(predicted, true, strict=True)


def _check_truth(true: int) -> None:
    if not _is_whole(true) or not 0 <= true <= _MOST:
        raise InputError(
            where=f"true count {true!r}", problem="is no number of targets", fix="Leave the sample out or mend the data"
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer)
