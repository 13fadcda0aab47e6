"""An OpenAI-compatible chat server on the loopback, sound or broken in one of the ways that servers are.

`python tests/e2e/stub_openai.py --port 8790` serves until it is stopped; it needs nothing but Python.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BROKEN = ("error-500", "html", "cut-off", "hang")
HANG_SECONDS = 3.0


@dataclass
class Stub:
    """What the server answers, and what it was asked."""

    answer: str = "1"
    modes: tuple[str, ...] = ()
    """What happens to the first question, the second and so on, at every attempt; the others are answered."""
    questions: list[str] = field(default_factory=list)
    """Every question once, in the order they first came in."""
    requests: int = 0
    address: str = ""


@contextmanager
def serving(stub: Stub, *, port: int = 0) -> Iterator[Stub]:
    """Serve on this port, or on a free one, until the block ends."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: Any) -> None:
            pass

        def do_GET(self) -> None:
            _send(self, 200, {"object": "list", "data": [{"id": "stub", "object": "model"}]})

        def do_POST(self) -> None:
            question = json.dumps(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"])
            with lock:
                stub.requests += 1
                if question not in stub.questions:
                    stub.questions.append(question)
                place = stub.questions.index(question)
            _answer(self, stub, stub.modes[place] if place < len(stub.modes) else "ok")

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        stub.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()


def _answer(handler: BaseHTTPRequestHandler, stub: Stub, mode: str) -> None:
    if mode == "error-500":
        _send(handler, 500, {"error": {"message": "it broke 1 time", "type": "server_error"}})
    elif mode == "html":
        _send_bytes(handler, 200, b"<html><body>1 Gateway</body></html>", "text/html")
    elif mode == "cut-off":
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"choices": [{"message": {"content": "1')
        handler.close_connection = True
    elif mode == "hang":
        time.sleep(HANG_SECONDS)
        handler.close_connection = True
    else:
        _send(handler, 200, _completion("" if mode == "empty" else stub.answer))


def _completion(text: str) -> dict[str, Any]:
    return {
        "id": "stub",
        "object": "chat.completion",
        "created": 0,
        "model": "stub",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": len(text.split()), "total_tokens": 10 + len(text.split())},
    }


def _send(handler: BaseHTTPRequestHandler, code: int, content: Any) -> None:
    _send_bytes(handler, code, json.dumps(content).encode(), "application/json")


def _send_bytes(handler: BaseHTTPRequestHandler, code: int, body: bytes, kind: str) -> None:
    handler.send_response(code)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def main() -> None:
    """Serve in the foreground."""
    parser = argparse.ArgumentParser(description="Answer every question of an OpenAI client with the same text.")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--answer", default="1")
    asked = parser.parse_args()
    try:
        with serving(Stub(answer=asked.answer), port=asked.port) as stub:
            print(f"{stub.address} answers {stub.answer!r} to everything", flush=True)
            threading.Event().wait()
    except OSError as error:
        sys.exit(f"error: port {asked.port}: {error.strerror}. Give another --port.")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
