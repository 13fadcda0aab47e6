import json
import os
from pathlib import Path

import pytest

from sarbench.build.folder import exchange as exchange
from sarbench.build.folder.commit import NEW_NAME, WORK_NAME, commit, finish, is_committed
from sarbench.build.index import BuiltIndex, FileIndex, SplitIndex, parse_index, read_index, write_index


def split(path: str, data: str) -> SplitIndex:
    file = FileIndex(path=path, bytes=len(data))
    return SplitIndex(rows=1, images=1, bytes=len(data), data_digest=data, simulated=False, files=(file,))


def index(**configs: str) -> BuiltIndex:
    splits = {config: {"train": split(f"{config}/train-0", data)} for config, data in configs.items()}
    return BuiltIndex(schema_version="1", sarbench_version="1", name="fake", simulated=False, configs=splits)


def put(folder: Path, **files: str) -> None:
    for config, data in files.items():
        (folder / config).mkdir(parents=True, exist_ok=True)
        (folder / config / "train-0").write_text(data)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with configs a, b and c, and a finished build of a and d."""
    put(tmp_path, a="old a", b="b", c="c")
    (tmp_path / "a" / "train-1").touch()
    write_index(tmp_path, index(a="old a", b="b", c="c"))
    put(tmp_path / WORK_NAME / NEW_NAME, a="newer a", d="d")
    (tmp_path / WORK_NAME / NEW_NAME / "README.md").write_text("new")
    return tmp_path


NEW = index(a="newer a", b="b", d="d")


def check(out: Path) -> None:
    assert read_index(out) == NEW
    assert (out / "README.md").read_text() == "new"
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert names == {"sarbench.json", "README.md", "a/train-0", "b/train-0", "d/train-0"}
    assert (out / "a" / "train-0").read_text() == "newer a"


def test_commit(out: Path) -> None:
    assert not is_committed(out)
    commit(out, NEW, changed=["a", "d"], dropped=["c"])
    check(out)
    assert not is_committed(out)


@pytest.mark.parametrize("cannot", ["link", "exchange"])
def test_poorer_file_systems(out: Path, monkeypatch: pytest.MonkeyPatch, cannot: str) -> None:
    def no(*args: object) -> None:
        raise OSError(1, "Operation not permitted")

    if cannot == "link":
        monkeypatch.setattr(os, "link", no)
    monkeypatch.setattr(exchange, "_exchanged_at_once", lambda *args: False)
    commit(out, NEW, changed=["a", "d"], dropped=["c"])
    check(out)


def test_a_dead_commit_is_carried_out(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarbench.build.folder.commit.finish", lambda out: None)
    commit(out, NEW, changed=["a", "d"], dropped=["c"])
    assert is_committed(out)
    pointed = read_index(out)
    assert pointed.configs["a"]["train"].files[0].path == f"{WORK_NAME}/{NEW_NAME}/a/train-0"
    assert pointed.configs["b"]["train"].files[0].path == "b/train-0"
    assert (out / "a" / "train-0").read_text() == "old a"
    finish(out)
    check(out)


def test_an_index_read_during_a_switch(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = parse_index(out)
    commit(out, NEW, changed=["a", "d"], dropped=["c"])
    answers = [first]
    monkeypatch.setattr(
        "sarbench.build.index.parse_index", lambda folder: answers.pop() if answers else parse_index(folder)
    )
    assert read_index(out) == NEW, "the files of the first index are gone, so it is read again"


def test_old_indexes_are_read(tmp_path: Path) -> None:
    write_index(tmp_path, index())
    path = tmp_path / "sarbench.json"
    fields = json.loads(path.read_text())
    path.write_text(json.dumps({key: fields[key] for key in fields.keys() - {"images", "options", "notes"}}))
    assert parse_index(tmp_path) == index()
