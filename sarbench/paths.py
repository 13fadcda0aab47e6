"""Where built data, task files and leaderboard content live."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent


def home() -> Path:
    """Return `$SARBENCH_HOME`, or `sarbench` in the user's cache folder. Built sets lie in it as `<name>/`."""
    if configured := os.environ.get("SARBENCH_HOME"):
        return Path(configured).expanduser().absolute()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache).expanduser() if cache else Path.home() / ".cache") / "sarbench"


def built(name: str) -> Path:
    """Return the folder of the built set `name` under `home()`; it need not exist."""
    return home() / name


def tasks() -> Path:
    """Return the folder of the lmms-eval YAMLs: inside the wheel, or at the top of a source checkout."""
    return _shipped("tasks")


def leaderboard() -> Path:
    """Return the folder of what is on the board: inside the wheel, or at the top of a source checkout."""
    return _shipped("leaderboard")


def _shipped(name: str) -> Path:
    inside = _PACKAGE / f"_{name}"
    return inside if inside.is_dir() else _PACKAGE.parent / name
