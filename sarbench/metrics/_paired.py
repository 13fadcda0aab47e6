"""The one thing that every score of a list of answers asks for."""

from collections.abc import Mapping, Set

from sarbench.errors import InputError


def check_paired(predicted: object, true: object) -> None:
    """Refuse what is no list, and lists of different lengths: they do not speak of the same samples."""
    given, meant = length(predicted, "predictions"), length(true, "truths")
    if given != meant:
        raise InputError(
            where="predictions",
            problem=f"are {given} for {meant} truths",
            fix="Give one prediction a truth; None stands for an answer that could not be read",
        )


def length(given: object, name: str) -> int:
    """Return the length of a list.

    Raises:
        InputError: It is none.
    """
    # A text, a mapping and a set have a length too, and their letters, keys and members would pair with anything.
    try:
        if not isinstance(given, str | bytes | Mapping | Set):
            return len(given)  # type: ignore[arg-type]
    except TypeError:
        pass
    raise InputError(
        where=name, problem=f"are of type {type(given).__name__}", fix="Give a list with one entry for each sample"
    )
