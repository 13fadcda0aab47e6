import time
from collections.abc import Callable
from typing import Any

import pytest

from sarbench.errors import InputError
from sarbench.judge.endpoint import (
    UNREPORTED,
    Endpoint,
    Failure,
    Reply,
    checked_model,
    checked_timeout,
    checked_url,
    request_reply,
)
from tests.judge.stub_server import Handler, serving

Behave = Callable[[Handler, dict[str, Any], int], None]


def once(behave: Behave, *, timeout: float = 5.0) -> Reply | Failure:
    with serving(behave) as stub:
        return request_reply(Endpoint(stub.url, "j", timeout=timeout), "?", {"temperature": 0})


def hang(handler: Handler, body: dict[str, Any], number: int) -> None:
    handler.server.release.wait(10)
    handler.close_connection = True


def drip(handler: Handler, body: dict[str, Any], number: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    while not handler.server.release.wait(0.05):
        handler.wfile.write(b" ")


def cut(handler: Handler, body: dict[str, Any], number: int) -> None:
    handler.send(200, b'{"model": "m", "choices": [{"mess', claim=500)


def cut_chunks(handler: Handler, body: dict[str, Any], number: int) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"40\r\nshort")
    handler.close_connection = True


def drop(handler: Handler, body: dict[str, Any], number: int) -> None:
    handler.close_connection = True


@pytest.mark.parametrize(
    ("behave", "words", "again"),
    [
        (lambda h, b, n: h.send(500, b"<h1>oops</h1>"), "answered 500: <h1>oops</h1>", True),
        (lambda h, b, n: h.send(429, b"", Retry_After="7"), "answered 429", True),
        (lambda h, b, n: h.send(401, b'{"error": "bad key"}'), "answered 401", False),
        (lambda h, b, n: h.send(404, b"no such model"), "no such model", False),
        (lambda h, b, n: h.send(400, b"context length"), "context length", False),
        (lambda h, b, n: h.send(302, b"", Location="http://example.com/"), "answered 302", False),
        (lambda h, b, n: h.send(200, b"<html>Welcome to nginx</html>"), "no chat completion: <html>", True),
        (lambda h, b, n: h.send(200, b""), "no chat completion", True),
        (lambda h, b, n: h.send(200, b"[]"), "no chat completion", True),
        (lambda h, b, n: h.send(200, b'{"choices": [{"message": {"content": 1}}]}'), "no chat completion", True),
        (lambda h, b, n: h.send(200, b"[" * 100_000), "no chat completion", True),
        (lambda h, b, n: h.send(200, b"\xff\xfe\x00\x1b[31m"), "no chat completion", True),
        (cut, "", True),
        (cut_chunks, "broke", True),
        (drop, "broke", True),
    ],
)
def test_failures_have_a_reason(behave: Behave, words: str, again: bool) -> None:
    found = once(behave)
    assert isinstance(found, Failure)
    assert words in found.reason
    assert found.again is again
    assert "\x1b" not in found.reason


def test_what_fails_everywhere_is_told_from_what_fails_here() -> None:
    assert once(lambda h, b, n: h.send(401, b"")).everywhere  # type: ignore[union-attr]
    assert not once(lambda h, b, n: h.send(413, b"")).everywhere  # type: ignore[union-attr]
    assert once(lambda h, b, n: h.send(429, b"", Retry_After="7")).wait == 7.0  # type: ignore[union-attr]


@pytest.mark.parametrize("behave", [hang, drip])
def test_a_server_that_hangs_is_left(behave: Behave) -> None:
    began = time.monotonic()
    assert once(behave, timeout=0.3) == Failure("no reply within 0.3 s", again=True)
    assert time.monotonic() - began < 5


def test_nobody_there() -> None:
    with serving(drop) as stub:
        url = stub.url
    found = request_reply(Endpoint(url, "j", timeout=5), "?", {})
    assert isinstance(found, Failure)
    assert "cannot be reached" in found.reason
    assert (found.again, found.unreached) == (True, True)


def test_replies_as_they_come() -> None:
    assert once(lambda h, b, n: h.reply(" Yes.\n")) == Reply("judge-7b@abc", " Yes.\n")
    assert once(lambda h, b, n: h.reply(None, model=None)) == Reply(UNREPORTED, "")
    assert once(lambda h, b, n: h.reply("\ud83d")) == Reply("judge-7b@abc", "\\ud83d")


def test_a_reported_name_is_one_visible_line() -> None:
    assert once(lambda h, b, n: h.reply("yes", model="a\n\x1bß")) == Reply("a\\n\\x1bß", "yes")


def test_the_request_is_a_chat_completion_with_the_key() -> None:
    with serving(lambda h, b, n: h.reply("yes")) as stub:
        request_reply(Endpoint(stub.url, "j", key="k"), "é?", {"temperature": 0})
    assert stub.seen == [
        {
            "path": "/v1/chat/completions",
            "body": {"model": "j", "messages": [{"role": "user", "content": "é?"}], "temperature": 0},
            "key": "Bearer k",
        }
    ]


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(Endpoint("http://h/v1", "j", key="secret"))


def test_urls() -> None:
    assert checked_url("http://h:1/v1/") == "http://h:1/v1"
    assert checked_url("https://h/v1/chat/completions") == "https://h/v1"
    bad = ("h:8000", "file:///etc/passwd", "http://", "http://[bad/v1", "http://h:99999/v1", "http://h:x/v1")
    unsendable = ("http://h h/v1", "http://h/v1\r\nX: y", "http://ü.example/v1", "http://h/\udcff", "http://h/\x1b[31m")
    for url in (*bad, *unsendable):
        with pytest.raises(InputError, match="no http URL") as caught:
            checked_url(url)
        assert str(caught.value).isprintable()
    with pytest.raises(InputError, match="user") as error:
        checked_url("https://me:secret@h/v1")
    assert "secret" not in str(error.value)


def test_names_that_a_model_is_asked_by() -> None:
    assert checked_model("org/qwen-7b@é") == "org/qwen-7b@é"
    for name in ("j\udcff", "j\x00", "", " ", "a\nb"):
        with pytest.raises(InputError, match="--judge-model") as caught:
            checked_model(name)
        assert str(caught.value).isprintable()


def test_times_to_wait() -> None:
    assert [checked_timeout(seconds) for seconds in (0.1, 60.0, 86_400.0)] == [0.1, 60.0, 86_400.0]
    for seconds in (0.0, -1.0, 1e300, float("inf"), float("nan")):
        with pytest.raises(InputError, match=r"--timeout .* is no time to wait"):
            checked_timeout(seconds)
