"""A folder is known by what lies in it, and a Hub id by its commit."""

import os
from pathlib import Path

import pytest

from sarbench import paths
from sarbench.errors import InputError
from sarbench.runs import weights
from sarbench.runs.weights import fingerprint, hub_snapshot

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path / "home"))
    made = tmp_path / "exp1" / "final"
    made.mkdir(parents=True)
    (made / "config.json").write_text("{}")
    (made / "model.safetensors").write_bytes(bytes(1000))
    return made


def test_the_content_counts_and_not_the_path(folder: Path) -> None:
    before = fingerprint(folder)
    assert fingerprint(folder.rename(folder.with_name("other"))) == before
    assert len(before) == 64


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "chat_template.jinja", "modeling_mine.py"])
def test_one_changed_byte_is_another_model(folder: Path, name: str) -> None:
    (folder / name).write_bytes(bytes(1000))
    before = fingerprint(folder)
    (folder / name).write_bytes(bytes(999) + b"1")
    assert fingerprint(folder) != before


@pytest.mark.parametrize("name", ["README.md", "optimizer.bin", "trainer_state.json", ".cache.json", "rng_state_0.bin"])
def test_what_computes_nothing_does_not_count(folder: Path, name: str) -> None:
    before = fingerprint(folder)
    (folder / name).write_bytes(b"1")
    assert fingerprint(folder) == before


def test_a_large_file_is_read_once_until_it_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_LARGE", 500)
    before = fingerprint(folder)
    assert list((paths.home()).iterdir()) == [paths.home() / ".weights.json"]
    read: list[str] = []
    digest = weights.hashlib.file_digest
    monkeypatch.setattr(weights.hashlib, "file_digest", lambda file, kind: read.append(file.name) or digest(file, kind))
    assert fingerprint(folder) == before
    assert [Path(name).name for name in read] == ["config.json"]
    path = folder / "model.safetensors"
    times = path.stat()
    path.write_bytes(bytes(999) + b"1")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as `rsync -t` leaves it
    assert fingerprint(folder) != before
    (paths.home() / ".weights.json").write_text("damaged")
    path.write_bytes(bytes(1000))
    assert fingerprint(folder) == before


def test_a_file_that_cannot_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        fingerprint(folder)


def test_a_hub_id_is_its_commit_in_the_local_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    assert hub_snapshot("org/model") is None
    cached = tmp_path / "models--org--model"
    snapshot = cached / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(COMMIT)
    assert hub_snapshot("org/model") == hub_snapshot("org/model", COMMIT) == snapshot
    assert hub_snapshot("org/model", "v2") is None
    assert hub_snapshot("no hub id at all//") is None
