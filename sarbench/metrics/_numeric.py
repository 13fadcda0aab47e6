"""Numbers that are given from outside: as arrays, and one by one."""

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError

Array = npt.NDArray[np.float64]


def numeric(values: object, name: str, *, fix: str = "Give numbers in rows of one length") -> Array:
    """Return an array of float64; None becomes NaN, for the caller to refuse.

    Raises:
        InputError: Rows of different lengths, or something that is no number.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(where=name, problem=f"are no array of numbers: {error}", fix=fix) from error


def is_number(value: object) -> bool:
    """Tell whether something is one number that a float can hold, NaN and infinity included."""
    if not isinstance(value, float | int | np.floating | np.integer):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    return True


def check_overlap(iou: object) -> None:
    """Refuse what is no least overlap of a pair of boxes.

    Raises:
        InputError: Not a number in 0 < iou ≤ 1.
    """
    if not isinstance(iou, float | int | np.floating | np.integer) or not 0 < iou <= 1:
        raise InputError(where=f"iou {iou!r}", problem="is no overlap threshold", fix="Give a number in 0 < iou ≤ 1")
