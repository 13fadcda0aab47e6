"""What a dataset repository of the Hub holds at a commit."""

import re
import unicodedata
import urllib.error
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from sarbench.errors import InputError
from sarbench.sources.download.client import PassingError, endpoint, page, patiently, read_json, refusal, unreachable

MANIFEST = "sarbench_download.json"
"""Beside the files: which repository and commit they are from, and the size and hashes of each."""

EXTRA = "extra"
"""The folder for files that the user adds."""

_REVISION = re.compile(r"[A-Za-z0-9_][\w.+-]*(?:/[A-Za-z0-9_][\w.+-]*)*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class RepoFile(msgspec.Struct, frozen=True):
    """One file of a repository.

    Attributes:
        path: Its path in the repository.
        bytes: Its size.
        oid: The id that git gives it: of the file itself, or of the pointer that stands for an LFS file.
        sha256: SHA-256 of its content: stated by the Hub for an LFS file, computed on arrival for another.
        fetched: Whether it was on disk, whole, when the manifest was last written.
        lfs: Whether it is an LFS file.
    """

    path: str
    bytes: int
    oid: str
    sha256: str | None = None
    fetched: bool = False
    lfs: bool = False


class Listing(msgspec.Struct, frozen=True):
    """All files of a repository at one commit; the content of the manifest."""

    repo: str
    commit: str
    files: tuple[RepoFile, ...]


class _Lfs(msgspec.Struct):
    oid: str
    size: int


class _Entry(msgspec.Struct):
    """One line of the Hub's listing (`/api/datasets/<id>/tree/<revision>`)."""

    type: str
    path: str
    oid: str = ""
    size: int = 0
    lfs: _Lfs | None = None


def check_revision(revision: str) -> str:
    """Return a revision that is safe in a URL and a file.

    Raises:
        InputError: It can be no branch, tag or commit.

    >>> check_revision("refs/pr/1")
    'refs/pr/1'
    """
    if len(revision) > 200 or ".." in revision or not _REVISION.fullmatch(revision):
        fix = "Give a branch, a tag or a commit of 40 hex digits"
        raise InputError(where=repr(revision[:80]), problem="is not a revision", fix=fix)
    return revision


def is_commit(revision: str) -> bool:
    """Tell whether a revision is a full commit id, which can never mean anything else."""
    return _COMMIT.fullmatch(revision) is not None


def resolve(repo_id: str, revision: str) -> str:
    """Ask the Hub which commit a revision is.

    Raises:
        UnreachableError: The Hub cannot be reached.
        InputError: It refuses: gated, missing, or no such revision.
    """
    if is_commit(revision):
        return revision
    answer, _ = _ask(repo_id, revision, f"/revision/{quote(revision, safe='')}")
    commit = answer.get("sha") if isinstance(answer, dict) else None
    if not isinstance(commit, str) or not is_commit(commit):
        raise _not_understood(repo_id)
    return commit


def list_files(repo_id: str, commit: str) -> Listing:
    """Ask the Hub for all files at a commit.

    Raises:
        UnreachableError: The Hub cannot be reached.
        InputError: It refuses, or its answer makes no sense.
    """
    files: list[RepoFile] = []
    query = "?recursive=true&expand=false"
    while query:
        answer, link = _ask(repo_id, commit, f"/tree/{commit}{query}")
        files += [_file(entry, repo_id) for entry in _entries(answer, repo_id) if entry.type == "file"]
        following = re.search(r'<([^>]+)>;\s*rel="?next', link)
        # Only the query of the next page is taken: a mirror may name the original host in it.
        query = f"?{urlsplit(following[1]).query}" if following else ""
    return Listing(repo_id, commit, tuple(files))


def check_paths(files: Iterable[RepoFile], repo_id: str) -> None:
    """Make sure that the files can be written into one folder: names come from a server and are not trusted.

    Raises:
        InputError: A name leads out of the folder, is one that sarbench keeps for itself, or two names are one where
            letter case does not count.
    """
    seen: dict[str, str] = {}
    for file in files:
        parts = file.path.split("/")
        leads_out = any(part in ("", ".", "..") for part in parts) or re.match(r"[A-Za-z]:", file.path)
        if leads_out or "\\" in file.path or not file.path.isprintable():
            raise _bad_name(repo_id, f"lists the file {file.path!r}, whose name is not safe to write")
        if parts[0].casefold() in (EXTRA, MANIFEST) or file.path.endswith(".part"):
            raise _bad_name(repo_id, f"lists the file {file.path!r}, a name that sarbench keeps for itself")
        folded = unicodedata.normalize("NFC", file.path).casefold()
        if folded in seen:
            raise _bad_name(repo_id, f"lists {seen[folded]!r} and {file.path!r}, one name on many file systems")
        seen[folded] = file.path


def _ask(repo_id: str, revision: str, rest: str) -> tuple[Any, str]:
    url = f"{endpoint()}/api/datasets/{repo_id}{rest}"
    try:
        return patiently(lambda: read_json(url))
    except PassingError as error:
        raise unreachable(error) from error
    except urllib.error.HTTPError as error:
        raise refusal(error, repo_id, revision) from error


def _entries(answer: Any, repo_id: str) -> list[_Entry]:
    try:
        return msgspec.convert(answer, list[_Entry])
    except msgspec.ValidationError as error:
        raise _not_understood(repo_id) from error


def _file(entry: _Entry, repo_id: str) -> RepoFile:
    size, sha256 = (entry.lfs.size, entry.lfs.oid) if entry.lfs else (entry.size, None)
    if size < 0 or not _COMMIT.fullmatch(entry.oid) or not (sha256 is None or _SHA256.fullmatch(sha256)):
        raise _not_understood(repo_id)
    return RepoFile(entry.path, size, entry.oid, sha256, lfs=entry.lfs is not None)


def _not_understood(repo_id: str) -> InputError:
    problem = "the Hub's answer is not understood"
    return InputError(where=page(repo_id), problem=problem, fix="Check HF_ENDPOINT; a newer sarbench may know more")


def _bad_name(repo_id: str, problem: str) -> InputError:
    return InputError(
        where=page(repo_id), problem=problem, fix="Choose another revision, or tell the owner of the page"
    )
