"""The answers of the fake Hub: which request gets which bytes, headers and faults."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

LFS_SUFFIXES = (".zip", ".png", ".tif", ".jpg", ".parquet", ".arrow", ".bin")
PAGE = 1_000
"""Entries on a page of a listing, as on the real Hub."""


@dataclass(frozen=True)
class Request:
    """What a client asked for; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def range(self) -> str | None:
        return self.headers.get("range")


@dataclass
class Repo:
    """Commits, branches and terms of one repository."""

    lfs: Collection[str] | None
    gated: bool = False
    private: bool = False
    members: frozenset[str] = frozenset()
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    def is_lfs(self, path: str) -> bool:
        return path.endswith(LFS_SUFFIXES) if self.lfs is None else path in self.lfs

    def entry(self, path: str, data: bytes) -> dict[str, Any]:
        if not self.is_lfs(path):
            return {"type": "file", "path": path, "size": len(data), "oid": blob_sha1(data)}
        sha256 = hashlib.sha256(data).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(data)}\n".encode()
        lfs = {"oid": sha256, "size": len(data), "pointerSize": len(pointer)}
        return {"type": "file", "path": path, "size": len(data), "oid": blob_sha1(pointer), "lfs": lfs}


@dataclass
class Fault:
    """What goes wrong with one file, for the next `times` answers with its content."""

    times: int
    cut_after: int | None = None
    flip_at: int | None = None
    status: int | None = None
    delay: float = 0.0
    pace: float = 0.0
    extra: bytes = b""
    redirect: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ignore_range: bool = False


