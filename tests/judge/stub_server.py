"""A judge's server on the loopback interface, which can fail in every way that servers do."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behave = Callable[["Handler", dict[str, Any], int], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Stub"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.guard:
            self.server.seen.append({"path": self.path, "body": body, "key": self.headers.get("Authorization")})
            number = len(self.server.seen)
        try:
            self.server.behave(self, body, number)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def reply(self, text: str | None, *, model: str | None = "judge-7b@abc") -> None:
        content = {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]}
        self.send(200, json.dumps({"model": model, **content}).encode())

    def send(self, status: int, body: bytes, *, claim: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if claim is None else claim))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        if claim is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


class Stub(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behave: Behave) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave
        self.seen: list[dict[str, Any]] = []
        self.guard = threading.Lock()
        self.release = threading.Event()
        """Ends what hangs."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(behave: Behave) -> Iterator[Stub]:
    stub = Stub(behave)
    thread = threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.release.set()
        stub.shutdown()
        stub.server_close()
        thread.join()


def answer_in(message: str) -> str:
    """The answer that a message asks about, under either prompt."""
    found = re.findall(r"^(?:answer|Predicted answer): (.*)$", message, re.MULTILINE)
    return str(json.loads(found[-1]))


def sensible(handler: Handler, body: dict[str, Any], number: int) -> None:
    """Find every answer right that begins with `meadow`, under the words that the prompt asks for."""
    message = body["messages"][0]["content"]
    right = answer_in(message).lower().startswith("meadow")
    words = ("1", "0") if "Reply 1" in message else ("yes", "No.")
    handler.reply(words[0] if right else words[1])
