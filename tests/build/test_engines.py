"""Several processes: equal bytes, and a clean end whatever happens to one of them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sarbench
from sarbench.build import build, parts
from sarbench.build.index import Layout
from tests.build.fake import write_coco

BUILD = """
import os, signal, sys
from pathlib import Path
from sarbench.build import build, parts
from sarbench.build.engines import local as engines
from sarbench.errors import SarbenchError

inside = parts.write_part

def write_part(job, opened, number, *, tick):
    if number == 1:
        {harm}
    inside(job, opened, number, tick=tick)

engines.write_part = write_part  # in the workers too: they import this file
parts.PART_GROUPS = 2

if __name__ == "__main__":
    try:
        build("sardet-100k", data_dir=Path(sys.argv[1]), out=Path(sys.argv[2]), workers=2)
    except SarbenchError as error:
        print(type(error).__name__, error)
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["flat", "joined"])
def test_two_processes_write_what_one_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: Layout) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 7, "test": 3})
    monkeypatch.setattr(parts, "PART_GROUPS", 2)
    seen: list[int] = []
    one = build("sardet-100k", data_dir=raw, out=tmp_path / "one", layout=layout, lite=2)
    two = build(
        "sardet-100k",
        data_dir=raw,
        out=tmp_path / "two",
        layout=layout,
        lite=2,
        workers=2,
        progress=lambda place, rows: seen.append(rows),
    )
    assert one == two
    assert sum(seen) == 10
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def start(tmp_path: Path, harm: str) -> subprocess.Popen[str]:
    raw = write_coco(tmp_path / "raw", {"train": 8})
    script = tmp_path / "script.py"
    script.write_text(BUILD.format(harm=harm))
    environment = {**os.environ, "PYTHONPATH": str(Path(sarbench.__file__).parents[1])}
    command = [sys.executable, str(script), str(raw), str(tmp_path / "out")]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def gone(group: int) -> bool:
    """Whether every process of a session has ended."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_a_killed_worker_is_told(tmp_path: Path) -> None:
    child = start(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    told, _ = child.communicate(timeout=60)
    assert told.startswith("RunError")
    assert "a worker was killed while it wrote detection/train" in told
    assert gone(child.pid)
    assert not (tmp_path / "out" / "sarbench.json").exists()
    assert build("sardet-100k", data_dir=tmp_path / "raw", out=tmp_path / "out").configs["detection"]["train"].rows == 8


@pytest.mark.slow
def test_an_error_in_a_part_is_told_and_stops_the_others(tmp_path: Path) -> None:
    child = start(tmp_path, 'raise OSError(28, "No space left on device", "x")')
    told, errors = child.communicate(timeout=60)
    assert told.startswith("InputError"), errors
    assert "No space left on device" in told
    assert gone(child.pid)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_build(tmp_path: Path, number: int) -> None:
    waiting = tmp_path / "waiting"
    harm = f"""open({str(waiting)!r}, "w")
        import time
        for _ in range(600):
            time.sleep(0.05)
            tick(0)"""
    child = start(tmp_path, harm)
    while not waiting.exists():
        assert child.poll() is None, child.communicate()
        time.sleep(0.05)
    if number == signal.SIGINT:
        os.killpg(child.pid, number)  # as a terminal does
    else:
        child.kill()
    child.communicate(timeout=60)
    assert gone(child.pid)
    if number == signal.SIGINT:
        assert list((tmp_path / "out").iterdir()) == []
