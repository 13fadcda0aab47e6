"""Reading what several commands take in the same form."""

from collections.abc import Iterable


def names(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """Take names apart that come comma-separated, repeated, or both.

    >>> names(["a,b", "c"])
    ('a', 'b', 'c')
    """
    if values is None:
        return None
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip()) or None
