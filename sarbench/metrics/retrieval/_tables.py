"""Tables of numbers as a caller may have them: arrays, nested lists, torch tensors wherever they lie."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError


def as_array(given: object, name: str) -> npt.NDArray[Any]:
    """Return numbers as a numpy array; a tensor is detached and copied from its device, bfloat16 as float32.

    Args:
        given: A numpy array, nested lists, or a torch tensor on any device.
        name: How error messages call it.

    Raises:
        InputError: It cannot be laid out as an array: lines of different lengths, a sparse tensor.
    """
    try:
        if not hasattr(given, "detach"):
            return np.asarray(given)
        tensor: Any = given.detach()  # torch, known without importing it
        if tensor.dtype.itemsize < 4 and tensor.dtype.is_floating_point:
            tensor = tensor.float()  # numpy has no bfloat16
        return np.asarray(tensor.cpu().numpy())
    except (ValueError, TypeError, RuntimeError) as error:
        raise InputError(
            where=name,
            problem=f"cannot be read as a table of numbers ({str(error).splitlines()[0]})",
            fix="Give a numpy array, a dense tensor, or lists of equal length",
        ) from error
