"""One file from the Hub: resumed where an earlier attempt stopped, hashed on arrival, renamed when it is right."""

import hashlib
import http.client
import re
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import IO

from sarbench.errors import InputError
from sarbench.sources.download import client
from sarbench.sources.download.client import PassingError, file_url, page, refusal, request, unreachable
from sarbench.sources.download.listing import RepoFile

_BLOCK = 1 << 18


class StoppedError(Exception):
    """Another file failed in a way that ends the whole download."""


class _DiffersError(Exception):
    """What the server sends is not the file that it lists."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)


@dataclass(frozen=True)
class Origin:
    """Where files come from: a repository at a commit."""

    repo_id: str
    commit: str


class _Arriving:
    """The `.part` of a file with the hashes of what it holds so far."""

    def __init__(self, out: IO[bytes], file: RepoFile) -> None:
        self.out, self.file = out, file
        self.restart(keep=True)

    def restart(self, *, keep: bool = False) -> None:
        """Start from the first byte, or go on after what an earlier attempt left."""
        self.size = 0
        self.sha256 = hashlib.sha256()
        self.git = hashlib.sha1(b"blob %d\0" % self.file.bytes, usedforsecurity=False)  # git's id of a file
        self.out.seek(0)
        while keep and (block := self.out.read(_BLOCK)):
            self._hash(block)
        if self.size > self.file.bytes:
            self.restart()
        self.out.truncate(self.size)
        self.out.seek(self.size)

    def add(self, block: bytes) -> None:
        """Append a block; it is in the file when this returns, whatever happens to the process then."""
        self.out.write(block)
        self.out.flush()
        self._hash(block)

    def is_right(self) -> bool:
        """Compare the hash with the listed one: SHA-256 of an LFS file, git's id of another."""
        if self.file.lfs:
            return self.sha256.hexdigest() == self.file.sha256
        return self.git.hexdigest() == self.file.oid

    def _hash(self, block: bytes) -> None:
        self.size += len(block)
        self.sha256.update(block)
        if not self.file.lfs:
            self.git.update(block)


def part_of(target: Path, file: RepoFile) -> Path:
    """Return where a file lies while it arrives; the name changes with its content, so no two contents are mixed."""
    return target.with_name(f"{target.name}.{(file.sha256 or file.oid)[:16]}.part")


def fetch_file(origin: Origin, file: RepoFile, target: Path, *, got: Callable[[int], None], stop: Event) -> str:
    """Fetch one file to `target`, which appears whole and checked or not at all.

    Args:
        origin: The repository and commit.
        file: The file as listed.
        target: Where it goes. An unfinished attempt beside it is continued.
        got: Called with the number of bytes that arrived; negative when bytes are thrown away.
        stop: Ends the download between two blocks.

    Returns:
        SHA-256 of its content.

    Raises:
        InputError: The server refuses, cannot be reached, or sends something else twice.
        StoppedError: `stop` was set.
        OSError: It cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(target, file)
    differs = ""
    for _ in range(2):
        with part.open("r+b" if part.exists() else "w+b") as out:
            arriving = _Arriving(out, file)
            try:
                _fill(origin, arriving, got, stop)
                differs = "" if arriving.is_right() else "what arrives does not have the hash that the Hub lists"
            except _DiffersError as error:
                differs = str(error)
        if not differs:
            part.replace(target)
            return arriving.sha256.hexdigest()
        part.unlink()
        got(-arriving.size)
    where = f"{page(origin.repo_id)}, {file.path}"
    problem = f"was fetched twice and {differs}; the file was deleted"
    raise InputError(where=where, problem=problem, fix="Try again later or through another network or mirror")


def _fill(origin: Origin, arriving: _Arriving, got: Callable[[int], None], stop: Event) -> None:
    """Append until the file has its size; only attempts that bring nothing count as failed."""
    failures = 0
    while arriving.size < arriving.file.bytes:
        before = arriving.size
        try:
            _receive(origin, arriving, got, stop)
        except PassingError as error:
            failures = 1 if arriving.size > before else failures + 1
            if failures > len(client.WAITS):
                raise unreachable(error) from error
            stop.wait(client.WAITS[failures - 1] if error.wait is None else error.wait)
        except urllib.error.HTTPError as error:
            if error.code == 416:
                problem = f"ends after {arriving.size:,} of {arriving.file.bytes:,} bytes"
                raise _DiffersError(reason=problem) from error
            raise refusal(error, origin.repo_id, origin.commit, path=arriving.file.path) from error


def _receive(origin: Origin, arriving: _Arriving, got: Callable[[int], None], stop: Event) -> None:
    """Make one request and append what it brings."""
    _check(stop)
    url = file_url(origin.repo_id, origin.commit, arriving.file.path)
    with request(url, start=arriving.size) as response:
        start, total = _place(response)
        if total is not None and total != arriving.file.bytes:
            raise _DiffersError(reason=f"has {total:,} bytes where {arriving.file.bytes:,} are listed")
        if start != arriving.size:  # the server does not know ranges
            got(-arriving.size)
            arriving.restart()
            if start:
                raise PassingError(reason="the answer is another range than was asked for")
        while arriving.size < arriving.file.bytes:
            _check(stop)
            try:
                block = response.read1(min(_BLOCK, arriving.file.bytes - arriving.size))
            except (OSError, http.client.HTTPException) as error:
                raise PassingError(reason=f"the connection broke ({error})") from error
            if not block:
                raise PassingError(reason="the connection broke")
            arriving.add(block)
            got(len(block))


def _place(response: http.client.HTTPResponse) -> tuple[int, int | None]:
    """Return the first byte of an answer and the size of the whole file, where stated."""
    if response.status == 206:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if match:
            return int(match[1]), None if match[2] == "*" else int(match[2])
        return -1, None
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _check(stop: Event) -> None:
    if stop.is_set():
        raise StoppedError
