"""Where the rows of a dataset come from: a built folder, or the authors' files on disk or on the Hub."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from sarbench import paths, sources
from sarbench.build.index import INDEX_NAME, BuiltIndex, read_index
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub.built import BuiltReader, RawImages, built_key, has_raw_images
from sarbench.hub.filters import EVERY_ROW, RowFilter, check_known
from sarbench.hub.raw import RawReader, cache_key
from sarbench.schema import LITE_SUFFIX, TASKS
from sarbench.sources import DatasetCard, SourceModule

Join = Literal["lazy", "flat"]


@dataclass(frozen=True)
class BuiltOrigin:
    """One config of a built folder."""

    folder: Path
    index: BuiltIndex
    config: str
    join: Join

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that are built."""
        return tuple(self.index.configs[self.config])

    def key(self, split: str) -> str:
        """Return what changes with the rows of a split."""
        return built_key(self.folder, self.index, self.config, split, self._images(split, streaming=False))

    def reader(self, split: str, *, streaming: bool, only: RowFilter) -> BuiltReader:
        """Return the rows of a split."""
        files = tuple(file.path for file in self.index.configs[self.config][split].files)
        return BuiltReader(str(self.folder), split, files, self._images(split, streaming=streaming), only)

    def check_stream(self, only: RowFilter, splits: Iterable[str], *, where: str) -> None:
        """Make sure that the names of a filter are met in some of the splits."""
        readers = (self.reader(split, streaming=True, only=only) for split in splits)
        only.check((table for reader in readers for table in reader.kinds()), where=where)

    def finish(self, dataset: Any, splits: Iterable[str]) -> Any:
        """Let a prepared dataset, or a dictionary of them, fill in what its rows only name."""
        named = [split for split in splits if self._images(split, streaming=False) == "address"]
        if not named:
            return dataset
        from sarbench.hub.shared_image import SharedImage

        for part in dataset.values() if isinstance(dataset, dict) else (dataset,):
            part.info.features["image"] = SharedImage()
        if any(has_raw_images(self.folder, self.index, split) for split in named):
            return dataset.with_transform(RawImages(str(self.folder)))
        return dataset

    def _images(self, split: str, *, streaming: bool) -> str:
        if self.index.configs[self.config][split].layout == "flat":
            return "row"
        return "bytes" if streaming or self.join == "flat" else "address"


@dataclass(frozen=True)
class RawOrigin:
    """One config of the authors' files."""

    card: DatasetCard
    folder: Path
    config: str
    splits: tuple[str, ...]
    options: Mapping[str, str]

    def key(self, split: str) -> str:
        """Return what changes with the rows of any split."""
        return self._key

    @cached_property
    def _key(self) -> str:
        return cache_key(self.card.name, self.folder, options=self.options)

    def reader(self, split: str, *, streaming: bool = False, only: RowFilter = EVERY_ROW) -> RawReader:
        """Return the rows of a split."""
        return RawReader(self.card.name, str(self.folder), self.config, split, options=self.options, only=only)

    def check_stream(self, only: RowFilter, splits: Iterable[str], *, where: str) -> None:
        """Make sure that the tasks of a filter exist, and that its subtasks are met in some of the splits.

        Which subtasks there are is not known before the rows are read: the reading ends where all of them were met.
        """
        task = next(known.task for known in self.card.configs if known.name == self.config)
        check_known(only.task or (), (task,) if task else TASKS, kind="task", where=where)
        met: set[str] = set()
        for split in splits if only.subtask else ():
            with closing(self.reader(split).subtasks()) as subtasks:
                for subtask in subtasks:
                    met.add(subtask)
                    if met.issuperset(only.subtask or ()):
                        return
        check_known(only.subtask or (), met, kind="subtask", where=where)

    def finish(self, dataset: Any, splits: Iterable[str]) -> Any:
        """Return the dataset: its rows are whole."""
        return dataset


Origin = BuiltOrigin | RawOrigin


def find(
    source: SourceModule,
    config: str,
    *,
    data_dir: Path | None,
    revision: str | None,
    options: Mapping[str, str],
    join: Join,
) -> Origin:
    """Decide where the rows of a config come from.

    Args:
        source: The dataset's module.
        config: Config name.
        data_dir: The authors' files or a built folder; None: `$SARBENCH_HOME/<name>`, or else the authors' repository.
        revision: The commit of the authors' repository.
        options: The options that the user gave.
        join: What the rows of a joined set hold.

    Raises:
        UnknownNameError: There is no such config or option.
        InputError: There is nothing usable.
    """
    card = source.CARD
    complete = sources.check_options(card, options)
    _check_config(card, config)
    if data_dir is not None and (data_dir / INDEX_NAME).is_file():
        _check_revision(card, data_dir, revision)
        return _built(card, data_dir.absolute(), config, join=join, options=options)
    home = paths.built(card.name)
    here = data_dir is None and revision is None and (home / INDEX_NAME).is_file()
    if here and (card.hub is None or config.endswith(LITE_SUFFIX) or _fits(home, config, complete)):
        return _built(card, home, config, join=join, options=complete)
    return find_raw(source, config, data_dir=data_dir, revision=revision, options=complete)


