import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sarbench import sources
from sarbench.errors import InputError
from sarbench.hub.fetch import ensure_download
from sarbench.sources import CARDS, HubRepo
from sarbench.sources.download import client
from sarbench.sources.reading.files import DataFolder
from tests.build.fake import fake_source
from tests.hub.fake_hub import FakeHub, fake_hub

__all__ = ["fake_hub"]

PINNED = "f" * 40


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A dataset whose configs need `<config>.zip`, and with the option `also` another file."""

    def hub_files(paths: Sequence[str], configs: Sequence[str], options: Mapping[str, str]) -> list[str]:
        wanted = {f"{config}.zip" for config in configs} | {options.get("also", "")}
        return [path for path in paths if path in wanted]

    made = fake_source({"a": {"test": ()}, "b": {"test": ()}}, hub=HubRepo("org/name", PINNED))
    made.hub_files = hub_files
    monkeypatch.setattr(sources, "SOURCES", {"fake": made})
    monkeypatch.setattr(client, "WAITS", (0.0,))
    return made


@pytest.fixture
def repository(fake_hub: FakeHub) -> FakeHub:
    fake_hub.add_repo("org/name", {"a.zip": zipped("a"), "b.zip": zipped("b"), "c.zip": zipped("c")}, revision=PINNED)
    return fake_hub


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{name}.txt", name)
    return buffer.getvalue()


def names(folder: Path) -> set[str]:
    with DataFolder(folder, obtain="") as opened:
        return {file.name for file in opened.files if file.suffix == ".txt"}


def test_what_the_configs_need_is_fetched_and_readable(home: Path, source: Any, repository: FakeHub) -> None:
    folder = ensure_download(source.CARD, ("a",), options={})
    assert folder == home / "downloads" / "fake" / PINNED[:12]
    assert names(folder) == {"a.zip/a.txt"}
    assert ensure_download(source.CARD, ("b",), options={"also": "c.zip"}) == folder
    assert names(folder) == {"a.zip/a.txt", "b.zip/b.txt", "c.zip/c.txt"}
    assert [len(repository.gets(f"{name}.zip")) for name in "abc"] == [1, 1, 1]


def test_another_revision_lies_beside(home: Path, source: Any, repository: FakeHub) -> None:
    first = ensure_download(source.CARD, ("a",), options={})
    commit = repository.commit("org/name", {"a.zip": zipped("other")})
    second = ensure_download(source.CARD, ("a",), revision="main", options={})
    assert second.name == commit[:12]
    assert (names(first), names(second)) == ({"a.zip/a.txt"}, {"a.zip/other.txt"})


def test_the_users_own_files_are_read_with_every_commit(home: Path, source: Any, repository: FakeHub) -> None:
    folder = ensure_download(source.CARD, ("a",), options={})
    extra = home / "downloads" / "fake" / "extra"
    (extra / "JPEGImages").mkdir()
    (extra / "JPEGImages" / "0000001.txt").write_text("mine")
    assert names(folder) == {"a.zip/a.txt", "extra/JPEGImages/0000001.txt"}
    repository.commit("org/name", {"a.zip": zipped("other")})
    second = ensure_download(source.CARD, ("a",), revision="main", options={})
    assert "extra/JPEGImages/0000001.txt" in names(second)


def test_progress_is_told(home: Path, source: Any, repository: FakeHub) -> None:
    arrived: list[int] = []
    ensure_download(source.CARD, ("a", "b"), options={}, progress=arrived.append)
    assert sum(arrived) == len(zipped("a")) + len(zipped("b"))


def test_offline_what_was_fetched_is_found(
    home: Path, source: Any, repository: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ensure_download(source.CARD, ("a",), options={})
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    repository.requests.clear()
    assert ensure_download(source.CARD, ("a",), options={}) == folder
    assert repository.requests == []
    with pytest.raises(InputError, match=r"not here: b\.zip"):
        ensure_download(source.CARD, ("b",), options={})


def test_a_dataset_without_a_repository_says_where_its_files_are(home: Path) -> None:
    card = CARDS["sardet-100k"]
    with pytest.raises(InputError) as caught:
        ensure_download(card, ("detection",), options={})
    assert card.obtain.strip().removesuffix(".") in str(caught.value)
