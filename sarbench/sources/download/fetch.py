"""The files of a dataset from its authors' repository on the Hub: only those wanted, at one commit, checked, resumed.

huggingface_hub's own download starts over in a new process and does not hash what it gets (huggingface_hub 1.18 to 2.4,
its issues 4196 and 1403); archives of many gigabytes need both.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sarbench.errors import InputError
from sarbench.files import locked
from sarbench.sources._card import HubRepo
from sarbench.sources.download.client import UnreachableError, is_offline, page
from sarbench.sources.download.folder import Progress, fill, is_whole
from sarbench.sources.download.listing import (
    Listing,
    RepoFile,
    check_paths,
    check_revision,
    is_commit,
    list_files,
    resolve,
)
from sarbench.sources.download.manifest import read_manifest, record_commit, recorded_commit

__all__ = ["Progress", "fetch"]

_NAMED = 5
_log = logging.getLogger(__name__)


def fetch(
    repo: HubRepo,
    *,
    revision: str | None,
    wanted: Callable[[Sequence[str]], list[str]],
    into: Path,
    progress: Progress | None = None,
    total: Callable[[int], Any] | None = None,
) -> Path:
    """Fetch the wanted files of a repository at one commit; what is on disk already is not asked for again.

    A file appears under its name once it is whole and its hash is right. `sarbench_download.json` beside the files says
    which repository, commit and hashes they have. A commit whose wanted files are all there needs no network.

    Args:
        repo: The repository, with the commit that is taken unless `revision` is given.
        revision: A branch, tag or commit.
        wanted: Which of the repository's paths are needed.
        into: The folder that the commit's folder lies in.
        progress: Called as bytes arrive.
        total: Called once, with the number of bytes that are still missing, before they are fetched.

    Returns:
        `into/<first 12 digits of the commit>`.

    Raises:
        InputError: The repository or revision is missing, gated or out of reach and not on disk; a name in it is not
            safe; the disk is full; or a file does not have the hash that the Hub states.
    """
    asked = check_revision(revision or repo.revision)
    listing = _listing(repo.repo_id, asked, into)
    folder = into / listing.commit[:12]
    chosen = _choose(listing, wanted)
    missing = [file for file in chosen if not is_whole(folder, file)]
    if missing and is_offline():
        raise _offline(folder, repo.repo_id, asked, missing)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if missing or read_manifest(folder) is None:
            problem = "another process is downloading into this folder"
            with locked(folder, problem=problem, wait=True):
                fill(folder, listing, chosen, progress=progress, total=total)
        if not is_commit(asked):
            record_commit(into, repo.repo_id, asked, listing.commit)
    except OSError as error:
        fix = "Make room on the disk or mend the folder's permissions, then run it again; what has arrived is kept"
        raise InputError(where=folder, problem=f"cannot be written ({error})", fix=fix) from error
    return folder


def _listing(repo_id: str, revision: str, into: Path) -> Listing:
    """Return the files of a revision: from the Hub, or as recorded for a fixed commit or without a network."""
    before = revision if is_commit(revision) else recorded_commit(into, repo_id, revision)
    known = read_manifest(into / before[:12]) if before else None
    if known is not None and (known.repo, known.commit) != (repo_id, before):
        known = None
    if known is not None and (is_commit(revision) or is_offline()):
        return known
    if is_offline():
        raise _offline(into, repo_id, revision, [])
    try:
        commit = resolve(repo_id, revision)
        if known is not None and commit == known.commit:
            return known
        if before is not None and commit != before:
            _log.warning("%s: %s is now commit %s; it was %s when last fetched", repo_id, revision, commit, before)
        return list_files(repo_id, commit)
    except UnreachableError as error:
        if known is None:
            raise
        _log.warning("%s Going on with commit %s, as last fetched.", error, known.commit)
        return known


def _choose(listing: Listing, wanted: Callable[[Sequence[str]], list[str]]) -> list[RepoFile]:
    names = set(wanted([file.path for file in listing.files]))
    chosen = [file for file in listing.files if file.path in names]
    if not chosen:
        problem = f"holds none of the files that are needed at commit {listing.commit}"
        fix = "Choose another revision, or download the files by hand and give their folder"
        raise InputError(where=page(listing.repo), problem=problem, fix=fix)
    check_paths(chosen, listing.repo)
    return chosen


def _offline(where: Path, repo_id: str, revision: str, missing: Sequence[RepoFile]) -> InputError:
    names = ", ".join(file.path for file in missing[:_NAMED])
    more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
    lacking = f"{names}{more}" if missing else f"every file of {repo_id} at {revision}"
    problem = f"requests are switched off (HF_HUB_OFFLINE), and what is needed is not here: {lacking}"
    by_hand = (
        f"or copy the files from {page(repo_id)} into this folder" if missing else "or give a folder with the files"
    )
    return InputError(where=where, problem=problem, fix=f"Unset HF_HUB_OFFLINE and run it again, {by_hand}")
