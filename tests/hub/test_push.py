import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sarbench.build import build
from sarbench.build.pages.card import write_card
from sarbench.errors import InputError
from sarbench.hub.push import push
from sarbench.schema import Row
from sarbench.sources import CARDS, DatasetCard
from tests.build.fake import fake_source, make_rows, write_coco
from tests.hub.built_sets import write_set
from tests.hub.fake_hub import FakeHub, fake_hub
from tests.hub.sets import everything

__all__ = ["fake_hub"]

FREE = fake_source({"a": {"test": ()}, "b": {"test": ()}}, may_redistribute=True).CARD
KEPT = fake_source({"a": {"test": ()}, "b": {"test": ()}}).CARD


@pytest.fixture
def hub(fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    """The fake Hub with a user who may write."""
    monkeypatch.setenv("HF_TOKEN", "hf_token")
    return fake_hub


def built(folder: Path, *, card: DatasetCard = FREE, rows: list[Row] | None = None, simulated: bool = False) -> Path:
    rows = everything() if rows is None else rows
    content = {"a": {"test": rows, "train": rows[:1]}}
    index = write_set(folder, content, joined={"b": {"test": rows}}, simulated=simulated)
    write_card(folder, card, index)
    return folder


def refused(folder: Path, repo_id: str = "org/set", **options: object) -> str:
    with pytest.raises(InputError) as caught:
        push(folder, repo_id, **{"card": FREE, **options})  # type: ignore[arg-type]
    return str(caught.value)


def test_what_the_index_lists_is_published_and_nothing_else(hub: FakeHub, tmp_path: Path) -> None:
    folder = built(tmp_path / "set")
    for stray in ("notes.txt", "set.py", ".building/a/test-00000-of-00001.parquet", "a/old-00000-of-00001.parquet"):
        (folder / stray).parent.mkdir(parents=True, exist_ok=True)
        (folder / stray).write_bytes(b"stray")
    done: list[int] = []
    url = push(folder, "org/set", card=FREE, progress=done.append)
    published = hub.files("org/set")
    assert set(published) == {
        "README.md",
        "croissant.json",
        "quality.json",
        "sarbench.json",
        "a/test-00000-of-00001.parquet",
        "a/train-00000-of-00001.parquet",
        "b/test-00000-of-00001.parquet",
        "images/test-00000-of-00001.parquet",
        "images/test-offsets.arrow",
    }
    assert all(data == (folder / path).read_bytes() for path, data in published.items())
    assert url.startswith(f"{hub.endpoint}/datasets/org/set/commit/")
    assert done == [len(published)]
    objects = [node for node in json.loads(published["croissant.json"])["distribution"] if "sha256" in node]
    assert {node["@id"] for node in objects} == {path for path in published if path.endswith(".parquet")}


def test_a_second_push_removes_what_the_first_one_had_more(hub: FakeHub, tmp_path: Path) -> None:
    push(built(tmp_path / "first"), "org/set", card=FREE)
    hub.commit("org/set", {"mine.txt": b"the owner's", "a/test-00001-of-00002.parquet": b"of a push that was cut"})
    second = tmp_path / "second"
    write_card(second, FREE, write_set(second, {"a": {"test": make_rows([1])}}))
    push(second, "org/set", card=FREE)
    data = {path for path in hub.files("org/set") if path.endswith((".parquet", ".arrow"))}
    assert data == {"a/test-00000-of-00001.parquet"}
    assert hub.files("org/set")["mine.txt"] == b"the owner's"


def test_a_repository_of_somebody_else_is_left_alone(hub: FakeHub, tmp_path: Path) -> None:
    hub.add_repo("org/set", {"README.md": b"theirs", "data/train-00000-of-00001.parquet": b"theirs"})
    before = hub.files("org/set")
    assert "holds other files (data/train-00000-of-00001.parquet)" in refused(built(tmp_path / "set"))
    assert hub.files("org/set") == before


def test_damaged_files_are_not_published(hub: FakeHub, tmp_path: Path) -> None:
    for name in ("images/test-00000-of-00001.parquet", "a/test-00000-of-00001.parquet"):
        folder = built(tmp_path / name.replace("/", "-"))
        path = folder / name
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 0x10
        path.write_bytes(bytes(data))
        assert path.name in refused(folder)
    assert "org/set" not in hub.repos


def test_the_licence_is_kept(hub: FakeHub, tmp_path: Path) -> None:
    folder = built(tmp_path / "set", card=KEPT)
    said = refused(folder, card=KEPT)
    assert "the licence of Fake is 'CC BY-NC 4.0'" in said
    assert "--i-have-permission" in said
    assert hub.requests == []
    assert push(folder, "org/set", card=KEPT, have_permission=True)
    assert push(built(tmp_path / "sim", card=KEPT, simulated=True), "org/sim", card=KEPT)


def test_a_branch_is_made(hub: FakeHub, tmp_path: Path) -> None:
    push(built(tmp_path / "set"), "org/set", card=FREE, revision="v1", private=True)
    assert "README.md" in hub.files("org/set", "v1")
    assert hub.files("org/set") == {}
    assert hub.repos["org/set"].private


def test_what_is_wrong_is_said_before_anything_is_sent(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = built(tmp_path / "set")
    assert "is no name of a repository" in refused(folder, "set")
    assert "is no name of a repository" in refused(folder, "org/a b")
    other = fake_source({"a": {"test": ()}}, name="other", may_redistribute=True).CARD
    assert "holds fake, not other" in refused(folder, card=other)
    file = folder / "a" / "test-00000-of-00001.parquet"
    content = file.read_bytes()
    file.write_bytes(content[:-9] + b"x" * 9)
    assert "cannot be read" in refused(folder)
    file.write_bytes(content[:-1])
    assert "were written" in refused(folder)
    file.write_bytes(content)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "Unset HF_HUB_OFFLINE" in refused(folder)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.delenv("HF_TOKEN")
    assert "hf auth login" in refused(folder)
    assert hub.requests == []


def test_a_repository_in_the_way(hub: FakeHub, tmp_path: Path) -> None:
    folder = built(tmp_path / "set")
    hub.add_repo("org/set", {"set.py": b"a loading script"})
    assert "datasets 4 and later refuse" in refused(folder)
    hub.add_repo("org/open", {})
    assert "is there already, and is public" in refused(folder, "org/open", private=True)


def test_refusals_of_the_hub(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = built(tmp_path / "set")
    monkeypatch.setenv("HF_TOKEN", "hf_stranger")
    assert "your token may write" in refused(folder)
    monkeypatch.setenv("HF_TOKEN", "hf_token")
    hub.fault("/api/datasets/org/set/preupload", status=400, times=9)
    assert "could not be published" in refused(folder)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "Check the network and HF_ENDPOINT" in refused(folder, "org/other")


_READ = """
import sys, hashlib, datasets
for repo in sys.argv[1:]:
    for config in ("a", "b", "images"):
        rows = datasets.load_dataset(repo, config, split="test").with_format("arrow")
        table = rows[:] if len(rows) else None
        print(config, len(rows), hashlib.sha256(repr([table.to_pylist(), rows.features]).encode()).hexdigest())
"""


def test_plain_datasets_reads_back_the_same_rows(hub: FakeHub, tmp_path: Path) -> None:
    folder = built(tmp_path / "set")
    push(folder, "org/set", card=FREE)
    hub.requests.clear()
    said = subprocess.run(
        [sys.executable, "-c", _READ, "org/set", str(folder)],
        env={**os.environ, "HF_HOME": str(tmp_path / "home"), "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = said.stdout.splitlines()
    assert len(lines) == 6, said.stderr
    assert lines[:3] == lines[3:]
    assert [line.split()[:2] for line in lines[:3]] == [["a", "7"], ["b", "7"], ["images", "3"]]


_ONE = """
import datasets
print(len(datasets.load_dataset("org/set", "b", split="test")))
"""


def test_only_the_files_of_the_config_are_fetched(hub: FakeHub, tmp_path: Path) -> None:
    push(built(tmp_path / "set"), "org/set", card=FREE)
    hub.requests.clear()
    env = {**os.environ, "HF_HOME": str(tmp_path / "home")}
    said = subprocess.run([sys.executable, "-c", _ONE], env=env, capture_output=True, text=True, check=False)
    assert said.stdout == "7\n", said.stderr
    fetched = {seen.path for seen in hub.requests if seen.method == "GET" and "/resolve/" in seen.path}
    assert {path.rsplit("/", 2)[-2] for path in fetched if path.endswith(".parquet")} == {"b"}


def test_what_the_builder_writes_is_published(hub: FakeHub, tmp_path: Path) -> None:
    mlc = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    data_dir, out = write_coco(tmp_path / "raw", {"train": 3, "test": 4}), tmp_path / "out"
    index = build("sardet-100k", data_dir=data_dir, out=out, layout="joined", lite=2)
    push(out, "org/sardet", card=CARDS["sardet-100k"], have_permission=True)
    published = hub.files("org/sardet")
    listed = [file for splits in index.configs.values() for split in splits.values() for file in split.files]
    listed += [file for images in index.images.values() for file in (*images.files, images.offsets)]
    pages = {"README.md", "croissant.json", "quality.json", "QUALITY.md", "sarbench.json"}
    assert set(published) == pages | {file.path for file in listed}
    dataset = mlc.Dataset(jsonld=out / "croissant.json")
    assert [len(list(dataset.records(name))) for name in ("detection", "images", "detection-lite")] == [7, 7, 2]
