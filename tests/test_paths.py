from pathlib import Path

import pytest

from sarbench import paths


def test_home_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("SARBENCH_HOME", raising=False)
    assert paths.home() == tmp_path / "sarbench"
    monkeypatch.setenv("SARBENCH_HOME", "relative")
    monkeypatch.chdir(tmp_path)
    assert paths.home() == tmp_path / "relative"
    assert paths.built("sar-text") == tmp_path / "relative" / "sar-text"
    monkeypatch.setenv("SARBENCH_HOME", "~/data")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert paths.home() == tmp_path / "data"


def test_what_is_shipped_is_there() -> None:
    assert (paths.tasks() / "sarbench.yaml").is_file()
    assert (paths.leaderboard() / "errata.md").is_file()
