"""A finished build takes the place of the one before it, in a way that survives being killed at any moment.

The new files lie in `.building/new/`. One write of `sarbench.json` switches readers to them *there*: that is the
commit. After it, folder by folder, links to the same files take the place of the old folders, and a second write of
`sarbench.json` names the files by their lasting paths. Whoever is killed in between leaves an index that points to
whole files, and the next build carries the rest out. So whoever reads `sarbench.json` finds either build whole; plain
globs such as `<config>/<split>-*.parquet` find each config whole, old or new.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from sarbench.build.folder.exchange import exchange
from sarbench.build.index import INDEX_NAME, BuiltIndex, FileIndex, parse_index, write_index
from sarbench.files import write_text

WORK_NAME = ".building"
"""Everything unfinished lies in this subfolder."""

NEW_NAME = "new"
_LINKS_NAME = "links"
_DROPPED_NAME = "dropped"
_PREFIX = f"{WORK_NAME}/{NEW_NAME}/"


def commit(out: Path, index: BuiltIndex, *, changed: Iterable[str], dropped: Iterable[str]) -> None:
    """Put what lies in `.building/new/` in place.

    Args:
        out: The built folder.
        index: What it is to hold.
        changed: Its folders that are new: configs, and `images`. All their files are in `.building/new/`, and so are
            the other files of the folder, such as `README.md`.
        dropped: Folders that it is to lose.
    """
    folders = frozenset(changed)
    write_text(out / WORK_NAME / NEW_NAME / _DROPPED_NAME, json.dumps(sorted(dropped)))
    write_index(out, _renamed(index, lambda path: _PREFIX + path if _top(path) in folders else path))
    finish(out)


def is_committed(out: Path) -> bool:
    """Tell whether `.building/` holds files that the index of the folder points to."""
    return (out / INDEX_NAME).is_file() and any(path.startswith(_PREFIX) for path in _paths(parse_index(out)))


def finish(out: Path) -> None:
    """Carry out what is left of a commit; what was done already is done again without harm."""
    pointed = parse_index(out)
    index = _renamed(pointed, lambda path: path.removeprefix(_PREFIX))
    new = out / WORK_NAME / NEW_NAME
    for folder in sorted({_top(path.removeprefix(_PREFIX)) for path in _paths(pointed) if path.startswith(_PREFIX)}):
        _put(out, folder)
    for path in sorted(new.iterdir()):
        if path.is_file() and path.name not in (INDEX_NAME, _DROPPED_NAME):
            path.replace(out / path.name)
    if (new / _DROPPED_NAME).is_file():
        for name in json.loads((new / _DROPPED_NAME).read_bytes()):
            shutil.rmtree(out / name, ignore_errors=True)
    write_index(out, index)
    shutil.rmtree(out / WORK_NAME, ignore_errors=True)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name; where links cannot be made, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _put(out: Path, folder: str) -> None:
    """Let a folder of links to the new files take the place of a folder; the new files keep their names meanwhile."""
    source, links = out / WORK_NAME / NEW_NAME / folder, out / WORK_NAME / _LINKS_NAME / folder
    if not source.is_dir():
        return  # moved by an earlier attempt
    shutil.rmtree(links, ignore_errors=True)
    links.mkdir(parents=True)
    try:
        for path in source.iterdir():
            os.link(path, links / path.name)
    except OSError:  # no links here: readers of the index must do without this folder for a moment
        shutil.rmtree(links)
        if (out / folder).exists():
            (out / folder).rename(links)
        source.rename(out / folder)
    else:
        exchange(links, out / folder)


def _paths(index: BuiltIndex) -> Iterable[str]:
    for splits in index.configs.values():
        yield from (file.path for split in splits.values() for file in split.files)
    for images in index.images.values():
        yield from (file.path for file in (*images.files, images.offsets))


def _renamed(index: BuiltIndex, name: Callable[[str], str]) -> BuiltIndex:
    def files(given: tuple[FileIndex, ...]) -> tuple[FileIndex, ...]:
        return tuple(file.model_copy(update={"path": name(file.path)}) for file in given)

    configs = {
        config: {split: built.model_copy(update={"files": files(built.files)}) for split, built in splits.items()}
        for config, splits in index.configs.items()
    }
    images = {
        split: stored.model_copy(update={"files": files(stored.files), "offsets": files((stored.offsets,))[0]})
        for split, stored in index.images.items()
    }
    return index.model_copy(update={"configs": configs, "images": images})


def _top(path: str) -> str:
    return path.split("/", 1)[0]
