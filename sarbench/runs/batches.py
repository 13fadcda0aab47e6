"""A stream in handfuls: enough at once to be read quickly, few enough to be held."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

BATCH = 4096
"""Answers that are in memory at once."""

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, the last one shorter.

    >>> list(batched("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    coming = iter(items)
    while batch := list(islice(coming, size)):
        yield batch
