"""One `datasets` builder for every route; importing this module imports `datasets`.

`datasets` may replace `open`, `Path` and the like inside the module of a builder. There is nothing of the kind here:
`sarbench.hub.raw` and `sarbench.hub.built` do the reading.
"""

from collections.abc import Iterator
from typing import Any, Protocol

import datasets
import pyarrow as pa

from sarbench.errors import InputError, SarbenchError, UnknownNameError
from sarbench.schema import SCHEMA


class Reader(Protocol):
    """The rows of one split, in parts that can be read in any order and process."""

    @property
    def split(self) -> str:
        """The split's name."""

    def parts(self, processes: int | None) -> list[Any]:
        """Return the parts for as many processes; None: for a stream."""

    def tables(self, part: Any) -> Iterator[pa.Table]:
        """Yield the rows of one part as tables of the schema."""

    def no_rows(self, reason: str) -> InputError:
        """Return the error to raise when there is not one row."""


class _ReadError(datasets.exceptions.DatasetGenerationError):  # type: ignore[misc]
    """Carries our error through `datasets`, which drops the cause of what a worker process raised."""

    def __init__(self, error: SarbenchError) -> None:
        super().__init__(error)
        self.error = error


class TableBuilder(datasets.ArrowBasedBuilder):  # type: ignore[misc]
    """Prepares or streams one split, so that no other split's files are read on the way.

    Args:
        reader: Gives the rows.
        dataset: Name of the dataset.
        config: Config name.
        key: Changes with whatever the rows depend on; `datasets` keeps prepared rows under it for ever.
    """

    def __init__(self, reader: Reader, *, dataset: str, config: str, key: str) -> None:
        # For a builder outside its own package, datasets 3.x writes a lock file beside the package: that litters a
        # checkout and fails where the installation is read-only. So this builder says that it is one of theirs.
        self.__module__ = "datasets.packaged_modules.parquet.parquet"
        self._reader = reader
        self._processes: int | None = None
        # Without a name and a hash of its own, the cache would be shared with any other module called `builder`.
        super().__init__(
            dataset_name=f"sarbench_{dataset.replace('-', '_')}",
            hash=f"{reader.split}-{key}",
            config_name=config,
            version="1.0.0",
        )

    def stream(self) -> Any:
        """Return the rows as an `IterableDataset`."""
        return self.as_streaming_dataset(split=self._reader.split)

    def load(self, expression: str, *, processes: int) -> Any:
        """Prepare the rows on disk unless they are, and return them as a `Dataset`.

        Args:
            expression: The split or a slice of it.
            processes: How many prepare them.

        Raises:
            SarbenchError: What the reader raised.
            InputError: There is not one row.
        """
        self._processes = processes
        try:
            self.download_and_prepare(num_proc=processes if processes > 1 else None)
        except _ReadError as error:
            raise error.error from None
        except (OSError, datasets.exceptions.DatasetGenerationError) as error:
            raise self._unwritable(error) from error
        if not self.info.splits[self._reader.split].num_examples:
            reason = "no record could be used"
            raise self._reader.no_rows(reason)
        try:
            return self.as_dataset(split=expression)
        except (ValueError, AssertionError) as error:
            fix = "Write for example train[:10%], train[100:200] or train[-50:]"
            raise UnknownNameError(where=expression, problem=f"is no slice ({error})", fix=fix) from error
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: Exception) -> Exception:
        """Explain an error of the cache's disk; any other stays what it is."""
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, OSError):
            cause = cause.__cause__
        if cause is None:
            return error
        fix = "Make room on its disk or mend its permissions, or set HF_HOME to another folder"
        return InputError(where=self.cache_dir, problem=f"cannot be written ({cause})", fix=fix)

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=datasets.Features.from_arrow_schema(SCHEMA))

    def _split_generators(self, dl_manager: datasets.DownloadManager) -> list[datasets.SplitGenerator]:
        # Exactly one list in gen_kwargs: `datasets` takes it for the shards.
        parts = self._reader.parts(self._processes)
        return [datasets.SplitGenerator(name=self._reader.split, gen_kwargs={"parts": parts})]

    def _generate_tables(self, parts: list[Any]) -> Iterator[tuple[int, pa.Table]]:
        tables = enumerate(_never_alone(table for part in parts for table in self._reader.tables(part)))
        if self._processes is None:  # a stream that is left half read ends with the process, when names are gone
            yield from tables
            return
        try:
            yield from tables
        except SarbenchError as error:
            raise _ReadError(error) from error


def _never_alone(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Join a table of one row to the next: datasets 4 and 5 hold single rows back, a thousand of them in memory."""
    held: pa.Table | None = None
    for table in tables:
        if not table.num_rows:
            continue
        joined = pa.concat_tables([held, table]) if held else table
        held = joined if joined.num_rows == 1 else None
        if held is None:
            yield joined
    if held is not None:
        yield held
