"""Many tests at once: p-values adjusted for how many they are."""

from collections.abc import Iterable, Mapping

import numpy as np

from sarbench.errors import InputError


def holm(p_values: Iterable[float | None]) -> list[float | None]:
    """Return p-values adjusted for their number, so that the chance of any false difference stays at the level.

    Holm's step-down rule: the k-th smallest of m is multiplied by m − k + 1, none falls below a smaller one's, none
    exceeds 1 (Holm, Scand. J. Statist. 6, 1979). It holds whatever the dependence between the tests.

    Args:
        p_values: In any order, which the result keeps. None, a test that could not be made, stays None and does not
            count in m.

    Raises:
        InputError: A number is outside 0..1, or this is no list of numbers.

    >>> holm([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    if isinstance(p_values, str | Mapping):
        problem = f"are of type {type(p_values).__name__}"
        raise InputError(where="p-values", problem=problem, fix="Give a list; of a mapping, list(p_values.values())")
    try:
        given = list(p_values)
        made = [index for index, p in enumerate(given) if p is not None]
        values = np.array([given[index] for index in made], dtype=np.float64).reshape(len(made))
    except (TypeError, ValueError, OverflowError) as error:
        problem = f"are no list of numbers ({error})"
        raise InputError(where="p-values", problem=problem, fix="Give numbers from 0 to 1, or None") from error
    bad = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if bad.size:
        raise InputError(
            where=f"p-value {made[bad[0]]}", problem=f"is {values[bad[0]]}", fix="Give numbers from 0 to 1, or None"
        )
    order = np.argsort(values, kind="stable")
    stepped = np.minimum(1.0, np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)))
    adjusted: list[float | None] = [None] * len(given)
    for position, value in zip(order.tolist(), stepped.tolist(), strict=True):
        adjusted[made[position]] = value
    return adjusted
