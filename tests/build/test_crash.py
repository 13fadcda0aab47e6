"""A build that is killed: whatever moment it dies at, the folder holds old data or new, and the next build works."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import sarbench
from sarbench.build import build, read_index
from sarbench.build.index import parse_index
from sarbench.build.staging import WORK_NAME
from tests.build.fake import write_coco

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")

WHILE_WRITING = """
import functools, sys
from pathlib import Path
import sarbench.build.split as split
from sarbench.build.batches import batches
split.batches = functools.partial(batches, max_rows=1)
from sarbench.build import build
def progress(place, rows):
    if list(Path(sys.argv[2]).rglob("*.part")):
        os.kill(os.getpid(), signal.SIGKILL)
"""

WHILE_RENAMING = """
import sys
from pathlib import Path
from sarbench.build import build
left = [int(sys.argv[3])]
rename = Path.rename
def dying(self, target):
    if Path(target).suffix != ".parquet":  # shards get their final names inside the work folder
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
Path.rename = dying
progress = None
"""

BUILD = """
build("sardet-100k", data_dir=Path(sys.argv[1]), out=Path(sys.argv[2]), progress=progress)
"""


def run(script: str, *arguments: object) -> int:
    """Run a build in a child process that kills itself."""
    environment = {**os.environ, "PYTHONPATH": str(Path(sarbench.__file__).parents[1])}
    command = [sys.executable, "-c", f"import os, signal\n{script}{BUILD}", *map(str, arguments)]
    return subprocess.run(command, env=environment, check=False).returncode


def test_killed_while_writing_the_first_build(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 6})
    out = tmp_path / "out"
    assert run(WHILE_WRITING, raw, out) == -signal.SIGKILL
    assert [path.name for path in out.iterdir()] == [WORK_NAME]
    assert list(out.rglob("*.parquet")) == []
    assert build("sardet-100k", data_dir=raw, out=out) == read_index(out)
    assert not (out / WORK_NAME).exists()


@pytest.mark.parametrize("renames", [0, 1])
def test_killed_while_swapping(tmp_path: Path, renames: int) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 2})
    out = tmp_path / "out"
    build("sardet-100k", data_dir=raw, out=out)
    new = write_coco(tmp_path / "new", {"train": 3}, first_seed=50)
    assert run(WHILE_RENAMING, new, out, renames) == -signal.SIGKILL
    assert parse_index(out) == read_index(out), "what the index lists is whole"
    assert build("sardet-100k", data_dir=new, out=out).configs["detection"]["train"].rows == 3
    assert read_index(out).configs["detection"]["train"].rows == 3
    assert not (out / WORK_NAME).exists()
