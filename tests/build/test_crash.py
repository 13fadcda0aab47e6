"""A build that is killed: whatever moment it dies at, the folder holds old data or new, and the next build works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sarbench
from sarbench.build import build, parts
from sarbench.build.folder.staging import WORK_NAME
from tests.build.fake import write_coco

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(sarbench.__file__).parents[1])}

KILLED = """
import os, signal, sys
from pathlib import Path
from sarbench.build import build, parts
parts.PART_GROUPS = 2
rows_left = [int(sys.argv[3])]
def progress(place, rows):
    rows_left[0] -= rows
    if rows_left[0] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
build("sardet-100k", data_dir=Path(sys.argv[1]), out=Path(sys.argv[2]), progress=progress)
"""


@pytest.mark.slow
def test_killed_at_every_few_steps(tmp_path: Path) -> None:
    old = write_coco(tmp_path / "raw-old", {"train": 2, "test": 3})
    new = write_coco(tmp_path / "raw-new", {"train": 5, "test": 3}, first_seed=50)
    script = Path(__file__).with_name("dying.py")
    command = [sys.executable, str(script), str(old), str(new), str(tmp_path), "5", "9"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) > 40


@pytest.mark.slow
def test_finished_parts_are_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, out = write_coco(tmp_path / "raw", {"train": 7}), tmp_path / "out"
    command = [sys.executable, "-c", KILLED, str(raw), str(out), "5"]
    assert subprocess.run(command, env=ENVIRONMENT, check=False).returncode == -9
    assert [path.name for path in out.iterdir()] == [WORK_NAME]
    monkeypatch.setattr(parts, "PART_GROUPS", 2)
    written: list[int] = []
    inside = parts.write_part

    def counted(job: parts.SplitJob, opened: object, number: int, *, tick: parts.Tick) -> None:
        written.append(number)
        inside(job, opened, number, tick=tick)  # type: ignore[arg-type]

    monkeypatch.setattr("sarbench.build.engines.local.write_part", counted)
    index = build("sardet-100k", data_dir=raw, out=out)
    assert written == [2, 3], "0 and 1 were finished"
    assert not (out / WORK_NAME).exists()
    assert build("sardet-100k", data_dir=raw, out=tmp_path / "other") == index


@pytest.mark.slow
def test_parts_of_other_inputs_are_not_used(tmp_path: Path) -> None:
    raw, out = write_coco(tmp_path / "raw", {"train": 7}), tmp_path / "out"
    command = [sys.executable, "-c", KILLED, str(raw), str(out), "5"]
    assert subprocess.run(command, env=ENVIRONMENT, check=False).returncode == -9
    chip = next((raw / "JPEGImages" / "train").iterdir())
    chip.write_bytes(chip.read_bytes() + b"\0")
    build("sardet-100k", data_dir=raw, out=out)
    build("sardet-100k", data_dir=raw, out=tmp_path / "other")
    files = [path.relative_to(out) for path in out.rglob("*") if path.is_file()]
    assert all((out / file).read_bytes() == (tmp_path / "other" / file).read_bytes() for file in files)
