"""A built folder changes config by config, each in one step, however the build ends."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sarbench.build.index import (
    INDEX_NAME,
    BuiltIndex,
    FileIndex,
    SplitIndex,
    check_files,
    parse_index,
    write_index,
)
from sarbench.errors import InputError
from sarbench.files import locked

WORK_NAME = ".building"
"""Everything unfinished lies in this subfolder. Whoever holds the lock may delete what a dead build left there."""


@contextmanager
def staging(out: Path, name: str, data_dir: Path) -> Iterator[tuple[Path, BuiltIndex | None]]:
    """Lock a built folder; yield an empty work folder inside it and the index of what was built there before.

    Raises:
        InputError: `out` holds something else, lies within the authors' files, or is being built by another process.
    """
    if out.resolve().is_relative_to(data_dir.resolve()):
        problem = f"lies within the data folder {data_dir}"
        raise InputError(where=out, problem=problem, fix="Choose a folder outside, so that it is not read as data")
    if out.exists() and not out.is_dir():
        raise InputError(where=out, problem="is not a folder", fix="Choose another folder")
    out.mkdir(parents=True, exist_ok=True)
    work = out / WORK_NAME
    with locked(out, problem="is being built by another process"):
        previous = _previous(out, name)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        try:
            yield work, previous
        finally:
            shutil.rmtree(work, ignore_errors=True)


def keep(out: Path, folder: Path, files: Iterable[FileIndex]) -> None:
    """Put files of the built config that stay as they are beside the new ones: as links, or else as copies."""
    for file in files:
        source, target = out / file.path, folder / Path(file.path).name
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)


def swap_in(out: Path, work: Path, index: BuiltIndex, *, configs: Iterable[str]) -> None:
    """Put the finished `configs` from the work folder in place; the caller writes the new index after that.

    Until then the index lists only the configs that do not change: a reader, or a crash, never meets one that lies.
    """
    changed = tuple(configs)
    unchanged = {name: splits for name, splits in index.configs.items() if name not in changed}
    write_index(out, index.model_copy(update={"configs": unchanged}))
    for config in changed:
        if (out / config).exists():
            (out / config).rename(work / f"{config}.old")
        (work / config).rename(out / config)


def _previous(out: Path, name: str) -> BuiltIndex | None:
    """Return the index of what is whole in the folder, None where the folder is empty."""
    others = sorted(path.name for path in out.iterdir() if path.name != WORK_NAME)
    if not others:
        return None
    if INDEX_NAME not in others:
        problem = f"is not empty and holds no built dataset ({others[0]})"
        raise InputError(where=out, problem=problem, fix="Choose an empty folder, or one that sarbench built")
    previous = parse_index(out)
    if previous.name != name:
        raise InputError(where=out, problem=f"holds {previous.name}", fix=f"Choose another folder for {name}")
    whole = {
        config: {split: built for split, built in splits.items() if _is_whole(out, built)}
        for config, splits in previous.configs.items()
    }
    return previous.model_copy(update={"configs": whole})


def _is_whole(out: Path, built: SplitIndex) -> bool:
    try:
        check_files(out, built)
    except InputError:
        return False
    return True
