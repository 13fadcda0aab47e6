"""`sarbench.json`: what a built folder holds, and the hashes to prove it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from sarbench.errors import InputError, UnknownNameError
from sarbench.files import write_text
from sarbench.schema import SCHEMA_VERSION

INDEX_NAME = "sarbench.json"

IMAGES = "images"
"""The folder with the images of joined configs; it can be no config's name."""

Layout = Literal["flat", "joined"]
"""Flat: every row holds its image. Joined: rows hold texts, and the images of a split lie once in `images/`."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileIndex(_Record):
    """One file of a built folder."""

    path: str
    """Relative to the built folder, with `/`."""
    bytes: int
    sha256: str | None = None
    """Of the whole file, where nothing inside it proves that it is whole."""


class SplitIndex(_Record):
    """One split of one config."""

    rows: int
    images: int
    """How many different images its rows show."""
    bytes: int
    """Size of its files together."""
    data_digest: str
    """SHA-256 over the sample hashes in file order: equal digests mean equal questions, images and targets."""
    simulated: bool
    """Whether a row of it comes from `sarbench.simulate`: never a benchmark result."""
    files: tuple[FileIndex, ...]
    problems: dict[str, int] = {}
    """Kind of problem met in the authors' files → how often; `quality.json` lists the records."""
    layout: Layout = "flat"
    """Alike for all splits of a config."""
    lite_of: str | None = None
    """The config that these rows were chosen from, where this is a lite split."""
    lite_digest: str | None = None
    """SHA-256 over the ids of a lite split in file order: equal digests mean the same choice."""


class ImagesIndex(_Record):
    """The images that the joined configs show in one split."""

    rows: int
    """How many images are stored."""
    bytes: int
    """Size of the Parquet files together."""
    files: tuple[FileIndex, ...]
    offsets: FileIndex
    """The place of every image in the Parquet files; `sarbench.build.images.store` reads it."""


class BuiltIndex(_Record):
    """The content of `sarbench.json`."""

    schema_version: str
    sarbench_version: str
    name: str
    """The dataset, e.g. `sardet-100k`."""
    simulated: bool
    configs: dict[str, dict[str, SplitIndex]]
    """Config → split → what it holds."""
    images: dict[str, ImagesIndex] = {}
    """Split → the images of the joined configs."""
    options: dict[str, str] = {}
    """Options of the source → the choice that everything here was built with."""
    left_out: dict[str, str] = {}
    """What the last build was asked for and could not give: `config` or `config/split` → why."""
    notes: tuple[str, ...] = ()
    """What the last build did beside what it was asked for, as sentences."""


def data_digest(sample_hashes: Iterable[str]) -> str:
    """Hash the `sample_sha256` of the rows of a split, in file order.

    >>> data_digest(["ab", "cd"])[:12]
    '88d4266fd4e6'
    """
    digest = hashlib.sha256()
    for sample_hash in sample_hashes:
        digest.update(sample_hash.encode())
    return digest.hexdigest()


def read_index(folder: Path) -> BuiltIndex:
    """Read and check the index of a built folder; file contents are not read, their sizes are.

    Raises:
        InputError: The folder is not a built set of this schema version, or files of it are missing or cut off.
    """
    index = parse_index(folder)
    try:
        _check_all(folder, index)
    except InputError:
        again = parse_index(folder)
        if again == index:
            raise
        index = again  # a build has just finished: what is there now belongs to the new index
        _check_all(folder, index)
    return index


def parse_index(folder: Path) -> BuiltIndex:
    """Read the index of a built folder without a look at its files.

    Raises:
        InputError: The folder is not a built set of this schema version.
    """
    path = folder / INDEX_NAME
    fix = "Delete the folder and build again with `sarbench build`"
    try:
        index = BuiltIndex.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        problem = "holds no built dataset" if folder.is_dir() else "is not a folder"
        raise InputError(where=folder, problem=problem, fix="Make one with `sarbench build`") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        problem = f"cannot be read by this version of sarbench: {place}: {first['msg']}"
        raise InputError(where=path, problem=problem, fix=fix) from error
    if index.schema_version != SCHEMA_VERSION:
        problem = f"was built with schema version {index.schema_version}, this sarbench has {SCHEMA_VERSION}"
        raise InputError(where=path, problem=problem, fix=fix)
    return index


def check_files(folder: Path, files: Iterable[FileIndex]) -> None:
    """Make sure that files are there with the sizes that were written.

    Raises:
        InputError: One is missing or cut off.
    """
    for file in files:
        path = folder / file.path
        size = path.stat().st_size if path.is_file() else None
        if size != file.bytes:
            problem = "is missing" if size is None else f"has {size:,} bytes where {file.bytes:,} were written"
            raise InputError(where=path, problem=problem, fix="Build it again with `sarbench build`")


def built_split(folder: Path, config: str, split: str) -> SplitIndex:
    """Return the index of one split of a built folder.

    Raises:
        InputError: The folder is not a usable built set.
        UnknownNameError: It has no such config or split; the message lists those it has.
    """
    configs = read_index(folder).configs
    for kind, name, there in (("config", config, configs), ("split", split, configs.get(config, {}))):
        if name not in there:
            problem = f"has no {kind} {name!r}; there is {', '.join(there) or 'none'}"
            place = folder if kind == "config" else f"{folder}, config {config}"
            raise UnknownNameError(where=place, problem=problem, fix="Take one of these, or build it first")
    return configs[config][split]


def _check_all(folder: Path, index: BuiltIndex) -> None:
    for splits in index.configs.values():
        for split in splits.values():
            check_files(folder, split.files)
    for images in index.images.values():
        check_files(folder, (*images.files, images.offsets))


def write_index(folder: Path, index: BuiltIndex) -> None:
    """Write `sarbench.json`, whole or not at all."""
    write_text(folder / INDEX_NAME, index.model_dump_json(indent=2) + "\n")
