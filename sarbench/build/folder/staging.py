"""The work folder of a build: locked, cleaned of what a dead build left, and gone at the end."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sarbench.build.folder.commit import NEW_NAME, WORK_NAME, finish, is_committed
from sarbench.build.index import INDEX_NAME, BuiltIndex, FileIndex, check_files, parse_index
from sarbench.build.parts import RECORD_NAME
from sarbench.errors import InputError, RunError
from sarbench.files import locked

_PARTS_NAME = "parts"


@dataclass(frozen=True)
class Stage:
    """Where a build works.

    Attributes:
        out: The built folder, absolute.
        new: The folder that the new build is put together in; empty at first.
        parts: Where finished parts lie. Those of an interrupted build of the same inputs are still there.
        earlier: The index of what is whole in `out`; None where there is nothing.
    """

    out: Path
    new: Path
    parts: Path
    earlier: BuiltIndex | None


@contextmanager
def staging(out: Path, name: str, data_dir: Path, *, key: str) -> Iterator[Stage]:
    """Lock a built folder and yield a place to work in, `.building/` inside it.

    A build that was killed while it put its files in place is completed first. When the work ends with an error of the
    disk or a killed worker, finished parts stay for the next build; after any other end, nothing is left.

    Args:
        out: The built folder; made when needed.
        name: The dataset.
        data_dir: The authors' files.
        key: Parts that were finished under the same key are kept (`sarbench.build.folder.inputs_key`).

    Raises:
        InputError: `out` holds something else, lies within the authors' files, or is being built by another process.
    """
    if out.resolve().is_relative_to(data_dir.resolve()):
        problem = f"lies within the data folder {data_dir}"
        raise InputError(where=out, problem=problem, fix="Choose a folder outside, so that it is not read as data")
    if out.exists() and not out.is_dir():
        raise InputError(where=out, problem="is not a folder", fix="Choose another folder")
    out.mkdir(parents=True, exist_ok=True)
    out = out.resolve()
    with locked(out, problem="is being built by another process"):
        earlier = _earlier(out, name)
        stage = Stage(out, out / WORK_NAME / NEW_NAME, out / WORK_NAME / _PARTS_NAME / key, earlier)
        _clean(stage)
        try:
            yield stage
        except (OSError, RunError):
            _leave(stage, keep_parts=True)
            raise
        except BaseException:
            _leave(stage, keep_parts=False)
            raise
        _leave(stage, keep_parts=False)


def _earlier(out: Path, name: str) -> BuiltIndex | None:
    """Return the index of what is whole in the folder, None where the folder is empty."""
    for unfinished in out.glob(f".{INDEX_NAME}.*.tmp"):  # `sarbench.files.replacing` was killed
        unfinished.unlink()
    others = sorted(path.name for path in out.iterdir() if path.name != WORK_NAME)
    if not others:
        return None
    if INDEX_NAME not in others:
        problem = f"is not empty and holds no built dataset ({others[0]})"
        raise InputError(where=out, problem=problem, fix="Choose an empty folder, or one that sarbench built")
    if (found := parse_index(out).name) != name:
        raise InputError(where=out, problem=f"holds {found}", fix=f"Choose another folder for {name}")
    if is_committed(out):
        finish(out)
    return _whole(out, parse_index(out))


def _whole(out: Path, index: BuiltIndex) -> BuiltIndex:
    """Leave out what is no longer whole: splits, images, and joined splits without their images."""
    images = {
        split: stored for split, stored in index.images.items() if _are_whole(out, (*stored.files, stored.offsets))
    }
    configs = {
        config: {
            split: built
            for split, built in splits.items()
            if _are_whole(out, built.files) and (built.layout == "flat" or split in images)
        }
        for config, splits in index.configs.items()
    }
    lost = {
        f"{config}/{split}": "it was damaged since it was built, and was dropped; build it again"
        for config, splits in index.configs.items()
        for split in splits.keys() - configs[config].keys()
    }
    return index.model_copy(update={"configs": configs, "images": images, "left_out": lost})


def _are_whole(out: Path, files: tuple[FileIndex, ...]) -> bool:
    try:
        check_files(out, files)
    except InputError:
        return False
    return True


def _clean(stage: Stage) -> None:
    """Delete what a dead build left, but not the parts that this build can use."""
    work = stage.out / WORK_NAME
    for path in (*work.glob("*"), *stage.parts.parent.glob("*")):
        if path not in (stage.parts, stage.parts.parent):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    stage.new.mkdir(parents=True)


def _leave(stage: Stage, *, keep_parts: bool) -> None:
    if is_committed(stage.out):
        return  # the index points in there; the next build carries the rest out
    if keep_parts and any(stage.parts.rglob(RECORD_NAME)):
        shutil.rmtree(stage.new, ignore_errors=True)
    else:
        shutil.rmtree(stage.out / WORK_NAME, ignore_errors=True)
