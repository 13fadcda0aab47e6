"""A small Hugging Face Hub on the loopback interface: dataset repositories in memory, faults on demand.

```python
with FakeHub() as hub:
    commit = hub.add_repo("org/name", {"Text.zip": b"..."})
    hub.fault("Text.zip", cut_after=100)          # the first answer breaks off after 100 bytes
    ...                                            # clients with HF_ENDPOINT=hub.endpoint
    assert [request.range for request in hub.gets("Text.zip")] == [None, "bytes=100-"]
```

It speaks what `huggingface_hub` 0.34 to 2.x and `datasets` 3.6 to 5.x ask of the real one when Xet is off
(`HF_HUB_DISABLE_XET=1`): reading, and creating repositories, uploading and committing. Like the real one it answers a
GET of an LFS file with a redirect to another origin, which refuses requests that carry an Authorization header.
"""

import hashlib
import json
import threading
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import quote, urlsplit

import pytest

from tests.hub.fake_hub_server import Fault, Repo, Request, blob_sha1, serve

__all__ = ["FakeHub", "Fault", "Repo", "Request", "blob_sha1", "fake_hub", "go_online"]


class FakeHub:
    """The server; a context manager. `requests` lists everything that was asked, in order."""

    def __init__(self, *, redirect_lfs: bool = True) -> None:
        self.redirect_lfs = redirect_lfs
        self.requests: list[Request] = []
        self.tokens: dict[str, str] = {"hf_token": "org"}
        """Token → user; uploads need one."""
        self.repos: dict[str, Repo] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.blobs: dict[str, bytes] = {}
        """SHA-256 → content of every LFS file."""
        self.lock = threading.RLock()
        self._servers = [serve(self), serve(self)]
        self.endpoint, self.cdn = (f"http://127.0.0.1:{server.server_address[1]}" for server in self._servers)

    def __enter__(self) -> "FakeHub":
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def add_repo(
        self,
        repo_id: str,
        files: Mapping[str, bytes],
        *,
        revision: str = "main",
        lfs: Collection[str] | None = None,
        gated: bool = False,
        private: bool = False,
        members: Collection[str] = (),
    ) -> str:
        """Add a dataset repository and return its commit.

        Args:
            repo_id: `owner/name`.
            files: Path → content.
            revision: A branch, or a commit of 40 hex digits that `main` shall have.
            lfs: Paths kept in LFS; default: those with a suffix of binary files.
            gated: Whether only members' tokens open its files.
            private: Whether it is hidden from everybody else.
            members: Tokens that have access.
        """
        self.repos[repo_id] = Repo(lfs, gated, private, frozenset(members))
        pinned = len(revision) == 40
        return self.commit(repo_id, files, revision="main" if pinned else revision, sha=revision if pinned else None)

    def commit(
        self,
        repo_id: str,
        files: Mapping[str, bytes],
        *,
        delete: Collection[str] = (),
        revision: str = "main",
        sha: str | None = None,
    ) -> str:
        """Add or replace files on a branch and return the new commit."""
        with self.lock:
            repo = self.repos[repo_id]
            tree = {path: data for path, data in self.files(repo_id, revision).items() if path not in delete}
            tree.update(files)
            content = json.dumps([len(repo.commits), *sorted((path, blob_sha1(data)) for path, data in tree.items())])
            made = sha or hashlib.sha1(content.encode()).hexdigest()
            repo.commits[made] = tree
            repo.branches[revision] = made
            self.blobs.update((hashlib.sha256(data).hexdigest(), data) for data in tree.values())
            return made

    def files(self, repo_id: str, revision: str = "main") -> dict[str, bytes]:
        """Return path → content of a branch or commit; empty where there is none."""
        repo = self.repos[repo_id]
        return repo.commits.get(repo.branches.get(revision, revision), {})

    def fault(
        self,
        path: str,
        *,
        times: int = 1,
        cut_after: int | None = None,
        flip_at: int | None = None,
        status: int | None = None,
        delay: float = 0.0,
        pace: float = 0.0,
        extra: bytes = b"",
        redirect: str | None = None,
        headers: Mapping[str, str] | None = None,
        ignore_range: bool = False,
    ) -> None:
        """Let the next `times` answers about a file of a repository, or about an API path, go wrong.

        Args:
            path: The file's path in its repository, or the beginning of an API path (`/api/...`).
            times: How many answers; faults of one path queue up.
            cut_after: Close the connection after so many bytes of the answer.
            flip_at: Flip a bit of this byte of the file.
            status: Answer with this status instead.
            delay: Seconds to wait before the answer.
            pace: Seconds to wait after every 64 KiB of the answer.
            extra: Bytes that the file has at its end and the listing does not know of.
            redirect: Answer with a redirect to this URL.
            headers: Further headers of the answer.
            ignore_range: Send the whole file although a range was asked for.
        """
        made = Fault(times, cut_after, flip_at, status, delay, pace, extra, redirect, headers or {}, ignore_range)
        self.faults.setdefault(path, []).append(made)

    def clear_faults(self) -> None:
        """Let everything go well again."""
        self.faults.clear()

    def gets(self, path: str) -> list[Request]:
        """Return the GETs of a file that were sent to the Hub itself (an LFS file is then fetched from elsewhere)."""
        asked = [seen for seen in self.requests if seen.method == "GET" and "/resolve/" in seen.path]
        return [seen for seen in asked if urlsplit(seen.path).path.endswith(f"/{quote(path)}")]

    def take_fault(self, path: str) -> Fault | None:
        """Return the next fault of a path, or None; used up by the call."""
        with self.lock:
            queue = self.faults.get(path, [])
            if not queue:
                return None
            queue[0].times -= 1
            return queue[0] if queue[0].times > 0 else queue.pop(0)


@pytest.fixture
def fake_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A running fake Hub that this process and its children take for the real one; nobody is logged in.

    `huggingface_hub` reads its environment when it is imported, so its constants are set too.
    """
    with FakeHub() as hub:
        go_online(monkeypatch, hub)
        yield hub


def go_online(monkeypatch: pytest.MonkeyPatch, hub: FakeHub) -> None:
    """Undo the rule of `tests/conftest.py` that all is offline, for the fake Hub alone."""
    from huggingface_hub import constants, file_download

    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    settings = {"HF_ENDPOINT": hub.endpoint, "HF_HUB_DISABLE_XET": "1", "HF_UPDATE_DOWNLOAD_COUNTS": "0"}
    for name, value in {**settings, "HF_TOKEN_PATH": "/nowhere/token", "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    template = hub.endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    for name, value in {
        "ENDPOINT": hub.endpoint,
        "HUGGINGFACE_CO_URL_TEMPLATE": template,
        "HF_HUB_OFFLINE": False,
        "HF_HUB_DISABLE_XET": True,
        "HF_TOKEN_PATH": "/nowhere/token",
    }.items():
        monkeypatch.setattr(constants, name, value)
        if hasattr(file_download, name):  # before 1.0 it had copies of them
            monkeypatch.setattr(file_download, name, value)
    _forget_connections()


def _forget_connections() -> None:
    """Before 1.0, huggingface_hub decided on being offline when it opened a session."""
    from huggingface_hub import utils

    if hasattr(utils, "reset_sessions"):
        utils.reset_sessions()
