"""The authors' files as `datasets` wants them: tables, and a key that changes with anything the tables depend on."""

import logging
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from sarbench import sources
from sarbench.build.batches import batches
from sarbench.build.folder.inputs_key import ROWS_CODE, inputs_key
from sarbench.errors import InputError
from sarbench.hub.filters import EVERY_ROW, RowFilter
from sarbench.schema import to_table
from sarbench.sources import NO_OPTIONS, OpenSplit, Report

_CODE = (*ROWS_CODE, "build/batches.py")
"""The modules that decide what the rows are."""

_GROUPS = 64
_PARTS = 256
"""Images in a part of a stream at least, and parts at most."""

Part = tuple[int, int]
"""(k, n): the k-th of n equal runs of images."""


class RawReader:
    """The rows of one split of the authors' files, in parts.

    The texts are read once in a process, however many parts are asked for: an opened split is kept for the next part,
    unless another part is being read from it. A copy in another process opens its own.

    Args:
        name: The dataset.
        data_dir: The authors' files.
        config: Config name.
        split: Split name.
        options: Complete, from `sources.check_options`.
        only: The rows wanted.
    """

    def __init__(
        self,
        name: str,
        data_dir: str,
        config: str,
        split: str,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        only: RowFilter = EVERY_ROW,
    ) -> None:
        self.name = name
        self.data_dir = data_dir
        self.config = config
        self.split = split
        self.options = dict(options)
        self.only = only
        self._spare: list[_Opened] = []

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_spare": []}

    def parts(self, processes: int | None) -> list[Part]:
        """Cut the split into parts for as many processes; None: for a stream, which needs the texts to be read."""
        if processes is not None:
            return [(number, processes) for number in range(processes)]
        with self._open() as opened:
            count = max(1, min(_PARTS, opened.groups // _GROUPS))
        return [(number, count) for number in range(count)]

    def tables(self, part: Part) -> Iterator[pa.Table]:
        """Yield the rows of one part; what was wrong with its records is logged at the end.

        Raises:
            InputError: The part is the whole split and gives not one row.
        """
        number, count = part
        report = Report()
        empty = True
        with self._open() as opened:
            span = range(opened.groups * number // count, opened.groups * (number + 1) // count)
            rows = (row for row in opened.rows(span, report) if self.only.keeps(row.task, row.subtask))
            for batch in batches(rows):
                empty = False
                yield to_table(batch)
        if empty and count == 1 and not self.only:
            raise self.no_rows(report.summary())
        self._log(report)

    def subtasks(self) -> Generator[str, None, None]:
        """Yield the subtask of every row that has one, in order."""
        with self._open() as opened:
            for row in opened.rows(range(opened.groups), Report()):
                if row.subtask is not None:
                    yield row.subtask

    def no_rows(self, reason: str) -> InputError:
        """Return the error to raise when there is not one row."""
        problem = f"gives no row of {self.config}/{self.split} ({reason})"
        fix = f"Run `sarbench check {self.name} --data-dir` on it, then mend the files or download them again"
        return InputError(where=self.data_dir, problem=problem, fix=fix)

    @contextmanager
    def _open(self) -> Iterator[OpenSplit]:
        try:
            opened = self._spare.pop()
        except IndexError:
            opened = None
        if opened is None or opened.process != os.getpid():  # a forked process must not share file positions
            opened = _Opened(self)
        try:
            yield opened.split
        finally:
            if self._spare:
                opened.stack.close()
            else:
                self._spare.append(opened)

    def _log(self, report: Report) -> None:
        if report.counts:
            place = f"{self.name} {self.config}/{self.split}"
            logging.getLogger(__name__).warning("%s: %s", place, report.summary())


class _Opened:
    """A split opened by this process; closed when it is forgotten."""

    def __init__(self, reader: RawReader) -> None:
        self.process = os.getpid()
        self.stack = ExitStack()
        report = Report()
        source = sources.get(reader.name)
        folder = Path(reader.data_dir)
        opening = source.open_split(folder, reader.config, reader.split, report=report, options=reader.options)
        self.split = self.stack.enter_context(opening)
        if not self.split.groups:
            self.stack.close()
            raise reader.no_rows(report.summary())
        reader._log(report)


def cache_key(name: str, data_dir: Path, *, options: Mapping[str, str] = NO_OPTIONS) -> str:
    """Hash the code that makes the rows, the schema version, the options, and name, size and time of every input file.

    `datasets` keeps prepared rows for ever under this key, so an image exchanged in place must change it.
    """
    return inputs_key(sources.get(name), data_dir, code=_CODE, options=options)