def find_raw(
    source: SourceModule,
    config: str,
    *,
    data_dir: str | Path | None,
    revision: str | None,
    options: Mapping[str, str],
) -> RawOrigin:
    """Find the authors' files, or download them where the authors have a repository on the Hub.

    Args:
        source: The dataset's module.
        config: Config name.
        data_dir: The authors' files; None: from their repository.
        revision: The commit of the authors' repository.
        options: The options of the dataset, complete.

    Raises:
        InputError: There is nothing usable.
    """
    card = source.CARD
    _check_revision(card, data_dir, revision)
    if data_dir is not None:
        return _raw(source, Path(data_dir).absolute(), config, options)
    if card.hub is None or config.endswith(LITE_SUFFIX):
        fix = f"{card.obtain} Then run `sarbench build {card.name} --data-dir DIR`, or give data_dir"
        raise InputError(where=paths.built(card.name), problem=f"{card.name} is not built here", fix=fix)
    from sarbench.hub.fetch import ensure_download

    folder = ensure_download(card, (config,), revision=revision, options=options)
    return _raw(source, folder.absolute(), config, options)


def _check_config(card: DatasetCard, config: str) -> None:
    names = [known.name for known in card.configs]
    if config.removesuffix(LITE_SUFFIX) not in names:
        problem = f"there is no config {config!r}"
        raise UnknownNameError(where=card.name, problem=problem, fix=f"Take one of {', '.join(names)}")


def _check_revision(card: DatasetCard, data_dir: str | Path | None, revision: str | None) -> None:
    if revision is None:
        return
    if card.hub is None:
        problem = "has no repository on the Hub, so there is no revision to choose"
        raise InputError(where=card.name, problem=problem, fix="Leave revision out, and give data_dir")
    if data_dir is not None:
        problem = f"data_dir and revision={revision!r} name two places to read from"
        raise InputError(where=data_dir, problem=problem, fix="Leave one of them out")


def _fits(folder: Path, config: str, options: Mapping[str, str]) -> bool:
    """Tell whether a built folder holds a config, built with these options."""
    index = read_index(folder)
    return config in index.configs and {**index.options, **options} == index.options


def _built(card: DatasetCard, folder: Path, config: str, *, join: Join, options: Mapping[str, str]) -> BuiltOrigin:
    index = read_index(folder)
    if index.name != card.name:
        raise InputError(where=folder, problem=f"holds {index.name}, not {card.name}", fix="Give another data_dir")
    if config not in index.configs:
        problem = f"config {config!r} is not built; there is {', '.join(index.configs) or 'none'}"
        how = f"--configs {config.removesuffix(LITE_SUFFIX)}" + (" --lite N" if config.endswith(LITE_SUFFIX) else "")
        fix = f"Build it with `sarbench build {card.name} --data-dir DIR {how}`"
        raise UnknownNameError(where=folder, problem=problem, fix=fix)
    for name, value in options.items():
        if (there := index.options.get(name, value)) != value:
            fix = f"Give {name}={there!r}, or build another folder with `--option {name}={value}`"
            raise InputError(where=folder, problem=f"was built with {name}={there}, not {value}", fix=fix)
    return BuiltOrigin(folder, index, config, join)


def _raw(source: SourceModule, folder: Path, config: str, options: Mapping[str, str]) -> RawOrigin:
    if config.endswith(LITE_SUFFIX):
        name = config.removesuffix(LITE_SUFFIX)
        fix = f"Run `sarbench build {source.CARD.name} --data-dir DIR --configs {name} --lite N` and load what it built"
        raise InputError(where=folder, problem="is not built, and the rows of a lite config are chosen then", fix=fix)
    available = source.splits(folder).get(config, ())
    if not available:
        problem = f"has no files for config {config!r}"
        raise InputError(where=folder, problem=problem, fix=source.CARD.obtain.strip().removesuffix("."))
    return RawOrigin(source.CARD, folder, config, available, options)


def check_join(join: str) -> None:
    """Make sure that `join` is one.

    Raises:
        UnknownNameError: It is not.
    """
    if join not in ("lazy", "flat"):
        raise UnknownNameError(where=join, problem="is no way to join", fix="Take 'lazy' or 'flat'")
