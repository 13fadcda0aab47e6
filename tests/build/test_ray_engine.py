"""Ray Data on a cluster of this machine."""

import importlib.util
from pathlib import Path

import pytest

from sarbench.build import build, parts
from sarbench.errors import InputError, MissingExtraError
from tests.build.fake import write_coco

needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs sarbench[ray]")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@needs_ray
@pytest.mark.slow
def test_ray_writes_what_one_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 5})
    monkeypatch.setattr(parts, "PART_GROUPS", 2)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    build("sardet-100k", data_dir=raw, out=tmp_path / "one", layout="joined")
    capfd.readouterr()
    seen: list[int] = []
    build(
        "sardet-100k",
        data_dir=raw,
        out=tmp_path / "ray",
        layout="joined",
        workers=2,
        engine="ray",
        progress=lambda place, rows: seen.append(rows),
    )
    assert contents(tmp_path / "ray") == contents(tmp_path / "one")
    assert sorted(seen) == [1, 2, 2]
    assert capfd.readouterr().out == ""


@needs_ray
def test_errors_come_back_as_rows(tmp_path: Path) -> None:
    from sarbench.build.engines.ray import _raise

    with pytest.raises(InputError, match=r"a.json: is bad\. Mend it\."):
        _raise({"part": 1, "where": "a.json", "problem": "is bad", "fix": "Mend it", "errno": None})
    with pytest.raises(OSError, match="No space left"):
        _raise({"part": 1, "where": None, "problem": "No space left", "fix": None, "errno": 28})
    _raise({"part": 1, "where": None, "problem": None, "fix": None, "errno": None})


def test_without_ray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 1})
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r'Ray is not installed.*pip install "sarbench\[ray\]"'):
        build("sardet-100k", data_dir=raw, out=tmp_path / "out", engine="ray")
    assert not (tmp_path / "out").exists()
