"""`load_dataset`: the same rows and features from the authors' files, from a built folder, and streamed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sarbench import sources
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub.filters import EVERY_ROW, RowFilter, columns
from sarbench.hub.origin import Join, Origin, check_join, find
from sarbench.hub.selection import Part, parse_selection
from sarbench.sources import DatasetCard


def list_datasets() -> tuple[DatasetCard, ...]:
    """Return the card of every dataset: configs, licence, where the files come from, what is released."""
    return tuple(sources.CARDS.values())


def load_dataset(
    name: str,
    config: str,
    *,
    split: Any = None,
    data_dir: str | Path | None = None,
    streaming: bool = False,
    num_proc: int | None = None,
    revision: str | None = None,
    join: Join = "lazy",
    task: str | Sequence[str] | None = None,
    subtask: str | Sequence[str] | None = None,
    **options: str,
) -> Any:
    """Load one config of a dataset with Hugging Face `datasets`.

    The rows and features are the same whether they come from the authors' files, from a built folder of either layout,
    or streamed. Only the files of the splits that are asked for are read.

    The rows of a joined set hold the address of their image instead of its bytes, `{"bytes": None, "path":
    "sarbench://…"}`, and the image is read when it is decoded. So the prepared rows are as small as their texts, and
    the built folder must stay where it is; with `Image(decode=False)`, `sarbench.hub.image_bytes` has the bytes.
    `join="flat"` writes the bytes into every row, for `to_parquet`, say, or to take the data elsewhere. Streams always
    hold them. Where a joined split has raw images, `raw_image` is filled by a transform of the returned `Dataset`:
    `with_format` replaces it, and `save_to_disk` wants `with_format(None)` first, or `join="flat"`.

    Args:
        name: The dataset, e.g. `sardet-100k`; `list_datasets()` has them all.
        config: Config name, e.g. `detection`; of a built folder also `<config>-lite`.
        split: A split, or with `streaming=False` slices and sums of splits such as `train[:10%]` or `train+test`.
            Default: all that there are.
        data_dir: The authors' files, or a folder that `sarbench build` wrote. Default: `$SARBENCH_HOME/<name>` where
            that holds the config with these options, or else the authors' repository on the Hub where they have one.
        streaming: Whether to read rows one after another instead of preparing them on disk first.
        num_proc: Processes that prepare the rows.
        revision: A commit of the authors' repository instead of the one that sarbench was made for.
        join: What rows of a joined set hold: `lazy`, the address of the image, or `flat`, its bytes. It makes no
            difference to anything else.
        task: Only rows of this task, or of these. Slices are taken first: `test[:100]` and a task give those of the
            first hundred rows that have the task.
        subtask: Only rows of this subtask, or of these.
        **options: Options of the dataset, e.g. `imagery="original"` of `sarlang-1m`; its card lists them.

    Returns:
        A `datasets.Dataset`, or an `IterableDataset` where `streaming`; with `split=None` a `DatasetDict` or an
        `IterableDatasetDict` of them.

    Raises:
        UnknownNameError: There is no such dataset, config, split or option, or none of the rows that were asked for is
            of this task or subtask; the message lists those there are. A stream of the authors' files looks for the
            subtasks first, up to the row where it has met them all, and ends without a row where only the task is
            not in this split.
        InputError: The dataset is not built here, or `data_dir` holds nothing usable.
    """
    check_join(join)
    if data_dir is not None and not str(data_dir):
        raise InputError(where="data_dir", problem="is empty", fix="Give a folder, or leave it out")
    folder = None if data_dir is None else Path(data_dir).expanduser()
    origin = find(sources.get(name), config, data_dir=folder, revision=revision, options=options, join=join)
    where = f"{name}, config {config}"
    only = RowFilter.of(task, subtask)
    if split is None:
        wanted = {there: Part(there) for there in origin.splits}
    else:
        if not isinstance(split, str) and isinstance(split, Sequence):
            fix = f"Write {'+'.join(map(str, split))!r} for all in one, or load them one by one"
            raise UnknownNameError(where=where, problem=f"split is a list, {split!r}", fix=fix)
        parts = parse_selection(str(split), origin.splits, where=where, streaming=streaming)
        wanted = {f"{number} {part.expression}": part for number, part in enumerate(parts)}
    opening = _Opening(origin, name, config, where, only)
    if streaming:
        return _together(opening.stream(wanted), as_dict=split is None)
    prepared = _together(opening.prepare(wanted, processes=num_proc or 1), as_dict=split is None)
    return origin.finish(prepared, {part.split for part in wanted.values()})


class _Opening:
    """Opens splits, or slices of them, of one config."""

    def __init__(self, origin: Origin, name: str, config: str, where: str, only: RowFilter) -> None:
        self._origin = origin
        self._name = name
        self._config = config
        self._where = where
        self._only = only

    def stream(self, wanted: dict[str, Part]) -> dict[str, Any]:
        if self._only:
            self._origin.check_stream(self._only, {part.split for part in wanted.values()}, where=self._where)
        return {key: self._builder(part, streaming=True).stream() for key, part in wanted.items()}

    def prepare(self, wanted: dict[str, Part], *, processes: int) -> dict[str, Any]:
        from sarbench.hub.filesystem import register

        register()
        opened = {
            key: self._builder(part, streaming=False).load(part.expression, processes=processes)
            for key, part in wanted.items()
        }
        if self._only:
            self._only.check(map(columns, opened.values()), where=self._where)
        return {key: self._only.select(rows) for key, rows in opened.items()}

    def _builder(self, part: Part, *, streaming: bool) -> Any:
        from sarbench.hub.builder import TableBuilder

        # What is prepared serves every filter; a stream never reads the images of other rows.
        only = self._only if streaming else EVERY_ROW
        reader = self._origin.reader(part.split, streaming=streaming, only=only)
        return TableBuilder(reader, dataset=self._name, config=self._config, key=self._origin.key(part.split))


def _together(opened: dict[str, Any], *, as_dict: bool) -> Any:
    import datasets

    parts = list(opened.values())
    if not as_dict:
        return parts[0] if len(parts) == 1 else datasets.concatenate_datasets(parts)
    kind = datasets.DatasetDict if isinstance(parts[0], datasets.Dataset) else datasets.IterableDatasetDict
    return kind(opened)