def blob_sha1(data: bytes) -> str:
    """The object id that git gives a file."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def serve(hub: Any) -> ThreadingHTTPServer:
    """Start a server that answers for `hub`, a `FakeHub`."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    hub: Any
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.body = self.rfile.read(int(headers.get("content-length", 0)))
        self.hub.requests.append(Request(self.command, self.path, headers))
        url = urlsplit(self.path)
        self.query = parse_qs(url.query)
        parts = [unquote(part) for part in url.path.strip("/").split("/")]
        try:
            self._route(url.path, parts)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _route(self, path: str, parts: list[str]) -> None:
        api_fault = next(
            (known for known in self.hub.faults if known.startswith("/api") and path.startswith(known)), ""
        )
        fault = self.hub.take_fault(api_fault) if api_fault else None
        if fault is not None:
            time.sleep(fault.delay)
            if fault.status:
                return self._error(fault.status, "", **fault.headers)
        match parts:
            case ["api", "repos", "create"]:
                return self._create(json.loads(self.body))
            case ["api", "validate-yaml"]:
                return self._json({"errors": [], "warnings": []})
            case ["api", "whoami-v2"]:
                return self._json({"name": self.hub.tokens.get(self._token(), ""), "type": "user", "orgs": []})
            case ["api", "datasets", owner, name, *rest]:
                return self._api(f"{owner}/{name}", rest)
            case ["datasets", owner, name, "resolve", revision, *file]:
                return self._resolve(f"{owner}/{name}", revision, "/".join(file))
            case ["datasets", owner, git, "info", "lfs", "objects", "batch"]:
                return self._lfs_batch(f"{owner}/{git.removesuffix('.git')}")
            case ["lfs-upload", sha256] if self.command == "PUT":
                self.hub.blobs[sha256] = self.body
                return self._json({})
            case ["cdn", sha256, *file]:
                if "authorization" in self.headers:
                    return self._error(400, "", message="two kinds of credentials")
                return self._content(self.hub.blobs[sha256], "/".join(file), {"ETag": f'"{sha256}"'})
        return self._error(404, "")

    # Reading

    def _api(self, repo_id: str, rest: list[str]) -> None:
        revision = rest[1] if len(rest) > 1 else "main"
        if rest[:1] == ["branch"]:
            return self._branch(repo_id, revision)
        found = self._find(repo_id, revision, content=False)
        if found is None:
            return None
        repo, commit, files = found
        match rest:
            case [] | ["revision", _]:
                siblings = [{"rfilename": path} for path in files]
                known = {
                    "id": repo_id,
                    "sha": commit,
                    "private": repo.private,
                    "gated": "auto" if repo.gated else False,
                }
                return self._json({**known, "tags": [], "downloads": 0, "likes": 0, "siblings": siblings})
            case ["tree", _, *folder]:
                return self._tree(repo, files, "/".join(folder))
            case ["paths-info", _]:
                return self._json([repo.entry(path, files[path]) for path in self._asked_paths() if path in files])
            case ["preupload", _]:
                asked = json.loads(self.body)["files"]
                modes = {True: "lfs", False: "regular"}
                answer = [
                    {"path": file["path"], "uploadMode": modes[repo.is_lfs(file["path"])], "shouldIgnore": False}
                    for file in asked
                ]
                return self._json({"files": answer, "commitOid": commit})
            case ["commit", _]:
                return self._commit(repo_id, revision)
        return self._error(404, "")

    def _tree(self, repo: Repo, files: Mapping[str, bytes], folder: str) -> None:
        inside = f"{folder}/" if folder else ""
        recursive = self.query.get("recursive", ["false"])[0].lower() in ("true", "1")
        entries: dict[str, dict[str, Any]] = {}
        for path in sorted(files):
            names = path.removeprefix(inside).split("/") if path.startswith(inside) else []
            for depth in range(1, len(names) if recursive else min(len(names), 2)):
                parent = inside + "/".join(names[:depth])
                entries.setdefault(parent, {"type": "directory", "path": parent, "size": 0, "oid": "0" * 40})
            if names and (recursive or len(names) == 1):
                entries[path] = repo.entry(path, files[path])
        if folder and not entries:
            return self._error(404, "EntryNotFound")
        start = int(self.query.get("cursor", ["0"])[0])
        page = list(entries.values())[start : start + PAGE]
        more = start + PAGE < len(entries)
        following = f"{self.hub.endpoint}{urlsplit(self.path).path}?recursive={recursive}&cursor={start + PAGE}"
        return self._json(page, **({"Link": f'<{following}>; rel="next"'} if more else {}))

    def _asked_paths(self) -> list[str]:
        if self.headers.get("content-type", "").startswith("application/json"):
            return list(json.loads(self.body)["paths"])
        return parse_qs(self.body.decode()).get("paths", [])

    def _resolve(self, repo_id: str, revision: str, path: str) -> None:
        found = self._find(repo_id, revision, content=True)
        if found is None:
            return None
        repo, commit, files = found
        if path not in files:
            return self._error(404, "EntryNotFound", **{"X-Repo-Commit": commit})
        data = files[path]
        entry = repo.entry(path, data)
        headers = {"X-Repo-Commit": commit, "ETag": f'"{entry["oid"]}"'}
        if "lfs" in entry:
            sha256 = entry["lfs"]["oid"]
            headers |= {"ETag": f'"{sha256}"', "X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(len(data))}
            if self.hub.redirect_lfs and self.command == "GET":
                return self._send(302, b"", {**headers, "Location": f"{self.hub.cdn}/cdn/{sha256}/{quote(path)}"})
        return self._content(data, path, headers)

    def _find(self, repo_id: str, revision: str, *, content: bool) -> tuple[Repo, str, dict[str, bytes]] | None:
        repo = self.hub.repos.get(repo_id)
        token = self._token()
        if repo is None or (repo.private and token not in repo.members):
            return self._error(401, "RepoNotFound")
        if repo.gated and content and token not in repo.members:
            return self._error(403 if token else 401, "GatedRepo")
        commit = repo.branches.get(revision, revision)
        if commit not in repo.commits:
            return self._error(404, "RevisionNotFound")
        return repo, commit, repo.commits[commit]

    # Writing

    def _create(self, asked: dict[str, Any]) -> None:
        owner = asked.get("organization") or self.hub.tokens.get(self._token())
        if self._token() not in self.hub.tokens:
            return self._error(401, "")
        repo_id = f"{owner}/{asked['name']}"
        if repo_id in self.hub.repos:
            return self._json({"url": f"{self.hub.endpoint}/datasets/{repo_id}"}, status=409)
        self.hub.add_repo(
            repo_id, {}, private=asked.get("private") or asked.get("visibility") == "private", members=self.hub.tokens
        )
        return self._json({"url": f"{self.hub.endpoint}/datasets/{repo_id}", "id": repo_id, "name": repo_id})

    def _branch(self, repo_id: str, branch: str) -> None:
        repo = self.hub.repos[repo_id]
        if branch in repo.branches:
            return self._error(409, "")
        repo.branches[branch] = repo.branches["main"]
        return self._json({})

    def _lfs_batch(self, repo_id: str) -> None:
        objects = []
        for asked in json.loads(self.body)["objects"]:
            there = asked["oid"] in self.hub.blobs
            action = {"upload": {"href": f"{self.hub.endpoint}/lfs-upload/{asked['oid']}", "header": {}}}
            objects.append({**asked, "authenticated": True, **({} if there else {"actions": action})})
        self._json({"transfer": "basic", "objects": objects}, **{"Content-Type": "application/vnd.git-lfs+json"})

    def _commit(self, repo_id: str, revision: str) -> None:
        if self._token() not in self.hub.tokens:
            return self._error(403, "")
        added: dict[str, bytes] = {}
        deleted: list[str] = []
        for line in self.body.splitlines():
            operation = json.loads(line)
            value = operation["value"]
            if operation["key"] == "file":
                added[value["path"]] = base64.b64decode(value["content"])
            elif operation["key"] == "lfsFile":
                added[value["path"]] = self.hub.blobs[value["oid"]]
            elif operation["key"] == "deletedFile":
                deleted.append(value["path"])
        made = self.hub.commit(repo_id, added, delete=deleted, revision=revision)
        url = f"{self.hub.endpoint}/datasets/{repo_id}/commit/{made}"
        return self._json({"success": True, "commitOid": made, "commitUrl": url, "hookOutput": ""})

    # Answers

    def _content(self, data: bytes, path: str, headers: dict[str, str]) -> None:
        fault = (self.hub.take_fault(path) if self.command == "GET" else None) or Fault(1)
        time.sleep(fault.delay)
        if fault.redirect:
            return self._send(302, b"", {"Location": fault.redirect})
        if fault.status:
            return self._error(fault.status, "", **fault.headers)
        data += fault.extra
        if fault.flip_at is not None:
            data = data[: fault.flip_at] + bytes([data[fault.flip_at] ^ 1]) + data[fault.flip_at + 1 :]
        asked = self.headers.get("range", "")
        if not asked or fault.ignore_range:
            return self._send(200, data, {**headers, "Accept-Ranges": "bytes"}, fault)
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, stop = int(first), min(int(last) + 1, len(data)) if last else len(data)
        if start >= len(data):
            return self._send(416, b"", {"Content-Range": f"bytes */{len(data)}"})
        place = {"Content-Range": f"bytes {start}-{stop - 1}/{len(data)}", "Accept-Ranges": "bytes"}
        return self._send(206, data[start:stop], {**headers, **place}, fault)

    def _json(self, content: object, *, status: int = 200, **headers: str) -> None:
        self._send(status, json.dumps(content).encode(), {"Content-Type": "application/json", **headers})

    def _error(self, status: int, code: str, message: str = "", **headers: str) -> None:
        known = {"X-Error-Code": code, "X-Error-Message": message or code}
        self._send(status, json.dumps({"error": message or code}).encode(), {**known, **headers})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str], fault: Fault | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = fault.cut_after if fault else None
        sent = body[:cut]
        for start in range(0, len(sent), 1 << 16):
            self.wfile.write(sent[start : start + (1 << 16)])
            time.sleep(fault.pace if fault else 0)
        if cut is not None and cut < len(body):
            self.close_connection = True

    def _token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")
