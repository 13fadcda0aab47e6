"""Compiling plain functions with numba, once, and keeping the machine code on disk where that is possible.

The kernels are ordinary functions of arrays without calls to each other, so that this package imports without numba.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Return the function as machine code; it runs without the interpreter's lock."""
    return cast(F, _compile(function))


@cache
def _compile(function: Callable[..., object]) -> object:
    import numba

    try:
        return numba.njit(cache=True, nogil=True)(function)
    except (RuntimeError, OSError):  # no folder that can be written to: compile anew in each process
        return numba.njit(nogil=True)(function)
