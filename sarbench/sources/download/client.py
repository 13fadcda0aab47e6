"""Requests to the Hub, and what its refusals mean.

The client is the standard library's: huggingface_hub's own has been requests, httpx and httpx2 within the range of
releases that sarbench supports, and takes endpoint and offline mode from the environment when it is imported. Here both
are read at each call.
"""

import http.client
import json
import os
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from sarbench._version import __version__
from sarbench.errors import InputError

WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts where the server does not say how long to wait."""

TIMEOUT = 30.0
"""Seconds without a byte after which a connection counts as dead."""

_HOST = "https://huggingface.co"
_TRUE = frozenset({"1", "on", "yes", "true"})
_LONGEST_WAIT = 300.0

T = TypeVar("T")


class PassingError(Exception):
    """A request that may go well when it is made again.

    Attributes:
        wait: Seconds after which the server wants to be asked again; None where it does not say.
    """

    def __init__(self, *, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class HubError(InputError):
    """The Hub is out of reach or refuses the repository: no other request to it will go better."""


class UnreachableError(HubError):
    """The Hub gave no usable answer, however often it was asked."""


def endpoint() -> str:
    """Return the Hub's address: `$HF_ENDPOINT`, or the public one."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or _HOST


def is_offline() -> bool:
    """Tell whether the environment forbids requests: `$HF_HUB_OFFLINE` or `$TRANSFORMERS_OFFLINE` is true."""
    return any(os.environ.get(name, "").lower() in _TRUE for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def page(repo_id: str) -> str:
    """Return the address of a dataset's page."""
    return f"{endpoint()}/datasets/{repo_id}"


def file_url(repo_id: str, commit: str, path: str) -> str:
    """Return the address of a file at a commit."""
    return f"{page(repo_id)}/resolve/{commit}/{quote(path)}"


def request(url: str, *, start: int = 0) -> http.client.HTTPResponse:
    """Open a URL of the Hub, from byte `start` on.

    The user's token goes to the Hub alone, never to a host that the Hub redirects to.

    Raises:
        PassingError: No connection, or the server is busy or broken.
        urllib.error.HTTPError: The server refuses.
    """
    asked = urllib.request.Request(
        url, headers={"User-Agent": f"sarbench/{__version__}", "Accept-Encoding": "identity"}
    )
    if start:
        asked.add_header("Range", f"bytes={start}-")
    _authorise(asked)
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or ""
    opener = urllib.request.build_opener(_Redirects, urllib.request.HTTPSHandler(context=_certificates(bundle)))
    try:
        response: http.client.HTTPResponse = opener.open(asked, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code >= 500 or error.code in (408, 425, 429):
            raise PassingError(reason=f"status {error.code}", wait=_wait(error)) from error
        raise
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise PassingError(reason=str(reason) or type(reason).__name__) from error
    return response


def read_json(url: str) -> tuple[Any, str]:
    """Return what a URL of the Hub's API answers, and its `Link` header.

    Raises:
        PassingError: No connection, a broken one, or an answer that is not JSON.
        urllib.error.HTTPError: The server refuses.
    """
    with request(url) as response:
        try:
            return json.loads(response.read()), response.headers.get("Link", "")
        except (OSError, http.client.HTTPException) as error:
            raise PassingError(reason=f"the answer broke off ({error})") from error
        except (ValueError, RecursionError) as error:
            raise PassingError(reason="the answer is not JSON; is a proxy or a login page in between?") from error


def patiently(task: Callable[[], T]) -> T:
    """Run a task again, a few times, while it fails with a `PassingError`.

    Raises:
        PassingError: It failed each time.
    """
    for pause in WAITS:
        try:
            return task()
        except PassingError as error:
            time.sleep(pause if error.wait is None else error.wait)
    return task()


def refusal(error: urllib.error.HTTPError, repo_id: str, revision: str, *, path: str | None = None) -> InputError:
    """Say what a refusal means and what to do about it.

    Args:
        error: The Hub's answer.
        repo_id: The repository.
        revision: The revision that was asked for.
        path: The file that was asked for.
    """
    code = error.headers.get("X-Error-Code", "")
    where = page(repo_id)
    login = "log in with `hf auth login`, or set HF_TOKEN"
    if code == "GatedRepo":
        known = error.code == 403
        problem = "is gated, and " + ("your account has no access to it" if known else "you are not logged in")
        fix = f"Accept the authors' terms on that page{'' if known else f', then {login}'}"
    elif code == "RepoNotFound" or (error.code in (401, 403) and not code):
        problem = "there is no such dataset on the Hub, or it is private"
        fix = f"Check its name; for a private one {login} (and check that a token given is valid)"
    elif code == "RevisionNotFound":
        problem, fix = (
            f"has no revision {revision!r}",
            "Check the revision: a branch, a tag or a commit of that repository",
        )
    elif error.code == 404 and path is not None:
        where, problem = f"{where}, {path}", f"is not there at revision {revision}, although the repository lists it"
        fix = "Try again later, or choose another revision"
    else:
        problem = f"the Hub refused ({error.code} {error.headers.get('X-Error-Message') or error.reason})"
        fix = "Check HF_ENDPOINT and your token, and try again"
    kind = InputError if error.code == 404 and path is not None else HubError
    return kind(where=where, problem=problem, fix=fix)


def unreachable(reason: object) -> UnreachableError:
    """Return the error for a Hub that gives no usable answer."""
    fix = "Check the network, proxy and HF_ENDPOINT and run it again; what has arrived is kept"
    return UnreachableError(where=endpoint(), problem=f"cannot be reached ({reason})", fix=fix)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects without giving the token away or leaving encryption."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        schemes = (urlsplit(req.full_url).scheme, urlsplit(newurl).scheme)
        if schemes[1] not in ("https", schemes[0]):
            problem = f"redirects to {schemes[1]}, which is not safe"
            raise urllib.error.HTTPError(req.full_url, code, problem, headers, fp)
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None:
            _authorise(following)
        return following


def _authorise(asked: urllib.request.Request) -> None:
    """Add the user's token where the request goes to the Hub itself; a redirect does not carry it on."""
    hub, there = urlsplit(endpoint()), urlsplit(asked.full_url)
    if (hub.scheme, hub.netloc) == (there.scheme, there.netloc):
        from huggingface_hub import get_token

        if token := get_token():
            asked.add_unredirected_header("Authorization", f"Bearer {token}")


@cache  # reading hundreds of certificates takes longer than fetching a small file
def _certificates(named: str) -> ssl.SSLContext:
    """Trust the named file, else the system, else (a Python without certificates) certifi's list."""
    if named and os.path.isfile(named):  # noqa: PTH113 (an environment variable, not a path of ours)
        return ssl.create_default_context(cafile=named)
    known = ssl.get_default_verify_paths()
    if not (known.cafile or known.capath) and find_spec("certifi"):
        import certifi

        return ssl.create_default_context(cafile=certifi.where())
    return ssl.create_default_context()


def _wait(error: urllib.error.HTTPError) -> float | None:
    """Read `Retry-After`, or the seconds to the next window in the Hub's `RateLimit: "resolvers";r=0;t=117`."""
    window = re.search(r";\s*t=(\d+)", error.headers.get("RateLimit", ""))
    said = error.headers.get("Retry-After", "") or (window[1] if window else "")
    return min(float(said), _LONGEST_WAIT) if said.isdigit() else None
