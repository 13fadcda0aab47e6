"""`load_dataset`: the same rows and features from the authors' files, from a built folder, and streamed."""

from collections.abc import Callable
from functools import partial
from glob import escape
from pathlib import Path
from typing import Any

from sarbench import paths, sources
from sarbench.build.index import INDEX_NAME, read_index
from sarbench.errors import InputError, SarbenchError, UnknownNameError
from sarbench.hub.selection import Part, parse_selection
from sarbench.sources import DatasetCard, SourceModule

Opener = Callable[[Part], Any]
"""Opens one split, or a slice of it, as a `Dataset` or an `IterableDataset`."""


def list_datasets() -> tuple[DatasetCard, ...]:
    """Return the card of every dataset: configs, licence, where the files come from, what is released."""
    return tuple(sources.CARDS.values())


def load_dataset(
    name: str,
    config: str,
    *,
    split: str | None = None,
    data_dir: str | Path | None = None,
    streaming: bool = False,
    num_proc: int | None = None,
) -> Any:
    """Load one config of a dataset with Hugging Face `datasets`.

    The rows and features are the same whether they come from the authors' files, from a built folder, or streamed from
    either. Only the files of the splits that are asked for are read.

    Args:
        name: The dataset, e.g. `sardet-100k`; `list_datasets()` has them all.
        config: Config name, e.g. `detection`.
        split: A split, or with `streaming=False` slices and sums of splits such as `train[:10%]` or `train+test`.
            Default: all that there are.
        data_dir: The authors' files, or a folder that `sarbench build` wrote. Default: `$SARBENCH_HOME/<name>`.
        streaming: Whether to read rows one after another instead of preparing them on disk first.
        num_proc: Processes that prepare a built folder; the authors' files are read by one.

    Returns:
        A `datasets.Dataset`, or an `IterableDataset` where `streaming`; with `split=None` a `DatasetDict` or an
        `IterableDatasetDict` of them.

    Raises:
        UnknownNameError: There is no such dataset, config or split; the message lists those there are.
        InputError: The dataset is not built here, or `data_dir` holds nothing usable.
    """
    source = sources.get(name)
    folder = paths.built(name) if data_dir is None else Path(data_dir)
    _check_config(source.CARD, config)
    if (folder / INDEX_NAME).is_file():
        available, opener = _built(source.CARD, folder, config, streaming=streaming, num_proc=num_proc)
    elif data_dir is None:
        fix = f"{source.CARD.obtain} Then run `sarbench build {name} --data-dir DIR`, or give data_dir"
        raise InputError(where=folder, problem=f"{name} is not built here", fix=fix)
    else:
        available, opener = _raw(source, folder, config, streaming=streaming)
    return _open(opener, split, available, where=f"{name}, config {config}", streaming=streaming)


def _open(opener: Opener, split: str | None, available: tuple[str, ...], *, where: str, streaming: bool) -> Any:
    import datasets

    if split is None:
        kind = datasets.IterableDatasetDict if streaming else datasets.DatasetDict
        return kind({name: opener(Part(name)) for name in available})
    parts = [opener(part) for part in parse_selection(str(split), available, where=where, streaming=streaming)]
    return parts[0] if len(parts) == 1 else datasets.concatenate_datasets(parts)


def _check_config(card: DatasetCard, config: str) -> None:
    names = [known.name for known in card.configs]
    if config not in names:
        problem = f"there is no config {config!r}"
        raise UnknownNameError(where=card.name, problem=problem, fix=f"Take one of {', '.join(names)}")


def _built(
    card: DatasetCard, folder: Path, config: str, *, streaming: bool, num_proc: int | None
) -> tuple[tuple[str, ...], Opener]:
    index = read_index(folder)
    if index.name != card.name:
        raise InputError(where=folder, problem=f"holds {index.name}, not {card.name}", fix="Give another data_dir")
    if config not in index.configs:
        problem = f"config {config!r} is not built; there is {', '.join(index.configs) or 'none'}"
        fix = f"Build it with `sarbench build {card.name} --data-dir DIR --configs {config}`"
        raise UnknownNameError(where=folder, problem=problem, fix=fix)
    splits = index.configs[config]
    # `datasets` takes file names for patterns, so a folder called `a[1]` would not be found.
    files = {name: [escape(str(folder / file.path)) for file in split.files] for name, split in splits.items()}
    return tuple(splits), partial(_open_built, files, streaming=streaming, num_proc=num_proc)


def _open_built(files: dict[str, list[str]], part: Part, *, streaming: bool, num_proc: int | None) -> Any:
    import datasets

    return datasets.load_dataset(
        "parquet",
        data_files={part.split: files[part.split]},  # or else every split of the config would be prepared
        split=part.expression,
        streaming=streaming,
        num_proc=None if streaming else num_proc,
    )


def _raw(source: SourceModule, folder: Path, config: str, *, streaming: bool) -> tuple[tuple[str, ...], Opener]:
    from sarbench.hub.raw import cache_key

    available = source.splits(folder).get(config, ())
    if not available:
        problem = f"has no files for config {config!r}"
        raise InputError(where=folder, problem=problem, fix=source.CARD.obtain.strip().removesuffix("."))
    key = cache_key(source.CARD.name, folder)
    return available, partial(_open_raw, source.CARD, str(folder.absolute()), config, key=key, streaming=streaming)


def _open_raw(card: DatasetCard, folder: str, config: str, part: Part, *, key: str, streaming: bool) -> Any:
    import datasets

    from sarbench.hub.builder import raw_builder

    builder = raw_builder(card, folder, config, part.split, key=key)
    if streaming:
        return builder.as_streaming_dataset(split=part.expression)
    try:
        builder.download_and_prepare()
    except datasets.exceptions.DatasetGenerationError as error:
        if isinstance(error.__cause__, SarbenchError):
            raise error.__cause__ from None
        raise
    return builder.as_dataset(split=part.expression)
