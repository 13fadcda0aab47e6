"""A run of rows of one split as columns that the rules can compute with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sarbench.build.quality.texts import Hashes, Mask, Rows, Texts, mixed
from sarbench.schema import TASKS

COLUMNS = (
    "id",
    "dataset",
    "task",
    "task_origin",
    "image_id",
    "image_sha256",
    "width",
    "height",
    "question",
    "answers",
    "choices",
    "boxes",
    "region",
    "count",
)
"""The columns of the schema that the rules need."""

_SHOWN = 100
"""Characters of a text that an example shows."""


@dataclass(frozen=True)
class Hit:
    """Rows that a rule objects to.

    Attributes:
        rule: Its id.
        rows: Their numbers, ascending: within the batch, or within the split for rules that look at a whole split.
        looked_at: How many rows the rule applies to.
        what: Says what is wrong with one of these rows.
    """

    rule: str
    rows: Rows
    looked_at: int
    what: Callable[[int], str]


@dataclass(frozen=True)
class Measured:
    """What a rule measured over a split, without single rows to show.

    Attributes:
        rule: Its id.
        count: Rows concerned.
        looked_at: How many rows the rule applies to.
        detail: What was measured, a sentence without a final full stop.
    """

    rule: str
    count: int
    looked_at: int
    detail: str


@dataclass(frozen=True)
class Boxes:
    """Boxes of many rows one below the other.

    Attributes:
        rows: Row of each box.
        xyxy: float32 [N, 4], left, top, right, bottom in pixels.
        labels: Label of each box; empty where there is none.
        sizes: float32 [N, 2], width and height of the box's image; NaN where unknown.
    """

    rows: Rows
    xyxy: NDArray[np.float32]
    labels: pa.Array
    sizes: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def hashes(self) -> Hashes:
        """Hash of each box's label and edges."""
        labels = Texts(self.labels).hashes()
        edges = np.ascontiguousarray(self.xyxy).view(np.uint32).astype(np.uint64)
        return mixed(labels, *edges.T)


@dataclass
class Batch:
    """Some rows of one split; columns are made when a rule asks for them.

    Attributes:
        table: The rows, with at least `COLUMNS`.
    """

    table: pa.Table
    _ids: pa.Array = field(init=False)

    def __post_init__(self) -> None:
        self.table = self.table.combine_chunks()
        self._ids = self._column("id")

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def tasks(self) -> NDArray[np.int8]:
        """Place of each row's task in `TASKS`."""
        return np.asarray(pc.index_in(self._column("task"), pa.array(TASKS)).to_numpy(), dtype=np.int8)

    def with_task(self, *tasks: str) -> Mask:
        """Return per row whether its task is one of these."""
        return np.isin(self.tasks, [place for place, task in enumerate(TASKS) if task in tasks])

    @cached_property
    def unknown_tasks(self) -> Mask:
        """Return per row whether nothing tells its task."""
        unknown = pc.equal(self._column("task_origin"), "unknown")
        return np.asarray(unknown.to_numpy(zero_copy_only=False), dtype=bool)

    @cached_property
    def questions(self) -> Texts:
        """The questions."""
        return Texts(self._column("question"))

    @cached_property
    def answers(self) -> Texts:
        """The accepted answers of each row, one a line."""
        return Texts(_joined(self._column("answers")))

    @cached_property
    def choices(self) -> Texts:
        """The choices of each row, one a line."""
        return Texts(_joined(self._column("choices")))

    @cached_property
    def images(self) -> Texts:
        """SHA-256 of each row's image."""
        return Texts(self._column("image_sha256"))

    @cached_property
    def names(self) -> Texts:
        """Name of each row's image, also where there is none."""
        return Texts(self._column("image_id"))

    @cached_property
    def counts(self) -> Rows:
        """The column `count`; -1 where it is null."""
        return np.asarray(pc.fill_null(self._column("count"), -1).to_numpy(), dtype=np.int64)

    @cached_property
    def box_numbers(self) -> Rows:
        """Number of boxes per row."""
        return np.asarray(pc.list_value_length(self._column("boxes")).to_numpy(), dtype=np.int64)

    @cached_property
    def boxes(self) -> Boxes:
        """The target boxes."""
        column = self._column("boxes")
        flat = pc.list_flatten(column)
        edges = pc.struct_field(flat, "xyxy")
        labels = pc.fill_null(pc.struct_field(flat, "label"), "")
        return self._boxes(pc.list_parent_indices(column), edges.flatten(), labels)

    @cached_property
    def regions(self) -> Boxes:
        """The boxes that questions talk about."""
        column = self._column("region")
        whole = pc.equal(pc.list_value_length(column), 4)
        rows = pc.indices_nonzero(whole)
        edges = pc.list_flatten(column.filter(whole))
        return self._boxes(rows, edges, pa.nulls(len(rows), pa.string()).fill_null(""))

    def id(self, row: int) -> str:
        """Return the id of a row."""
        return str(self._ids[row].as_py())

    def ids(self) -> pa.Array:
        """Return the ids of all rows."""
        return self._ids

    @property
    def dataset(self) -> str:
        """The dataset that the rows belong to."""
        return str(self.table.column("dataset")[0].as_py())

    def _column(self, name: str) -> pa.Array:
        column = self.table.column(name)
        return column.chunk(0) if column.num_chunks else pa.array([], column.type)

    def _boxes(self, rows: pa.Array, edges: pa.Array, labels: pa.Array) -> Boxes:
        numbers = rows.to_numpy().astype(np.int64)
        sides = [
            pc.fill_null(self._column(side).cast(pa.float32()), float("nan")).to_numpy()[numbers]
            for side in ("width", "height")
        ]
        xyxy = edges.to_numpy(zero_copy_only=False).astype(np.float32).reshape(-1, 4)
        return Boxes(numbers, xyxy, labels, np.stack(sides, axis=1))


def shown(text: str, *, end: bool = False) -> str:
    """Cut a text to what an example shows: its beginning, or its end.

    >>> shown("word " * 40, end=True)[:8], len(shown("word " * 40))
    ('… word w', 101)
    """
    text = " ".join(text.split())
    if len(text) <= _SHOWN:
        return text
    return f"… {text[-_SHOWN:].lstrip()}" if end else f"{text[:_SHOWN].rstrip()} …"


def nonzero(mask: Mask) -> Rows:
    """Return the numbers of the rows for which a mask holds."""
    return np.flatnonzero(mask).astype(np.int64)


def _joined(lists: pa.Array) -> pa.Array:
    return pc.binary_join(pc.cast(lists, pa.list_(pa.string())), "\n")
