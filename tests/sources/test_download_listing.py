from pathlib import Path

import pytest

from sarbench.errors import InputError
from sarbench.sources import HubRepo
from sarbench.sources.download.listing import RepoFile, check_paths, check_revision, list_files, resolve
from sarbench.sources.download.manifest import origin, read_manifest, recorded_commit, write_manifest
from tests.hub.fake_hub import FakeHub, fake_hub

__all__ = ["fake_hub"]

REPO = "org/name"


@pytest.mark.parametrize(
    "path", ["../up", "/etc/passwd", "a/../../b", "a//b", "a\\..\\b", "c:/x", "C:x", "a\nb", "extra/x", "x.part", ""]
)
def test_names_that_lead_out_of_the_folder_are_refused(path: str) -> None:
    with pytest.raises(InputError, match=r"not safe|keeps for itself"):
        check_paths([RepoFile(path, 1, "0" * 40)], REPO)


def test_names_that_differ_in_letter_case_alone_are_refused() -> None:
    files = [RepoFile(path, 1, "0" * 40) for path in ("a/B.png", "A/b.png")]
    with pytest.raises(InputError, match="one name on many file systems"):
        check_paths(files, REPO)


@pytest.mark.parametrize("revision", ["../x", "a b", "", "-x", "a//b", "x/", "a?b", "%2e", "v1..v2", "x" * 300])
def test_revisions_that_are_none(revision: str) -> None:
    with pytest.raises(InputError, match="is not a revision"):
        check_revision(revision)


def test_a_listing_of_several_pages(fake_hub: FakeHub) -> None:
    commit = fake_hub.add_repo(REPO, {f"{number:04}.zip": b"x" for number in range(2001)})
    listing = list_files(REPO, resolve(REPO, "main"))
    assert listing.commit == commit
    assert [file.path for file in listing.files] == [f"{number:04}.zip" for number in range(2001)]
    assert all(file.lfs and file.bytes == 1 for file in listing.files)


def test_a_mirror_that_names_the_original_host_in_its_links(fake_hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_hub.add_repo(REPO, {f"{number:04}.zip": b"x" for number in range(1001)})
    monkeypatch.setattr(fake_hub, "endpoint", "https://elsewhere.example")
    assert len(list_files(REPO, fake_hub.repos[REPO].branches["main"]).files) == 1001


def test_a_manifest_survives_and_a_damaged_one_is_ignored(fake_hub: FakeHub, tmp_path: Path) -> None:
    listing = list_files(REPO, fake_hub.add_repo(REPO, {"a.zip": b"x", "b.txt": b"y"}))
    write_manifest(tmp_path, listing)
    assert read_manifest(tmp_path) == listing
    assert origin(tmp_path) == HubRepo(REPO, listing.commit)
    whole = (tmp_path / "sarbench_download.json").read_bytes()
    for damaged in (whole[:-9], b"", b"[]", b"\xff", b'{"repo": 1}'):
        (tmp_path / "sarbench_download.json").write_bytes(damaged)
        assert read_manifest(tmp_path) is None
    (tmp_path / "revisions.json").write_text('["x"]')
    assert recorded_commit(tmp_path, REPO, "main") is None
    assert origin(tmp_path / "nowhere") is None
