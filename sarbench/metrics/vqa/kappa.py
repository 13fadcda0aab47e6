"""How far two judges agree beyond chance."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sarbench.metrics._paired import check_paired
from sarbench.metrics.vqa.undecided import Verdicts, as_codes

Array = npt.NDArray[np.float64]


class Kappa(NamedTuple):
    """The agreement of two judges on the answers that both decided."""

    kappa: float | None
    """−1..1, higher is better, 0 is chance; None where both always say the same one thing, or decided nothing."""
    agreement: float | None
    """Share of equal verdicts, a fraction in 0..1, higher is better."""
    n: int
    """Answers that both decided."""
    left_out: int
    """Answers that one of them left undecided."""


def cohens_kappa(first: Verdicts, second: Verdicts) -> Kappa:
    """Compare two lists of verdicts on the same answers.

    Source: Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960);
    as scikit-learn's `cohen_kappa_score` over the answers that both decided.

    Raises:
        InputError: The lists differ in length, or hold what is no verdict.

    >>> cohens_kappa([True, True, False, None], [True, False, False, True])
    Kappa(kappa=0.4, agreement=0.6666666666666666, n=3, left_out=1)
    """
    check_paired(first, second)
    counts = verdict_counts(first, second).sum(axis=0)
    n = int(counts.sum())
    if not n:
        return Kappa(None, None, 0, len(first))
    constant = max(counts[0], counts[3]) == n
    kappa = None if constant else float(kappa_from_counts(counts))
    return Kappa(kappa, float((counts[0] + counts[3]) / n), n, len(first) - n)


def verdict_counts(first: Verdicts, second: Verdicts) -> npt.NDArray[np.int64]:
    """Return which of the four pairs each answer is: [N, 4] of 0 and 1, all 0 where one judge was undecided.

    The columns: both right, only the first says right, only the second does, both wrong. Summed over the answers of
    an image they are what `kappa_from_counts` and `stats.cluster_bootstrap` take.
    """
    check_paired(first, second)
    one, other = as_codes(first), as_codes(second)
    pairs = [(one == a) & (other == b) for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))]
    return np.stack(pairs, axis=1).astype(np.int64)


def kappa_from_counts(counts: npt.ArrayLike) -> Array:
    """Return Cohen's kappa of summed counts [..., 4]: [...], −1..1, higher is better.

    0 where chance alone explains full agreement, so that resamples of a bootstrap stay finite.
    """
    table = np.asarray(counts, dtype=np.float64)
    both, first, second, neither = (table[..., column] for column in range(4))
    # (observed - expected) / (1 - expected), times n squared above and below: integers as long as the counts are.
    above = 2 * (both * neither - first * second)
    below = (both + first) * (first + neither) + (both + second) * (second + neither)
    return np.divide(above, below, out=np.zeros(np.shape(above)), where=below > 0)
