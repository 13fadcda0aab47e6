import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.files import locked
from sarbench.sources import HubRepo
from sarbench.sources.download import client
from sarbench.sources.download.fetch import fetch
from tests.hub.fake_hub import FakeHub, fake_hub

__all__ = ["fake_hub"]

REPO = "org/name"
BIG = bytes(range(256)) * 40
FILES = {
    "Text.zip": BIG,
    "README.md": b"# name\n",
    "sub folder/é#1.csv": b"a,b\n1,2\n",
    "RGB.zip": b"z" * 99,
    "empty": b"",
}
WANTED = ("Text.zip", "README.md", "sub folder/é#1.csv", "empty")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "WAITS", (0.0, 0.0, 0.0))
    monkeypatch.setattr(client, "TIMEOUT", 5.0)


def only(*names: str) -> Callable[[Sequence[str]], list[str]]:
    return lambda paths: [path for path in paths if path in names]


def get(into: Path, *names: str, revision: str | None = "main", commit: str = "0" * 40) -> Path:
    return fetch(HubRepo(REPO, commit), revision=revision, wanted=only(*(names or WANTED)), into=into)


def contents(folder: Path) -> dict[str, bytes]:
    found = (
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != "sarbench_download.json" and path.suffix != ".part"
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def expected(*names: str) -> dict[str, bytes]:
    return {name: FILES[name] for name in names or WANTED}


def message(into: Path, *names: str, revision: str | None = "main") -> str:
    with pytest.raises(InputError) as caught:
        get(into, *names, revision=revision)
    return str(caught.value)


def test_only_what_is_wanted_is_fetched_and_recorded(fake_hub: FakeHub, tmp_path: Path) -> None:
    commit = fake_hub.add_repo(REPO, FILES)
    folder = get(tmp_path)
    assert folder == tmp_path / commit[:12]
    assert contents(folder) == expected()
    assert not fake_hub.gets("RGB.zip")
    manifest = json.loads((folder / "sarbench_download.json").read_text())
    assert (manifest["repo"], manifest["commit"]) == (REPO, commit)
    files = {file["path"]: file for file in manifest["files"]}
    assert {path for path, file in files.items() if file["fetched"]} == set(WANTED)
    for path in WANTED:
        assert files[path]["bytes"] == len(FILES[path])
        assert files[path]["sha256"] == hashlib.sha256(FILES[path]).hexdigest()


def test_what_is_there_needs_no_request(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = fake_hub.add_repo(REPO, FILES)
    get(tmp_path, revision=None, commit=commit)
    fake_hub.requests.clear()
    get(tmp_path, revision=None, commit=commit)
    assert fake_hub.requests == []
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert contents(get(tmp_path, revision=commit)) == expected()
    assert fake_hub.requests == []


def test_a_branch_is_asked_for_and_remembered(
    fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = get(tmp_path, revision=None) if fake_hub.add_repo(REPO, FILES, revision="0" * 40) else None
    assert first == get(tmp_path, revision="main")
    fake_hub.commit(REPO, {"README.md": b"# other\n"})
    with caplog.at_level(logging.WARNING):
        second = get(tmp_path)
    assert first is not None
    assert second != first
    assert "it was 0000" in caplog.text
    assert len(fake_hub.gets("Text.zip")) == 1  # the same file under two commits: linked
    assert contents(second) == {**expected(), "README.md": b"# other\n"}
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert get(tmp_path) == second


def test_offline_names_what_is_missing(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = fake_hub.add_repo(REPO, FILES)
    get(tmp_path, "README.md", revision=commit)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    said = message(tmp_path, "README.md", "Text.zip", revision=commit)
    assert "not here: Text.zip" in said
    assert "HF_HUB_OFFLINE" in said
    assert f"{fake_hub.endpoint}/datasets/{REPO}" in said
    assert "every file of org/name at dev" in message(tmp_path, revision="dev")
    shutil.copytree(tmp_path / commit[:12], tmp_path / "b" / commit[:12])
    (tmp_path / "b" / commit[:12] / "Text.zip").write_bytes(BIG)  # as the message says: copied by hand
    assert contents(get(tmp_path / "b", "README.md", "Text.zip", revision=commit)) == expected("README.md", "Text.zip")


def test_without_a_network_what_was_fetched_still_works(
    fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fake_hub.add_repo(REPO, FILES)
    folder = get(tmp_path)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert get(tmp_path) == folder
    assert "cannot be reached" in caplog.text
    assert "cannot be reached" in message(tmp_path, "RGB.zip")
    assert "127.0.0.1:9: cannot be reached" in message(tmp_path / "new")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, len(BIG) - 1), max_size=4), big=st.booleans())
@example(cuts=[0], big=True)
@example(cuts=[1, 1, 1, 1], big=False)
@example(cuts=[len(BIG) - 1], big=True)
def test_a_download_cut_at_any_byte_is_continued(
    fake_hub: FakeHub, tmp_path_factory: pytest.TempPathFactory, cuts: list[int], big: bool
) -> None:
    path = "Text.zip" if big else "plain.txt"
    fake_hub.add_repo(REPO, {path: BIG})
    fake_hub.requests.clear()
    for cut in cuts:
        fake_hub.fault(path, cut_after=cut)
    folder = fetch(HubRepo(REPO, "main"), revision=None, wanted=only(path), into=tmp_path_factory.mktemp("into"))
    assert contents(folder) == {path: BIG}
    asked = [request.range for request in fake_hub.gets(path)]
    places = [sum(cuts[:number]) for number in range(len(cuts) + 1)]
    assert asked == [f"bytes={place}-" if place else None for place in places if place < len(BIG)]
    fake_hub.clear_faults()


def test_a_connection_that_brings_nothing_is_given_up(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, FILES)
    fake_hub.fault("Text.zip", cut_after=0, times=99)
    assert "cannot be reached" in message(tmp_path)
    assert len(fake_hub.gets("Text.zip")) == 4
    fake_hub.clear_faults()
    assert contents(get(tmp_path)) == expected()


_CHILD = """
import sys
from pathlib import Path
from sarbench.sources import HubRepo
from sarbench.sources.download.fetch import fetch
fetch(HubRepo("org/name", "main"), revision=None, wanted=list, into=Path(sys.argv[1]))
"""


def child(into: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", _CHILD, str(into)], stderr=subprocess.PIPE, text=True)


def test_a_killed_download_is_continued_by_the_next_process(fake_hub: FakeHub, tmp_path: Path) -> None:
    data = os.urandom(4 << 20)
    commit = fake_hub.add_repo(REPO, {"big.zip": data})
    fake_hub.fault("big.zip", pace=0.05)
    process = child(tmp_path)
    part = tmp_path / commit[:12] / f"big.zip.{hashlib.sha256(data).hexdigest()[:16]}.part"
    while not (part.exists() and part.stat().st_size > 1 << 20):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    had = part.stat().st_size
    assert 1 << 20 < had < len(data)
    assert not (tmp_path / commit[:12] / "big.zip").exists()
    folder = get(tmp_path, "big.zip")
    assert fake_hub.gets("big.zip")[-1].range == f"bytes={had}-"
    assert contents(folder) == {"big.zip": data}


def test_of_two_processes_the_second_waits_for_the_first(fake_hub: FakeHub, tmp_path: Path) -> None:
    commit = fake_hub.add_repo(REPO, FILES)
    folder = tmp_path / commit[:12]
    folder.mkdir()
    with locked(folder, problem="is taken by this test"):
        second = child(tmp_path)
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=3)
        assert contents(folder) == {}
    _, said = second.communicate()
    assert "another process is downloading" in said
    assert contents(folder).items() >= expected().items()
    with locked(folder, problem="is taken by this test"):  # who only reads needs no lock
        assert get(tmp_path) == folder


@pytest.mark.parametrize("path", ["Text.zip", "README.md"])
def test_a_flipped_byte_is_found_and_the_file_fetched_once_more(fake_hub: FakeHub, tmp_path: Path, path: str) -> None:
    fake_hub.add_repo(REPO, FILES)
    fake_hub.fault(path, flip_at=3)
    assert contents(get(tmp_path)) == expected()
    assert len(fake_hub.gets(path)) == 2


def test_a_file_that_stays_wrong_is_named_and_the_others_are_kept(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, FILES)
    fake_hub.fault("Text.zip", flip_at=3, times=2)
    said = message(tmp_path)
    assert "Text.zip: was fetched twice" in said
    assert "does not have the hash" in said
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    assert contents(folder) == expected("README.md", "sub folder/é#1.csv", "empty")
    assert contents(get(tmp_path)) == expected()


def test_damage_in_what_a_killed_process_left_is_found(fake_hub: FakeHub, tmp_path: Path) -> None:
    commit = fake_hub.add_repo(REPO, FILES)
    part = tmp_path / commit[:12] / f"Text.zip.{hashlib.sha256(BIG).hexdigest()[:16]}.part"
    part.parent.mkdir()
    part.write_bytes(b"\xff" * 1000)
    assert contents(get(tmp_path)) == expected()
    assert [request.range for request in fake_hub.gets("Text.zip")] == ["bytes=1000-", None]


def test_wrong_sizes(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, FILES)
    fake_hub.fault("Text.zip", extra=b"more", times=2)
    assert f"has {len(BIG) + 4:,} bytes where {len(BIG):,} are listed" in message(tmp_path)


def test_a_server_without_ranges(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, FILES)
    fake_hub.fault("Text.zip", cut_after=100)
    fake_hub.fault("Text.zip", ignore_range=True)
    assert contents(get(tmp_path)) == expected()


def test_a_busy_server_is_asked_again(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, FILES)
    fake_hub.fault("Text.zip", status=503, times=2)
    fake_hub.fault("README.md", status=429, headers={"Retry-After": "0"})
    fake_hub.fault("README.md", status=429, headers={"RateLimit": '"resolvers";r=0;t=0'})
    fake_hub.fault("/api/datasets/org/name/tree", status=500)
    assert contents(get(tmp_path)) == expected()


def test_a_slow_server_counts_as_broken(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_hub.add_repo(REPO, FILES)
    monkeypatch.setattr(client, "TIMEOUT", 0.2)
    fake_hub.fault("Text.zip", delay=0.6)
    assert contents(get(tmp_path)) == expected()


def test_a_login_page_instead_of_an_answer(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, FILES)
    fake_hub.fault("/api/datasets/org/name/tree", status=200, times=9)
    assert "not understood" in message(tmp_path)


def test_the_next_step_for_each_refusal(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no such dataset on the Hub, or it is private" in message(tmp_path)
    fake_hub.add_repo(REPO, FILES, gated=True, members=["hf_member"])
    assert "has no revision 'dev'" in message(tmp_path, revision="dev")
    said = message(tmp_path)
    assert "is gated, and you are not logged in" in said
    assert "Accept the authors' terms on that page, then log in with `hf auth login`" in said
    assert len(fake_hub.gets("README.md")) <= 1  # one refusal ends it
    monkeypatch.setenv("HF_TOKEN", "hf_stranger")
    assert "your account has no access" in message(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_member")
    assert contents(get(tmp_path)) == expected()


def test_the_token_goes_to_the_hub_alone(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_hub.add_repo(REPO, FILES)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    get(tmp_path)
    elsewhere = [request for request in fake_hub.requests if request.path.startswith("/cdn/")]
    assert elsewhere
    assert not any("authorization" in request.headers for request in elsewhere)
    assert all("authorization" in request.headers for request in fake_hub.requests if request not in elsewhere)


def test_a_redirect_out_of_http_is_refused(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, FILES)
    fake_hub.fault("README.md", redirect="ftp://127.0.0.1/x", times=9)
    assert "not safe" in message(tmp_path)


def test_a_file_that_vanished(fake_hub: FakeHub, tmp_path: Path) -> None:
    commit = fake_hub.add_repo(REPO, FILES)
    get(tmp_path, "empty", revision=commit)
    del fake_hub.repos[REPO].commits[commit]["README.md"]
    assert "README.md: is not there" in message(tmp_path, "README.md", "Text.zip", revision=commit)
    assert contents(tmp_path / commit[:12]) == expected("empty", "Text.zip")


def test_no_room_on_the_disk(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_hub.add_repo(REPO, FILES)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5))
    said = message(tmp_path)
    assert "0.00 GB are needed and 0.00 GB are free" in said
    assert "SARBENCH_HOME" in said
    assert not fake_hub.gets("Text.zip")


def test_a_disk_that_fills_up_on_the_way(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sarbench.sources.download import file as download_file

    fake_hub.add_repo(REPO, FILES)

    def full(arriving: object, block: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download_file._Arriving, "add", full)
    said = message(tmp_path)
    assert "No space left on device" in said
    assert "Make room" in said


def test_nothing_wanted_is_there(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, FILES)
    assert "holds none of the files that are needed" in message(tmp_path, "Other.zip")


def test_a_bad_name_from_the_server_writes_nothing(fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, {"../outside": b"x", "Text.zip": b"y"})
    assert "not safe to write" in message(tmp_path / "in", "../outside", "Text.zip")
    assert contents(tmp_path) == {}
    assert contents(get(tmp_path / "in", "Text.zip")) == {"Text.zip": b"y"}  # what is not wanted does no harm


def test_thousands_of_small_files_come_in_parallel(fake_hub: FakeHub, tmp_path: Path) -> None:
    files = {f"images/{number:05}.txt": str(number).encode() for number in range(1100)}  # more than a page
    fake_hub.add_repo(REPO, files)
    arrived: list[int] = []
    totals: list[int] = []
    folder = fetch(
        HubRepo(REPO, "main"),
        revision=None,
        wanted=list,
        into=tmp_path,
        progress=arrived.append,
        total=totals.append,
    )
    assert contents(folder) == files
    assert [sum(arrived)] == totals == [sum(map(len, files.values()))]
