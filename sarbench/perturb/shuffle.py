"""Whose image a sample sees when images are shuffled: never its own, and the same on every machine."""

import hashlib
from collections.abc import Sequence

from sarbench.errors import InputError


def donors(images: Sequence[str | None]) -> list[int | None]:
    """Choose for every row the row whose image it gets.

    The different images are put in the order of a hash of their keys, and each sample gets the image after its own: a
    derangement that depends neither on the order of rows nor on how many ask about an image.

    Args:
        images: For every row a key of its image that no other image has, its SHA-256; None for a row without one.

    Returns:
        For every row the number of the first row that shows the image it gets; None for a row without an image.

    Raises:
        InputError: There is but one image, which nobody could get.

    >>> donors(["a", "a", "b", None])
    [2, 2, 0, None]
    """
    first: dict[str, int] = {}
    for number, key in enumerate(images):
        if key is not None:
            first.setdefault(key, number)
    if len(first) == 1:
        fix = "Take a task with two images or more"
        raise InputError(where="--perturb shuffle", problem="the task shows one image only", fix=fix)
    order = sorted(first, key=lambda key: (hashlib.sha256(f"shuffle/{key}".encode()).digest(), key))
    after = dict(zip(order, [*order[1:], *order[:1]], strict=True))
    return [None if key is None else first[after[key]] for key in images]
