"""Records grouped by the image they are about, two million of them in a few dozen megabytes."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import overload

import numpy as np


@dataclass(frozen=True, slots=True)
class Group:
    """All records of one image stem.

    Attributes:
        stem: The stem of the image's name, without folders and suffix.
        records: (image name as the text has it, number of the file, number of the record), in the order of these.
    """

    stem: str
    records: tuple[tuple[str, int, int], ...]


class ByImage:
    """Collects which record of which file is about which image: twelve bytes a record, and each name once.

    >>> by_image = ByImage()
    >>> for number, name in enumerate(["b.png", "x/a.png", "b.png"]):
    ...     by_image.add(name, 0, number)
    >>> [(group.stem, group.records) for group in by_image.groups()]
    [('a', (('x/a.png', 0, 1),)), ('b', (('b.png', 0, 0), ('b.png', 0, 2)))]
    """

    def __init__(self) -> None:
        self._numbers_of_names: dict[str, int] = {}
        self._names = array("I")
        self._files = array("I")
        self._records = array("I")

    def __len__(self) -> int:
        return len(self._records)

    def add(self, image: str, file: int, number: int) -> None:
        """Note that record `number` of file `file` is about `image`."""
        self._names.append(self._numbers_of_names.setdefault(image, len(self._numbers_of_names)))
        self._files.append(file)
        self._records.append(number)

    def groups(self) -> "Groups":
        """Return what was collected, in the order of stem, image name, file and record."""
        names = list(self._numbers_of_names)
        stems = [stem_of(name) for name in names]
        order_of_names = sorted(range(len(names)), key=lambda number: (stems[number], names[number]))
        rank = np.empty(len(names), np.uint32)
        rank[order_of_names] = np.arange(len(names), dtype=np.uint32)
        ranks = rank[np.frombuffer(self._names, np.uint32)]
        files, records = np.frombuffer(self._files, np.uint32), np.frombuffer(self._records, np.uint32)
        order = np.lexsort((records, files, ranks))
        per_name = np.bincount(ranks, minlength=len(names))
        ends = list(accumulate(per_name.tolist()))
        sorted_names = [names[number] for number in order_of_names]
        last = [
            place
            for place, number in enumerate(order_of_names)
            if place + 1 == len(order_of_names) or stems[order_of_names[place + 1]] != stems[number]
        ]
        return Groups(sorted_names, ends, last, files[order], records[order])


class Groups(Sequence[Group]):
    """The groups in order; each is put together when it is asked for."""

    def __init__(
        self,
        names: Sequence[str],
        ends: Sequence[int],
        last: Sequence[int],
        files: "np.ndarray[tuple[int], np.dtype[np.uint32]]",
        records: "np.ndarray[tuple[int], np.dtype[np.uint32]]",
    ) -> None:
        """Take the parts that `ByImage.groups` made.

        Args:
            names: Image names in order.
            ends: For each name, where its records end.
            last: For each group, the place of its last name.
            files: The file of each record, in order.
            records: The number of each record, in order.
        """
        self._names = names
        self._ends = ends
        self._last = last
        self._files = files
        self._records = records

    def __len__(self) -> int:
        return len(self._last)

    @overload
    def __getitem__(self, place: int) -> Group: ...

    @overload
    def __getitem__(self, place: slice) -> list[Group]: ...

    def __getitem__(self, place: int | slice) -> Group | list[Group]:
        """Return one group, or a list of them."""
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        first = self._last[place - 1] + 1 if place else 0
        names = range(first, self._last[place] + 1)
        return Group(stem_of(self._names[first]), tuple(entry for name in names for entry in self._of_name(name)))

    def _of_name(self, name: int) -> Iterator[tuple[str, int, int]]:
        span = slice(self._ends[name - 1] if name else 0, self._ends[name])
        for file, record in zip(self._files[span].tolist(), self._records[span].tolist(), strict=True):
            yield self._names[name], file, record


def stem_of(name: str) -> str:
    r"""Return the stem of an image name as a text has it: relative, absolute, or of another system.

    >>> stem_of("/data/Image/HRSID/P0001_0.jpg"), stem_of(r"C:\x\7.png"), stem_of("SV_Darwin_-12.4278_130.8688.png")
    ('P0001_0', '7', 'SV_Darwin_-12.4278_130.8688')
    """
    base = name.replace("\\", "/").strip().rstrip("/").rsplit("/", 1)[-1]
    dot = base.rfind(".")
    return base[:dot] if dot > 0 else base
