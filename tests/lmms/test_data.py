from glob import glob
from pathlib import Path

import pytest

from sarbench.lmms import data


def test_a_path_becomes_a_glob_under_the_home(home: Path) -> None:
    assert getattr(data, "sarchat-2m/rebuilt-counting/test") == f"{home}/sarchat-2m/rebuilt-counting/test-*.parquet"


def test_a_home_with_brackets_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path / "home[1]"))
    shard = tmp_path / "home[1]" / "d" / "c" / "test-00000-of-00001.parquet"
    shard.parent.mkdir(parents=True)
    shard.touch()
    found = glob(getattr(data, "d/c/test"))  # noqa: PTH207 - a string, as datasets gets it
    assert found == [str(shard)]


def test_other_names_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'SARCHAT'"):
        _ = data.SARCHAT
