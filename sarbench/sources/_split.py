"""One split, opened: its texts are read, and the rows of any run of its images can be asked for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import MappingProxyType

from sarbench.schema import Row
from sarbench.sources._report import Report

NO_OPTIONS: Mapping[str, str] = MappingProxyType({})
"""What modules without options are given."""


@dataclass(frozen=True)
class OpenSplit:
    """One split with its records grouped by image.

    A group holds every record of one image stem, or one record of text alone. The rows of a group are the same however
    the groups are asked for: one after the other, a part of them, or in several processes. So a split can be written in
    parts by as many workers as there are.

    Attributes:
        groups: How many groups there are, in a fixed order.
        rows: Gives the rows of the groups `span.start` … `span.stop - 1`; what is wrong with their records goes into
            the report.
    """

    groups: int
    rows: Callable[[range, Report], Iterator[Row]]


def all_rows(opened: AbstractContextManager[OpenSplit], report: Report) -> Iterator[Row]:
    """Open a split, yield all its rows and close it."""
    with opened as split:
        yield from split.rows(range(split.groups), report)
