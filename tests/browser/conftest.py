"""A Chromium without a window that opens pages from disk, and the site it opens."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from sarbench.board import render_site
from tests.board.board_runs import many_runs, speckle

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SCRIPT = re.compile(r"<script src=.*?</script>")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--allow-file-access-from-files",
    "--window-size=1280,900",
)
_BUDGETS = (6_000, 60_000, 600_000)
"""Milliseconds of the page's own clock. It runs on while a busy machine decodes a picture, and ends the visit then."""


@dataclass(frozen=True)
class Visit:
    """What a page looked like after its scripts ran."""

    dom: str
    console: list[str]
    """Lines that the page wrote to the console, errors included."""

    @property
    def ended(self) -> bool:
        """Whether the test's own script came to its end."""
        return '<pre id="result"></pre>' not in self.dom

    @property
    def result(self) -> Any:
        """What the test's own script left in `pre#result`."""
        found = re.search(r'<pre id="result">(.*?)</pre>', self.dom, re.DOTALL)
        assert found, "the test's script left no result"
        return json.loads(unescape(found[1]))


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = f"none of {', '.join(_NAMES)} is installed"
        if os.environ.get("SARBENCH_REQUIRE_BROWSER") == "1":
            pytest.fail(f"SARBENCH_REQUIRE_BROWSER=1, but {reason}")
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Path:
    folder = tmp_path_factory.mktemp("browser")

    def chips(_run: Any, image_ids: Any) -> dict[str, bytes]:
        return {image: speckle(image) for image in image_ids}

    return render_site(many_runs(folder / "runs"), folder / "site", chips=chips, samples_per_task=4).parent


@pytest.fixture
def visit(chromium: str, site: Path, tmp_path: Path) -> Callable[..., Visit]:
    """Open a page of the site from disk; `script` runs in it after load and what it returns is the result.

    A `bare` page has lost the site's own script.
    """

    def opened(page: str, *flags: str, query: str = "", script: str | None = None, bare: bool = False) -> Visit:
        path = site / page
        if script is not None:
            path = path.with_name(f"test-{tmp_path.name}-{path.name}")
            hook = f"""<pre id="result"></pre><script>addEventListener("load", async function () {{
                const result = await (async function () {{ {script} }})();
                document.getElementById("result").textContent = JSON.stringify(result);
            }});</script>"""
            text = (site / page).read_text()
            text = _SCRIPT.sub("", text) if bare else text
            path.write_text(text.replace("</body>", hook + "</body>"))
        try:
            for budget in _BUDGETS:
                timed = (f"--virtual-time-budget={budget}", *flags)
                seen = _open(chromium, path.as_uri() + query, timed, tmp_path / "profile")
                if script is None or seen.ended:
                    break
            return seen
        finally:
            if script is not None:
                path.unlink()

    return opened


def _open(chromium: str, url: str, flags: tuple[str, ...], profile: Path) -> Visit:
    command = [chromium, *_FLAGS, *flags, f"--user-data-dir={profile}", "--dump-dom", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return Visit(done.stdout, [line for line in done.stderr.splitlines() if ":CONSOLE" in line])
