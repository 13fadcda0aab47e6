"""Kills builds: every n-th step that changes the folder is the last one of a build, and what is left is looked at.

Run as a script, which imports the package once and forks a process for each build, so that hundreds of deaths are
cheap: `dying.py RAW_OLD RAW_NEW FOLDER FIRST EVERY`. It prints what it has seen, and leaves with 1 when a reader would
have been hurt.
"""

import hashlib
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sarbench.build import ImageStore, build, parts, read_index
from sarbench.build.folder import exchange as exchange

STEPS = ("rename", "replace", "link", "rmdir", "symlink")

Seen = dict[str, str]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def whole(folder: Path) -> Seen:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): digest(path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def by_index(folder: Path) -> Seen:
    """What a reader of the index finds, whatever the paths are."""
    index = read_index(folder)
    seen: Seen = {}
    for config, splits in index.configs.items():
        for split, built in splits.items():
            seen |= {f"{config}/{split}/{n}": digest((folder / f.path).read_bytes()) for n, f in enumerate(built.files)}
    for split in index.images:
        store = ImageStore(folder, split)
        seen |= {f"{split}:{place}": digest(store.read(*place)) for place in store}
    return seen


def by_glob(folder: Path) -> dict[str, Seen]:
    """What plain `datasets` finds, config by config."""
    configs = {path.name: path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")}
    return {name: whole(path) for name, path in configs.items()}


def make(raw: Path, out: Path) -> None:
    parts.PART_GROUPS = 2
    build("sardet-100k", data_dir=raw, out=out, layout="joined", lite=2)


def die_at(step: int) -> None:
    """Let this process kill itself after so many steps."""
    left = [step]

    def dying(inside: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return inside(*args, **kwargs)

        return call

    for name in STEPS:
        setattr(os, name, dying(getattr(os, name)))
    exchange._exchanged_at_once = dying(exchange._exchanged_at_once)


def forked(work: Callable[[], None]) -> int:
    """Do something in a process of its own; return its exit code, negative for a signal."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def look(out: Path, old: Path, new: Path) -> None:
    """Make sure that a reader of the index sees one build whole, and a glob each config whole."""
    assert by_index(out) in (by_index(old), by_index(new)), "the index shows a mixture"
    before, after = by_glob(old), by_glob(new)
    for config, seen in by_glob(out).items():
        assert seen in (before.get(config), after.get(config)), f"{config} is a mixture"
    assert set(by_glob(out)) >= set(before) & set(after), "a config is missing"


def again(raw: Path, out: Path, new: Path) -> None:
    make(raw, out)
    there, wanted = whole(out), whole(new)
    differing = sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name))
    assert not differing, f"the next build differs in {differing}"


def main() -> int:
    raw_old, raw_new, folder = (Path(argument) for argument in sys.argv[1:4])
    old, new, out = folder / "old", folder / "new", folder / "out"
    if forked(lambda: make(raw_old, old)) or forked(lambda: make(raw_new, new)):
        return 1

    def dying(step: int) -> None:
        die_at(step)
        make(raw_new, out)

    step = int(sys.argv[4])
    while True:
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(old, out)
        code = forked(lambda step=step: dying(step))  # type: ignore[misc]
        if code not in (0, -signal.SIGKILL):
            return 1
        if forked(lambda: look(out, old, new)) or forked(lambda: again(raw_new, out, new)):
            print(f"killed at step {step}")
            return 1
        if code == 0:
            print(f"{step} steps")
            return 0
        step += int(sys.argv[5])


if __name__ == "__main__":
    sys.exit(main())
