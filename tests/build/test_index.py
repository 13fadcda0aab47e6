import json
from pathlib import Path
from typing import Any

import pytest

from sarbench import sources
from sarbench.build import build, built_split, read_index
from sarbench.build.index import parse_index
from sarbench.errors import InputError, UnknownNameError
from tests.build.fake import fake_source, make_rows


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": make_rows([1, 2])}}))  # type: ignore[arg-type]
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    return tmp_path / "out"


def rewrite(folder: Path, **changes: Any) -> None:
    path = folder / "sarbench.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_read_back(built: Path) -> None:
    index = read_index(built)
    assert index.name == "fake"
    assert index.configs["a"]["train"].rows == 3
    assert index == parse_index(built)


@pytest.mark.parametrize(
    ("name", "problem"), [("nothing", "is not a folder"), ("empty", "holds no built dataset"), ("file", "not a folder")]
)
def test_no_built_folder(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=problem):
        read_index(tmp_path / name)


def test_half_an_index(built: Path) -> None:
    path = built / "sarbench.json"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="cannot be read by this version"):
        read_index(built)


def test_unknown_keys_come_from_another_version(built: Path) -> None:
    rewrite(built, layout="joined")
    with pytest.raises(InputError, match="layout"):
        read_index(built)


def test_other_schema_version(built: Path) -> None:
    rewrite(built, schema_version="0")
    with pytest.raises(InputError, match="schema version 0"):
        read_index(built)


def test_missing_and_cut_off_files_are_named(built: Path) -> None:
    file = built / read_index(built).configs["a"]["train"].files[0].path
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(InputError, match=rf"{file.name}: has [\d,]+ bytes where [\d,]+ were written"):
        read_index(built)
    file.unlink()
    with pytest.raises(InputError, match=f"{file.name}: is missing"):
        read_index(built)


def test_built_split_lists_what_there_is(built: Path) -> None:
    assert built_split(built, "a", "train").images == 2
    with pytest.raises(UnknownNameError, match="no config 'b'; there is a"):
        built_split(built, "b", "train")
    with pytest.raises(UnknownNameError, match="no split 'test'; there is train"):
        built_split(built, "a", "test")
