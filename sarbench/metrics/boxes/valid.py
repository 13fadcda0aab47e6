"""What a box is: four finite edges, in order."""

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import numeric

Boxes = npt.NDArray[np.float64]
"""[N, 4] float64 xyxy."""


def checked(boxes: npt.ArrayLike, name: str) -> Boxes:
    """Return the boxes as [N, 4] float64; anything empty is [0, 4].

    Raises:
        InputError: Another shape, an edge that is not finite, or a box that ends before it begins.
    """
    values = shaped(boxes, name)
    bad = first_bad(values)
    if bad is not None:
        raise InputError(
            where=f"{name}[{bad}]",
            problem=f"is no box: {values[bad].tolist()} is not finite, or ends before it begins",
            fix="Leave it out and count it, as sarbench.answers.parse does",
        )
    return values


def shaped(boxes: npt.ArrayLike, name: str) -> Boxes:
    """Return the boxes as [N, 4] float64 without looking at their edges; anything empty is [0, 4]."""
    values = numeric(boxes, name, fix="Give boxes of the shape [N, 4]")
    if values.size == 0:
        return np.zeros((0, 4))
    if values.ndim != 2 or values.shape[1] != 4:
        raise InputError(where=name, problem=f"has the shape {values.shape}", fix="Give boxes of the shape [N, 4]")
    return values


def first_bad(values: Boxes) -> int | None:
    """Return the index of the first box with an edge that is not finite or out of order; None where all are sound."""
    if bool(np.isfinite(values).all()) and bool((values[:, 2:] >= values[:, :2]).all()):
        return None
    sound = np.isfinite(values).all(axis=1) & (values[:, 2:] >= values[:, :2]).all(axis=1)
    return int(sound.argmin())
