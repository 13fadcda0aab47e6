"""An OpenAI-compatible server that knows the true boxes of every image it is shown, and says them its own way."""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

from PIL import Image


def pixels(data: bytes) -> str:
    """Hash what an image shows, however it is encoded."""
    return hashlib.sha256(Image.open(BytesIO(data)).convert("RGB").tobytes()).hexdigest()


@contextmanager
def seeing(answers: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Serve answers to (pixels of the image, first line of the prompt); yield the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: Any) -> None:
            pass

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            parts = asked["messages"][-1]["content"]
            text = "\n".join(part["text"] for part in parts if part["type"] == "text")
            url = next(part["image_url"]["url"] for part in parts if part["type"] == "image_url")
            image = base64.b64decode(re.sub(r"^data:[^,]*,", "", url))
            said = answers.get((pixels(image), text.strip().splitlines()[0]), "I do not know this image.")
            message = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            reply = {"id": "x", "object": "chat.completion", "created": 0, "model": "seeing", "usage": usage}
            body = json.dumps({**reply, "choices": [message]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            thread.join()
