"""The one thing that every score of a list of answers asks for."""

from collections.abc import Sized

from sarbench.errors import InputError


def check_paired(predicted: Sized, true: Sized) -> None:
    """Refuse lists of different lengths: they do not speak of the same samples."""
    if len(predicted) != len(true):
        raise InputError(
            where="predictions",
            problem=f"are {len(predicted)} for {len(true)} truths",
            fix="Give one prediction a truth; None stands for an answer that could not be read",
        )
