"""What a query may expect when equal similarities are put in random order.

A query is described by three counts over its gallery, seen from its best relevant item (the relevant item with the
largest similarity):

- `greater`: items with a larger similarity, none of which is relevant;
- `level`: items with exactly that similarity, the relevant ones included;
- `relevant`: relevant items among `level`, at least 1.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def expected_hits(greater: Counts, level: Counts, relevant: Counts, k: int) -> Array:
    """Return the probability that a relevant item is among the first k: [Q], 0..1, higher is better.

    Of the `level` items s = k − greater fall within the first k, each choice being as likely as any other
    (hypergeometric): P = 1 − C(level − relevant, s) / C(level, s), and 0 for s ≤ 0, 1 for s > level − relevant. With
    one relevant item this is s / level. sarbench's own rule.

    >>> expected_hits(np.array([0, 1]), np.array([4, 4]), np.array([1, 2]), 3).round(3).tolist()
    [0.75, 0.833]
    """
    places = k - greater
    hit = np.where(places > level - relevant, 1.0, 0.0)
    missed = 1.0 - hit
    for drawn in range(k):
        open_still = (drawn < places) & (missed > 0)
        if not open_still.any():
            break
        chance = relevant[open_still] / (level[open_still] - drawn)
        hit[open_still] += missed[open_still] * chance
        missed[open_still] *= 1.0 - chance
    return hit


def expected_rank(greater: Counts, level: Counts, relevant: Counts) -> Array:
    """Return the mean rank of the best relevant item over all orders of the ties: [Q], from 1, lower is better.

    The first of r marked items among m in random order stands at (m + 1) / (r + 1) on average. sarbench's own rule.

    >>> expected_rank(np.array([0, 1]), np.array([4, 4]), np.array([1, 4])).tolist()
    [2.5, 2.0]
    """
    rank: Array = greater + (level + 1) / (relevant + 1)
    return rank


def checked_k(k: object) -> tuple[int, ...]:
    """Return the cut-offs, or refuse them.

    Raises:
        InputError: There is none, one is below 1, or one is given twice.
    """
    cuts = tuple(k) if isinstance(k, Iterable) else ()
    whole = all(isinstance(cut, int | np.integer) and not isinstance(cut, bool) and cut >= 1 for cut in cuts)
    if not cuts or not whole or len(set(cuts)) != len(cuts):
        fix = "Give a list of different whole numbers from 1 up"
        raise InputError(where=f"k {k!r}", problem="are no cut-offs", fix=fix)
    return tuple(int(cut) for cut in cuts)
