"""Images and texts as two sides of a search: what is multiplied, what is counted, and what is right for what.

An item is an image or a text as the caller gave it. A *unit* stands for all items of one side that have the same
embedding and the same right answers. A *code* says what belongs together: an image is right for a text if one of its
codes is the code of the text.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sarbench.errors import InputError
from sarbench.metrics.retrieval._embeddings import Index, Vectors, distinct_vectors


@dataclass(frozen=True)
class Side:
    """One side: R distinct vectors, N units in the order of their vectors, M pairs of a unit and one of its codes."""

    vectors: Vectors
    """[R, d], ordered so that what belongs together on both sides stands in about the same place."""
    row: Index
    """[N] which vector a unit has, ascending."""
    weight: Index
    """[N] how many items a unit stands for."""
    key: Index
    """[N] lowest index of its items."""
    unit_of_item: Index
    """[items]."""
    coded_unit: Index
    """[M], ascending."""
    code: Index
    """[M]; a unit has each of its codes once."""


@dataclass(frozen=True)
class Pairing:
    """Which codes the items have: one for a text, one or more for an image."""

    text_code: Index
    """[T]."""
    image_group: Index
    """[I]: images of one group have the same codes."""
    group_start: Index
    """[G + 1]: the codes of group g are group_code[group_start[g]:group_start[g + 1]]."""
    group_code: Index
    captions: int
    """How many different captions the texts are."""


def pair(
    images: int,
    texts: int,
    *,
    image_ids: Sequence[Hashable] | None,
    text_image_ids: Sequence[Hashable] | None,
    captions: Sequence[Hashable] | None,
    own_only: bool,
) -> Pairing:
    """Work out what is right for what, see `scores` for the arguments.

    Raises:
        InputError: Lists of wrong length, a text of an unknown image, an image without a text, or with `own_only` an
            image id that names two images.
    """
    names = _named(image_ids, images, "image_ids", default=range(images))
    owners = _named(text_image_ids, texts, "text_image_ids", default=names)
    if own_only and text_image_ids is None:
        names = owners = list(range(images))
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    if own_only and len(number) < images:
        raise InputError(
            where="image_ids",
            problem="name two images alike, so that an image has no own pair",
            fix="Give each image once, or leave text_image_ids out to pair row with row",
        )
    image = np.array([number[name] for name in names], dtype=np.int64)
    owner = np.array([_known(number, name, index) for index, name in enumerate(owners)], dtype=np.int64)
    said = _numbered(range(texts) if captions is None else _named(captions, texts, "captions", default=()))
    code = owner if own_only else said
    both = np.unique(np.stack([owner, code]), axis=1)
    codes = np.split(both[1], np.searchsorted(both[0], np.arange(1, len(number))))
    silent = next((name for name, place in number.items() if not len(codes[place])), None)
    if silent is not None:
        raise InputError(where=f"image {silent!r}", problem="has no text", fix="Leave the image out, or add its text")
    groups = {line: place for place, line in enumerate(dict.fromkeys(tuple(line.tolist()) for line in codes))}
    group_of = np.array([groups[tuple(line.tolist())] for line in codes], dtype=np.int64)
    start = np.cumsum([0, *(len(line) for line in groups)], dtype=np.int64)
    flat = np.fromiter((one for line in groups for one in line), dtype=np.int64, count=int(start[-1]))
    return Pairing(code, group_of[image], start, flat, int(said.max()) + 1)


def text_side(vectors: Vectors, pairing: Pairing, *, merge: bool) -> Side:
    """Return the side of the texts; without `merge` every text is a unit of its own."""
    code = pairing.text_code
    ordered, row = _arranged(vectors, code)
    units = _Units.of(row, code if merge else np.arange(len(code)))
    return Side(ordered, units.row, units.weight, units.key, units.inverse, np.arange(len(units.row)), code[units.key])


def image_side(vectors: Vectors, pairing: Pairing, *, merge: bool) -> Side:
    """Return the side of the images; without `merge` every image is a unit of its own."""
    group = pairing.image_group
    ordered, row = _arranged(vectors, pairing.group_code[pairing.group_start[group]])
    units = _Units.of(row, group if merge else np.arange(len(group)))
    first = pairing.group_start[group[units.key]]
    sizes = pairing.group_start[group[units.key] + 1] - first
    coded = np.repeat(np.arange(len(sizes)), sizes)
    code = pairing.group_code[spans(first, sizes)]
    return Side(ordered, units.row, units.weight, units.key, units.inverse, coded, code)


def spans(first: Index, sizes: Index) -> Index:
    """Return first[0], …, first[0] + sizes[0] − 1, first[1], …: [sum of sizes].

    >>> spans(np.array([5, 0]), np.array([2, 1])).tolist()
    [5, 6, 0]
    """
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    filled: Index = np.arange(total) + np.repeat(first - (ends - sizes), sizes)
    return filled


@dataclass(frozen=True)
class _Units:
    row: Index
    weight: Index
    key: Index
    inverse: Index

    @classmethod
    def of(cls, row: Index, group: Index) -> "_Units":
        """Group items by row, then by group."""
        width = int(group.max()) + 1
        units, key, inverse, weight = np.unique(
            row * width + group, return_index=True, return_inverse=True, return_counts=True
        )
        return cls(units // width, weight, key, inverse)


def _arranged(vectors: Vectors, code: Index) -> tuple[Vectors, Index]:
    """Return the distinct vectors in the order of the lowest code they occur with, and the vector of each item."""
    distinct, row = distinct_vectors(vectors)
    lowest = np.full(len(distinct), np.iinfo(np.int64).max)
    np.minimum.at(lowest, row, code)
    order = np.argsort(lowest, kind="stable")
    if np.array_equal(order, np.arange(len(order))):
        return distinct, row
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return distinct[order], place[row]


def _named(
    names: Iterable[Hashable] | None, count: int, what: str, *, default: Sequence[Hashable]
) -> Sequence[Hashable]:
    given = default if names is None else _listed(names, what)
    if len(given) != count:
        raise InputError(
            where=what,
            problem=f"are {len(given)} where there are {count} embeddings",
            fix="Give one for each embedding; without text_image_ids there must be one text an image",
        )
    missing = next((index for index, name in enumerate(given) if name is None), None)
    if missing is not None:
        raise InputError(where=f"{what}[{missing}]", problem="is None", fix="Give every embedding its name")
    return given


def _listed(names: Iterable[Hashable], what: str) -> Sequence[Hashable]:
    """Return names as a list; those of an array or a tensor as Python's own numbers, which are equal where they are."""
    plain: Any = names
    given = list(plain.tolist() if hasattr(plain, "tolist") else plain)
    odd = next((index for index, name in enumerate(given) if not isinstance(name, Hashable)), None)
    if odd is not None:
        problem = f"is {type(given[odd]).__name__}, which cannot be a name"
        raise InputError(where=f"{what}[{odd}]", problem=problem, fix="Give numbers or strings")
    return given


def _known(number: dict[Hashable, int], name: Hashable, index: int) -> int:
    if name not in number:
        raise InputError(
            where=f"text_image_ids[{index}]",
            problem=f"names the image {name!r}, which is not among the images",
            fix="Embed that image too, or leave the text out",
        )
    return number[name]


def _numbered(names: Iterable[Hashable]) -> Index:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
