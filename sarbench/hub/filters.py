"""Rows of some tasks only."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sarbench.errors import UnknownNameError

Names = str | Sequence[str] | None

COLUMNS = ("task", "subtask")


@dataclass(frozen=True)
class RowFilter:
    """What a row's task and subtask must be; None leaves one open.

    >>> only = RowFilter.of("counting", None)
    >>> only.keeps("counting", "refer_single"), only.keeps("caption", None)
    (True, False)
    """

    task: tuple[str, ...] | None = None
    subtask: tuple[str, ...] | None = None

    @classmethod
    def of(cls, task: Names, subtask: Names) -> "RowFilter":
        """Take one name or several of each; None stands for all.

        Raises:
            UnknownNameError: A list is empty.
        """
        for kind, names in (("task", task), ("subtask", subtask)):
            if names is not None and not names:
                problem = f"no {kind} is named, so no row would be left"
                raise UnknownNameError(where=kind, problem=problem, fix="Name one, or leave it out for all rows")
        return cls(_tuple(task), _tuple(subtask))

    def __bool__(self) -> bool:
        return self.task is not None or self.subtask is not None

    def keeps(self, task: str | None, subtask: str | None) -> bool:
        """Tell whether a row of this task and subtask is wanted."""
        return (self.task is None or task in self.task) and (self.subtask is None or subtask in self.subtask)

    def filter(self, table: pa.Table) -> pa.Table:
        """Return the wanted rows of a table."""
        return table.filter(self._mask(table)) if self else table

    def select(self, dataset: Any) -> Any:
        """Return the wanted rows of a `datasets.Dataset`; no image is read."""
        return dataset.select(pc.indices_nonzero(self._mask(columns(dataset))).to_pylist()) if self else dataset

    def check(self, there: Iterable[pa.Table], *, where: str) -> None:
        """Make sure that every name of the filter is met in the rows of some table.

        Raises:
            UnknownNameError: One is not; the message lists those that are.
        """
        tables = list(there)
        for column, names in (("task", self.task), ("subtask", self.subtask)):
            known = {name for table in tables for name in pc.unique(table[column]).to_pylist() if name is not None}
            check_known(names or (), known, kind=column, where=where)

    def _mask(self, table: pa.Table) -> Any:
        mask: Any = pa.chunked_array([pa.repeat(pa.scalar(value=True), table.num_rows)])
        for column, names in (("task", self.task), ("subtask", self.subtask)):
            if names is not None:
                mask = pc.and_(mask, pc.is_in(table[column], value_set=pa.array(names, pa.string())))
        return mask


EVERY_ROW = RowFilter()


def check_known(names: Iterable[str], known: Collection[str], *, kind: str, where: str) -> None:
    """Make sure that names are known.

    Raises:
        UnknownNameError: One is not; the message lists those that are.
    """
    for name in names:
        if name not in known:
            problem = f"there is no row of the {kind} {name!r}"
            fix = f"Take some of {', '.join(sorted(known))}" if known else f"Leave {kind} out: no row has one"
            raise UnknownNameError(where=where, problem=problem, fix=fix)


def columns(dataset: Any) -> pa.Table:
    """Return the columns `task` and `subtask` of a `datasets.Dataset`."""
    return dataset.select_columns(list(COLUMNS)).with_format("arrow")[:]


def _tuple(names: Names) -> tuple[str, ...] | None:
    return (names,) if isinstance(names, str) else None if names is None else tuple(names)
