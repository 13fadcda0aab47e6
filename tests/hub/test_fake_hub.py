"""The fake Hub against the real client: what it answers is what `huggingface_hub` and `datasets` understand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import HfApi, errors

from tests.build.fake import make_rows
from tests.hub.built_sets import write_set
from tests.hub.fake_hub import FakeHub, fake_hub

__all__ = ["fake_hub"]

FILES = {"README.md": b"# x\n", "a/b.zip": b"zip" * 100, "a/c.txt": b"c"}


@pytest.fixture
def api(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HfApi:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    return HfApi(endpoint=fake_hub.endpoint)


def test_reading(fake_hub: FakeHub, api: HfApi, tmp_path: Path) -> None:
    commit = fake_hub.add_repo("org/name", FILES)
    assert api.dataset_info("org/name").sha == commit
    assert sorted(api.list_repo_files("org/name", repo_type="dataset")) == sorted(FILES)
    (entry,) = api.get_paths_info("org/name", ["a/b.zip"], repo_type="dataset")
    assert entry.lfs is not None
    assert entry.lfs.size == 300
    tree = api.list_repo_tree("org/name", "a", repo_type="dataset", revision=commit)
    assert sorted(found.path for found in tree) == ["a/b.zip", "a/c.txt"]
    for path, data in FILES.items():
        local = api.hf_hub_download("org/name", path, repo_type="dataset", cache_dir=tmp_path)
        assert Path(local).read_bytes() == data


def test_refusals(fake_hub: FakeHub, api: HfApi, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_hub.add_repo("org/gated", FILES, gated=True, members=["hf_in"])
    fake_hub.add_repo("org/private", FILES, private=True, members=["hf_in"])
    fake_hub.add_repo("org/open", FILES)
    for repo_id, path, revision, error in (
        ("org/none", "README.md", None, errors.RepositoryNotFoundError),
        ("org/private", "README.md", None, errors.RepositoryNotFoundError),
        ("org/gated", "README.md", None, errors.GatedRepoError),
        ("org/open", "README.md", "dev", errors.RevisionNotFoundError),
        ("org/open", "nothing", None, errors.EntryNotFoundError),
    ):
        with pytest.raises(error):
            api.hf_hub_download(repo_id, path, repo_type="dataset", revision=revision)
    monkeypatch.setenv("HF_TOKEN", "hf_in")
    for repo_id in ("org/gated", "org/private"):
        assert Path(api.hf_hub_download(repo_id, "a/c.txt", repo_type="dataset")).read_bytes() == b"c"


def test_writing(fake_hub: FakeHub, api: HfApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_token")
    api.create_repo("org/new", repo_type="dataset")
    api.create_branch("org/new", repo_type="dataset", branch="dev")
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    for revision in ("main", "dev"):
        api.upload_folder(repo_id="org/new", repo_type="dataset", folder_path=tmp_path, revision=revision)
        assert fake_hub.files("org/new", revision) == FILES
    api.delete_file("a/c.txt", "org/new", repo_type="dataset")
    assert "a/c.txt" not in fake_hub.files("org/new")
    assert "a/c.txt" in fake_hub.files("org/new", "dev")


def test_many_files_come_in_pages(fake_hub: FakeHub, api: HfApi) -> None:
    fake_hub.add_repo("org/name", {f"{number}.txt": b"" for number in range(2500)})
    assert len(list(api.list_repo_tree("org/name", repo_type="dataset"))) == 2500
    assert len([seen for seen in fake_hub.requests if "/tree/" in seen.path]) == 3


_STREAM = """
import datasets
rows = list(datasets.load_dataset("org/name", "a", split="test", streaming=True))
print(len(rows), rows[0]["image"].size)
"""


def test_datasets_streams_from_it(fake_hub: FakeHub, tmp_path: Path) -> None:
    write_set(tmp_path / "set", {"a": {"test": make_rows([2]), "train": make_rows([1])}})
    files = {
        path.relative_to(tmp_path / "set").as_posix(): path.read_bytes()
        for path in (tmp_path / "set").rglob("*.parquet")
    }
    readme = b"---\nconfigs:\n- config_name: a\n  data_files:\n  - {split: test, path: a/test-*.parquet}\n---\n"
    fake_hub.add_repo("org/name", {**files, "README.md": readme})
    said = subprocess.run(
        [sys.executable, "-c", _STREAM],
        env={**os.environ, "HF_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout == "2 (16, 16)\n", said.stderr
    assert not [seen for seen in fake_hub.requests if "/train-" in seen.path and seen.method == "GET"]
