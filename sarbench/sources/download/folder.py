"""Filling a folder with the missing files of a repository, several at a time."""

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock
from typing import Any

import msgspec

from sarbench.errors import InputError
from sarbench.sources.download.client import HubError
from sarbench.sources.download.file import Origin, StoppedError, fetch_file, part_of
from sarbench.sources.download.listing import Listing, RepoFile
from sarbench.sources.download.manifest import read_manifest, write_manifest

Progress = Callable[[int], Any]
"""Called with the number of bytes that arrived since the last call; negative when some are thrown away. Never called
from two threads at once."""

_THREADS = 8


def fill(
    folder: Path,
    listing: Listing,
    chosen: Sequence[RepoFile],
    *,
    progress: Progress | None = None,
    total: Callable[[int], Any] | None = None,
) -> None:
    """Fetch those of the chosen files that are not there, and write the manifest, whatever happens.

    Args:
        folder: The folder of this commit; it exists.
        listing: The repository at this commit.
        chosen: The files that are needed.
        progress: Called as bytes arrive.
        total: Called once, with the number of bytes that are missing, before they are fetched.

    Raises:
        InputError: The Hub is out of reach or refuses, the disk is too small, or a file is not what the Hub lists.
        OSError: Something cannot be written.
    """
    hashes = _known_hashes(folder, listing)
    missing = [file for file in chosen if not is_whole(folder, file)]
    missing = _without_links(folder, missing)
    _record(folder, listing, hashes)
    try:
        needed = _make_sure_of_room(folder, missing)
        if total is not None and missing:
            total(needed)
        _Fetching(folder, Origin(listing.repo, listing.commit), progress, hashes).run(missing)
    finally:
        _record(folder, listing, hashes)


def is_whole(folder: Path, file: RepoFile) -> bool:
    """Tell whether a file is there with its size: it got its name only once its hash was right."""
    return _size(folder / file.path) == file.bytes


class _Fetching:
    """Threads that fetch files. A bad file does not stop the others; a Hub out of reach or a full disk does."""

    def __init__(self, folder: Path, origin: Origin, progress: Progress | None, hashes: dict[str, str]) -> None:
        self.folder, self.origin, self.progress, self.hashes = folder, origin, progress, hashes
        self._stop = Event()
        self._lock = Lock()

    def run(self, files: Sequence[RepoFile]) -> None:
        """Fetch all; raise what went wrong at the end, or at once where it ends the download."""
        failed: list[InputError] = []
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="sarbench-download")
        try:
            for future in as_completed([pool.submit(self._fetch, file) for file in files]):
                failed += _outcome(future)
        finally:
            self._stop.set()
            pool.shutdown(cancel_futures=True)
        if len(failed) == 1:
            raise failed[0]
        if failed:
            problem = f"{len(failed):,} files could not be fetched; the first: {failed[0].where}: {failed[0].problem}"
            raise InputError(where=self.folder, problem=problem, fix=failed[0].fix)

    def _fetch(self, file: RepoFile) -> None:
        def got(count: int) -> None:
            if self.progress is not None:
                with self._lock:
                    self.progress(count)

        with suppress(StoppedError):
            sha256 = fetch_file(self.origin, file, self.folder / file.path, got=got, stop=self._stop)
            self.hashes[file.path] = sha256


def _outcome(future: Future[None]) -> list[InputError]:
    try:
        future.result()
    except HubError:
        raise
    except InputError as error:
        return [error]
    return []


def _without_links(folder: Path, missing: Sequence[RepoFile]) -> list[RepoFile]:
    """Link large files that another commit has brought already; return those still missing."""
    if not missing:
        return []
    there: dict[str | None, Path] = {}
    for sibling in folder.parent.iterdir():
        known = read_manifest(sibling) if sibling != folder else None
        there.update((file.sha256, sibling / file.path) for file in (known.files if known else ()) if file.fetched)
    return [
        file for file in missing if not (file.lfs and _link(there.get(file.sha256), folder / file.path, file.bytes))
    ]


def _link(known: Path | None, target: Path, size: int) -> bool:
    if known is None or _size(known) != size:
        return False
    with suppress(OSError):  # no hard links here: it is fetched
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(known, target)
        return True
    return False


def _make_sure_of_room(folder: Path, missing: Sequence[RepoFile]) -> int:
    """Return how many bytes are still to come, having checked that the disk takes them."""
    needed = sum(file.bytes - min(file.bytes, _size(part_of(folder / file.path, file)) or 0) for file in missing)
    free = shutil.disk_usage(folder).free
    if needed > free:
        problem = f"{needed / 1e9:,.2f} GB are needed and {free / 1e9:,.2f} GB are free"
        fix = "Make room, or set SARBENCH_HOME to a folder on a larger disk"
        raise InputError(where=folder, problem=problem, fix=fix)
    return needed


def _known_hashes(folder: Path, listing: Listing) -> dict[str, str]:
    """Return path → SHA-256 of what an earlier run fetched of this commit."""
    earlier = read_manifest(folder)
    if earlier is None or (earlier.repo, earlier.commit) != (listing.repo, listing.commit):
        return {}
    return {file.path: file.sha256 for file in earlier.files if file.sha256}


def _record(folder: Path, listing: Listing, hashes: dict[str, str]) -> None:
    files = tuple(
        msgspec.structs.replace(file, fetched=is_whole(folder, file), sha256=file.sha256 or hashes.get(file.path))
        for file in listing.files
    )
    write_manifest(folder, msgspec.structs.replace(listing, files=files))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:  # a name that this file system cannot have
        return None
