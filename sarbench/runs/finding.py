"""Where the runs lie in a folder of results."""

from collections.abc import Iterator
from pathlib import Path

MANIFEST = "manifest.json"


def find_runs(results: Path) -> list[Path]:
    """Return the run folders at any depth under `results`, sorted by path.

    A folder that holds a manifest is a run, and what lies in it belongs to it. Links to folders are followed; a folder
    that is reached in two ways is taken once, by the first path, so that links in a circle end. Folders that may not be
    read are passed over.
    """
    return sorted(_below(results, set()))


def _below(folder: Path, seen: set[Path]) -> Iterator[Path]:
    real = folder.resolve()
    if real in seen:
        return
    seen.add(real)
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return
    if MANIFEST in names:
        yield folder
        return
    for name in names:
        if (folder / name).is_dir():
            yield from _below(folder / name, seen)
