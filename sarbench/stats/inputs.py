"""What the statistics accept, and the words in which they refuse the rest."""

import sys
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sarbench.errors import InputError

Array = npt.NDArray[np.float64]


def finite_vector(values: npt.ArrayLike, name: str) -> Array:
    """Return the values as [n] float64; `name` is what an error calls them."""
    try:
        sample = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise _no_list(name, f"are no flat list of finite numbers ({error})") from error
    if sample.ndim != 1:
        raise _no_list(name, f"are no flat list of finite numbers, but have the shape {sample.shape}")
    bad = np.flatnonzero(~np.isfinite(sample))
    if bad.size:
        raise _no_list(name, f"are no flat list of finite numbers: the one at {bad[0]} is {sample[bad[0]]}")
    return sample


def finite_table(sums: npt.ArrayLike | sparse.csr_array, name: str) -> Array | sparse.csr_array:
    """Return the sums as [G, K] float64: an array, or a CSR array without duplicates if they are sparse."""
    table: Any
    try:
        if sparse.issparse(sums):
            table = sparse.csr_array(sums, dtype=np.float64, copy=True)
            table.sum_duplicates()
        else:
            table = np.asarray(sums, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise _no_table(name, f"are no finite table ({error})") from error
    if len(table.shape) != 2:
        raise _no_table(name, f"are no finite table, but have the shape {table.shape}")
    if not np.isfinite(table.data if sparse.issparse(table) else table).all():
        raise _no_table(name, "are no finite table: some are NaN or infinite")
    return table


def check_level(level: float) -> None:
    """Refuse what is no coverage, such as 95."""
    _check_share(level, "level", "is no coverage")


def check_chance(chance: float, name: str) -> None:
    """Refuse a power, or a level of a test, that is no probability."""
    _check_share(chance, name, "is no chance")


def check_seed(seed: object) -> None:
    """Refuse what is no seed: nothing, which would be another one every time, or what no generator takes."""
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(where=f"seed {seed!r}", problem="is no seed", fix="Give a whole number, 0 or more")


def check_count(count: object, name: str, *, least: int) -> None:
    """Refuse too few resamples, permutations or clusters."""
    if not isinstance(count, int | np.integer):
        raise InputError(where=f"{name} {count!r}", problem="is no whole number", fix=f"Give {least} or more")
    if count < least:
        raise InputError(where=f"{name} {count}", problem="are too few", fix=f"Give {least} or more")


def is_finite(value: object) -> bool:
    """Tell whether this is one real number that float64 holds; NaN and infinity are none."""
    number: Any = value
    return isinstance(value, Real) and bool(abs(number) <= sys.float_info.max)


def _check_share(value: float, name: str, problem: str) -> None:
    if not is_finite(value) or not 0 < value < 1:
        raise InputError(where=f"{name} {value}", problem=problem, fix="Give a number between 0 and 1")


def _no_list(name: str, problem: str) -> InputError:
    return InputError(where=name, problem=problem, fix="Leave failed samples out, and give unparsable ones the score 0")


def _no_table(name: str, problem: str) -> InputError:
    return InputError(where=name, problem=problem, fix="Give finite numbers of shape [G, K]")
