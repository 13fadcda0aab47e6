"""One request to an OpenAI-compatible server, with nothing but the standard library: it becomes a reply or a failure.

A server may answer 500, hang, send a page of HTML, stop in the middle: each is a `Failure` with its reason, none is an
exception. Redirects are not followed, so that a key goes nowhere else.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sarbench.errors import InputError

UNREPORTED = "(not reported)"
"""Stands for the model's name where a server does not give one."""

_LARGEST = 4 << 20
"""Bytes of the longest reply that is read."""

_SHORTEST, _LONGEST = 0.1, 86_400
"""Seconds that one attempt may be given."""

_SHOWN = 160
"""Characters of a server's own words in a message."""

_AGAIN = frozenset({408, 409, 425, 429})
"""Statuses below 500 that may be gone at the next attempt."""

_OWN = frozenset({400, 413, 422})
"""Statuses that may be about this one question, e.g. because it is too long."""


class Reply(NamedTuple):
    """What the judge said, and the name that its server gave it."""

    model: str
    text: str


class Failure(NamedTuple):
    """Why there is no reply."""

    reason: str
    again: bool = False
    """Whether another attempt may help."""
    everywhere: bool = False
    """Whether every other question would fail alike."""
    unreached: bool = False
    """Whether no connection came about: nothing listens there, or the name is not known."""
    wait: float | None = None
    """Seconds that the server asks to wait."""


@dataclass(frozen=True)
class Endpoint:
    """A chat-completions server and the model that is asked for."""

    base_url: str
    """Up to and with `/v1`, without `/chat/completions`."""
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    """Seconds for one attempt."""


def checked_url(url: str) -> str:
    """Return a base URL without its final slash.

    Raises:
        InputError: It is no http(s) URL, or holds a password, a query or a fragment, which would be recorded.
    """
    no_url = InputError(
        where=f"--base-url {_visible(url)}", problem="is no http URL", fix="Give e.g. http://localhost:8000/v1"
    )
    if not url.isascii() or not url.isprintable() or " " in url:
        raise no_url
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise no_url from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise no_url
    if parts.username or parts.password or parts.query or parts.fragment:
        shown = f"--base-url {parts.scheme}://{parts.hostname}…"
        fix = "Give the address alone, and the key with --api-key-env"
        raise InputError(where=shown, problem="holds a user, a query or a fragment", fix=fix)
    return url.rstrip("/").removesuffix("/chat/completions")


def checked_model(name: str) -> str:
    """Return the name that a model is asked by.

    Raises:
        InputError: It is no text that a file can hold, or none at all.
    """
    if not name.strip() or _visible(name) != name:
        problem = "is empty" if not name.strip() else "holds what no name holds"
        raise InputError(
            where=f"--judge-model {_visible(name)}", problem=problem, fix="Give the name that the server knows it by"
        )
    return name


def checked_timeout(seconds: float) -> float:
    """Return a time that a socket can wait.

    Raises:
        InputError: It is below a tenth of a second, beyond a day, or no number.
    """
    if not _SHORTEST <= seconds <= _LONGEST:  # not so for NaN either
        fix = f"Give {_SHORTEST:g} to {_LONGEST} seconds"
        raise InputError(where=f"--timeout {seconds:g}", problem="is no time to wait for a reply", fix=fix)
    return seconds


def request_reply(endpoint: Endpoint, message: str, sampling: Mapping[str, Any]) -> Reply | Failure:
    """Send one message and return what came of it."""
    body = {"model": endpoint.model, "messages": [{"role": "user", "content": message}], **sampling}
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "sarbench"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    request = Request(
        f"{endpoint.base_url}/chat/completions", data=json.dumps(body).encode(), headers=headers, method="POST"
    )
    try:
        with build_opener(_NoRedirect).open(request, timeout=endpoint.timeout) as response:
            return _read(_body(response, endpoint.timeout))
    except HTTPError as error:
        return _refusal(error)
    except TimeoutError:
        return Failure(f"no reply within {endpoint.timeout:g} s", again=True)
    except URLError as error:
        timed_out = isinstance(error.reason, TimeoutError)
        reason = f"no reply within {endpoint.timeout:g} s" if timed_out else f"cannot be reached ({error.reason})"
        return Failure(reason, again=True, unreached=True)
    except (HTTPException, OSError) as error:
        return Failure(f"the connection broke ({type(error).__name__}: {error})"[:_SHOWN], again=True)


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Leave the redirect as the error that it is."""
        return


def _body(response: Any, seconds: float) -> bytes:
    """Read a response within a time: that of a socket alone starts anew with every byte."""
    end, parts, size = time.monotonic() + seconds, [], 0
    while part := response.read1(1 << 16):
        parts.append(part)
        size += len(part)
        if size > _LARGEST:
            break
        if time.monotonic() > end:
            raise TimeoutError
    return b"".join(parts)


def _read(body: bytes) -> Reply | Failure:
    try:
        content = json.loads(body)
        text = content["choices"][0]["message"]["content"]
        model = content.get("model") or UNREPORTED
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Failure(f"sent no chat completion: {_shown(body)}", again=True)
    if not isinstance(model, str) or not isinstance(text, str | None):
        return Failure(f"sent no chat completion: {_shown(body)}", again=True)
    # A model that only thought, or a filter that took the words away: a reply without words.
    return Reply(_visible(model), _storable(text or ""))


def _refusal(error: HTTPError) -> Failure:
    try:
        said = _shown(error.read(_LARGEST))
    except (HTTPException, OSError):
        said = ""
    again = error.code in _AGAIN or error.code >= 500
    reason = f"answered {error.code}{': ' if said else ''}{said}"
    return Failure(reason, again, everywhere=not again and error.code not in _OWN, wait=_seconds(error))


def _seconds(error: HTTPError) -> float | None:
    value = (error.headers.get("Retry-After") or "").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _shown(body: bytes) -> str:
    text = " ".join(body[: 4 * _SHOWN].decode("utf-8", "replace").split())
    printable = "".join(letter for letter in text if letter.isprintable())
    return printable[:_SHOWN] + ("…" if len(printable) > _SHOWN else "")


def _storable(text: str) -> str:
    """Spell out half an emoji, which no file can hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def _visible(text: str) -> str:
    """Spell out half an emoji and control characters, which no message can show."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
