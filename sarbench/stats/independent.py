"""McNemar's exact test of two right-or-wrong runs on independent items."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from sarbench.errors import InputError
from sarbench.stats.inputs import finite_vector


@dataclass(frozen=True)
class McNemar:
    """How many of n items only one of two runs got right, and the p-value of "both are equally often right"."""

    only_a: int
    only_b: int
    n: int
    p: float | None


def mcnemar(a: npt.ArrayLike, b: npt.ArrayLike) -> McNemar:
    """Compare two runs that were right or wrong on the same *independent* items.

    Exact and two-sided: of the items on which the runs disagree, the number that A got right is binomial with
    probability ½ if they are equally good (McNemar, Psychometrika 12, 1947). Several questions about one image are not
    independent; their p would come out too small. Use `paired_test` for those.

    Args:
        a: [n] of 0 and 1, or of booleans.
        b: [n], the same items in the same order.

    Returns:
        The counts and p; p is 1 if the runs never disagree, None without items.

    Raises:
        InputError: Lengths differ, or a value is neither 0 nor 1.

    >>> mcnemar([1, 1, 1, 1, 0], [0, 0, 0, 1, 0])
    McNemar(only_a=3, only_b=0, n=5, p=0.25)
    """
    first, second = _binary(a, "a"), _binary(b, "b")
    n = len(first)
    if n != len(second):
        raise InputError(
            where="a and b", problem=f"have {n} and {len(second)} scores", fix="Pair the scores by sample id first"
        )
    only_a, only_b = int(np.sum(first > second)), int(np.sum(first < second))
    if n == 0:
        return McNemar(0, 0, 0, None)
    lower_tail = float(special.bdtr(min(only_a, only_b), only_a + only_b, 0.5))
    return McNemar(only_a, only_b, n, min(1.0, 2 * lower_tail))


def _binary(values: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    sample = finite_vector(values, name)
    bad = np.flatnonzero((sample != 0) & (sample != 1))
    if bad.size:
        raise InputError(
            where=f"{name}, item {bad[0]}",
            problem=f"is {sample[bad[0]]}, which is neither right (1) nor wrong (0)",
            fix="Use paired_test for graded scores",
        )
    return sample
