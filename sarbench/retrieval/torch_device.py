"""torch, where it runs, and what it says when memory ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sarbench.errors import InputError, MissingExtraError


def import_torch() -> Any:
    """Return torch.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import torch
    except ImportError as error:
        fix = 'Install it with `pip install "sarbench[eval]"`'
        raise MissingExtraError(where="torch", problem="is not installed", fix=fix) from error
    return torch


def usable_device(torch: Any, device: str | None) -> str:
    """Return the device that was asked for, or the best there is.

    Raises:
        InputError: torch cannot use it.
    """
    name = device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.zeros(1).to(name)
    except (RuntimeError, AssertionError) as error:  # torch says "not compiled with CUDA" with an assertion
        reason = str(error).splitlines()[0]
        raise InputError(
            where=f"--device {name}", problem=f"cannot be used ({reason})", fix="Leave --device out"
        ) from error
    return name


@contextmanager
def memory_errors(torch: Any) -> Iterator[None]:
    """Turn what torch raises when a device is full into `MemoryError`."""
    try:
        yield
    except torch.cuda.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise MemoryError(str(error)) from error
    except RuntimeError as error:  # the allocator of the processor has no error of its own
        if "can't allocate memory" not in str(error):
            raise
        raise MemoryError(str(error)) from error
