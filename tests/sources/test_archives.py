"""Archives as users meet them, and as nobody should make them."""

import gc
import io
import os
import random
import stat
import struct
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError
from sarbench.sources import Report
from sarbench.sources.reading import archives as reading_archives
from sarbench.sources.reading.archives import Archive
from sarbench.sources.reading.files import DataFolder
from tests.sources.zips import archive, link, redeclared, renamed, special, zip64

GOOD = ("good.png", b"good")


def contents(path: Path) -> dict[str, bytes]:
    opened = Archive(path)
    try:
        return {member.name: opened.read(member) for member in opened.members}
    finally:
        opened.close()


def faults(path: Path) -> list[tuple[str, str, str]]:
    opened = Archive(path)
    opened.close()
    return opened.faults


@pytest.mark.parametrize("deflated", [False, True])
def test_members_are_read_as_zipfile_reads_them(tmp_path: Path, deflated: bool) -> None:
    draw = random.Random(0)
    members = [(f"a/{n}.png", draw.randbytes(n * 700) + b"x" * n * 90) for n in range(120)]
    path = archive(tmp_path / "a.zip", *members, deflated=deflated)
    assert contents(path) == dict(members)
    opened = Archive(path)
    assert [opened.read(opened.members[5]) for _ in range(3)] == [members[5][1]] * 3
    opened.close()
    opened.close()


def test_zip64_and_data_in_front(tmp_path: Path) -> None:
    data = zip64("big.png", b"0123456789" * 10_000)
    with zipfile.ZipFile(io.BytesIO(data)) as oracle:
        assert oracle.read("big.png") == b"0123456789" * 10_000
    for number, bytes_ in enumerate([data, b"#!/bin/sh\nexit\n" * 40 + data]):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(bytes_)
        assert contents(path) == {"big.png": b"0123456789" * 10_000}
    path = archive(tmp_path / "plain.zip", GOOD)
    path.write_bytes(b"MZ" * 333 + path.read_bytes())
    assert contents(path) == dict([GOOD])


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({8: 1 << 62, 16: 1 << 62}, "would unpack to an absurd size"),
        ({24: 1 << 63}, "has no such member where its directory says"),
        ({24: 500}, "has no such member where its directory says"),
        ({8: 3 << 30, 16: 3 << 30}, "the archive ends before its member does"),
    ],
)
def test_zip64_numbers_that_lie(tmp_path: Path, numbers: dict[int, int], message: str) -> None:
    data = bytearray(zip64("big.png", b"0123456789"))
    field = data.index(b"PK\x01\x02") + 46 + len("big.png") + 4 - 8
    for place, number in numbers.items():
        struct.pack_into("<Q", data, field + place, number)
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(data))
    report = Report()
    with DataFolder(path, obtain="Get it.") as folder:
        folder.note_unreadable(report)
        for file in folder.files:
            with pytest.raises(InputError, match=message):
                folder.read(file)
        assert folder.files or message in report.problems[0].problem


def test_archive_comment_that_looks_like_an_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", GOOD)
    with zipfile.ZipFile(path, "a") as opened:
        opened.comment = b"no PK\x05 end"
    assert contents(path) == dict([GOOD])


@pytest.mark.parametrize(
    "name", ["../../evil.png", "/etc/evil.png", "C:/x/evil.png", "a\\..\\evil.png", "\\evil.png", "a/../b.png"]
)
def test_unsafe_names_are_never_read(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.zip", (name, b"evil"), GOOD)
    assert contents(path) == dict([GOOD])
    assert faults(path) == [(name, "archive member with an unsafe name", "left out")]


def test_name_with_a_zero_byte_is_unsafe(tmp_path: Path) -> None:
    path = renamed(archive(tmp_path / "a.zip", ("evil.png_.txt", b"evil"), GOOD), b"evil.png_.txt", b"evil.png\0.txt")
    assert faults(path) == [("evil.png\0.txt", "archive member with an unsafe name", "left out")]


@pytest.mark.parametrize(
    ("info", "problem"),
    [
        (link("a.png"), "archive member is a symbolic link"),
        (special("a.png", stat.S_IFCHR), "archive member is a device or a pipe"),
        (special("a.png", stat.S_IFIFO), "archive member is a device or a pipe"),
        (zipfile.ZipInfo("inner.ZIP"), "archive inside an archive"),
    ],
)
def test_special_members_are_left_out(tmp_path: Path, info: zipfile.ZipInfo, problem: str) -> None:
    path = archive(tmp_path / "a.zip", (info, b"/etc/passwd"), GOOD)
    assert contents(path) == dict([GOOD])
    assert faults(path) == [(info.filename, problem, "left out")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"flags": 1}, "archive member is encrypted"),
        ({"method": 14}, "archive member in an unknown compression"),
        ({"size": 7}, "archive member with two sizes"),
    ],
)
def test_members_that_cannot_be_read_are_named(tmp_path: Path, change: dict[str, int], problem: str) -> None:
    path = redeclared(archive(tmp_path / "a.zip", GOOD), **change)
    assert faults(path) == [("good.png", problem, "left out")]


def test_bomb_is_not_opened(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", ("bomb.json", bytes(110_000_000)), deflated=True)
    assert faults(path) == [("bomb.json", "archive member would unpack to an absurd size", "left out")]
    path = redeclared(archive(tmp_path / "b.zip", ("x.json", b"x" * 99), deflated=True), size=0xFFFFFFFE)
    assert faults(path) == [("x.json", "archive member would unpack to an absurd size", "left out")]


def test_bomb_that_lies_is_stopped_at_its_declared_size(tmp_path: Path) -> None:
    path = redeclared(archive(tmp_path / "a.zip", ("x.json", b"x" * 5_000_000), deflated=True), size=10)
    with (
        DataFolder(path, obtain="Get it.") as folder,
        pytest.raises(InputError, match=r"unpacks to more than the 10 bytes"),
    ):
        folder.read(folder.files[0])


def test_members_alike_or_twice_are_reported(tmp_path: Path) -> None:
    composed, decomposed = "\u00e9.png", "e\u0301.png"
    members = (("a.png", b"1"), ("A.png", b"2"), (composed, b"3"), (decomposed, b"4"), ("a.png", b"5"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of names given twice
        path = archive(tmp_path / "a.zip", *members)
    assert contents(path) == {"a.png": b"5", "A.png": b"2", composed: b"3", decomposed: b"4"}
    alike = "archive members whose names differ only in case or Unicode form"
    assert faults(path) == [
        ("a.png", "archive member named twice", "the last one counts"),
        ("A.png and a.png", alike, "both kept"),
        (f"{decomposed} and {composed}", alike, "both kept"),
    ]


def test_names_without_the_utf8_mark(tmp_path: Path) -> None:
    path = renamed(archive(tmp_path / "a.zip", ("xx.png", b"1")), b"xx.png", "é.png".encode())
    assert list(contents(path)) == ["é.png"]
    path = renamed(archive(tmp_path / "b.zip", ("x.png", b"1")), b"x.png", b"\x82.png")
    assert list(contents(path)) == ["é.png"]  # code page 437


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        (slice(0, -30), "it is cut off: its central directory is missing"),
        (slice(0, 40), "it is cut off: its central directory is missing"),
        (slice(40, None), "its central directory is damaged"),
        (slice(0, 0), "it is no zip archive"),
    ],
)
def test_broken_archives_say_how(tmp_path: Path, cut: slice, message: str) -> None:
    path = archive(tmp_path / "data" / "images.zip", GOOD)
    path.write_bytes(path.read_bytes()[cut])
    with pytest.raises(zipfile.BadZipFile, match=message):
        Archive(path)
    report = Report()
    with DataFolder(path.parent, obtain="Get it.") as folder:
        folder.note_unreadable(report)
        assert f"images.zip ({message}" in str(folder.nothing_usable(looked_for="images"))
    assert [(p.file, p.record, p.problem) for p in report.problems] == [
        ("images.zip", message, "archive cannot be opened")
    ]
    with pytest.raises(InputError, match=rf"neither a folder nor a zip archive \({message}"):
        DataFolder(path, obtain="Get it.")


def test_part_of_a_split_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", GOOD)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x05\x06") + 4] = 2
    path.write_bytes(bytes(data))
    with pytest.raises(zipfile.BadZipFile, match="one part of an archive in several parts"):
        Archive(path)


@pytest.mark.parametrize("deflated", [False, True])
def test_flipped_byte_is_found_and_the_neighbours_survive(tmp_path: Path, deflated: bool) -> None:
    path = archive(tmp_path / "a.zip", ("a.png", bytes(range(200)) * 9), GOOD, deflated=deflated)
    data = bytearray(path.read_bytes())
    data[60] ^= 0x10
    path.write_bytes(bytes(data))
    with DataFolder(path, obtain="Get it.") as folder:
        broken, good = folder.files
        with pytest.raises(InputError, match=r"a\.zip/a\.png: cannot be read \(it"):
            folder.read(broken)
        assert folder.read(good) == b"good"


def test_large_members_take_two_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.zip", ("a.png", bytes(300_000)))
    calls = []
    real = os.pread

    def counted(*arguments: int) -> bytes:
        calls.append(arguments[1])
        return real(*arguments)

    opened = Archive(path)
    monkeypatch.setattr(reading_archives.os, "pread", counted)
    assert opened.read(opened.members[0]) == opened.read(opened.members[0])
    assert calls[-1] == 300_000
    assert len(calls) == 3  # the header once, the bytes twice
    opened.close()


def test_many_threads_read_one_archive(tmp_path: Path) -> None:
    members = {f"{n}.png": bytes([n]) * 5_000 for n in range(200)}
    path = archive(tmp_path / "a.zip", *members.items(), deflated=True)
    with DataFolder(path, obtain="Get it.") as folder, ThreadPoolExecutor(8) as threads:
        for _ in range(3):
            assert (
                dict(zip([f.name for f in folder.files], threads.map(folder.read, folder.files), strict=True))
                == members
            )


def test_files_are_closed_in_the_end(tmp_path: Path) -> None:
    archive(tmp_path / "a.zip", GOOD)
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 cut")
    before = set(Path("/proc/self/fd").iterdir()) if Path("/proc/self/fd").exists() else set()
    with DataFolder(tmp_path, obtain="Get it.") as folder:
        folder.read(folder.files[0])
    gc.collect()
    after = set(Path("/proc/self/fd").iterdir()) if Path("/proc/self/fd").exists() else set()
    assert len(after) <= len(before)


def test_nothing_is_written_beside_the_archive(tmp_path: Path) -> None:
    archive(tmp_path / "a.zip", ("x/a.png", b"1"), ("../b.png", b"2"))
    with DataFolder(tmp_path, obtain="Get it.") as folder:
        assert [file.name for file in folder.files] == ["a.zip/x/a.png"]
        folder.read(folder.files[0])
    assert [path.name for path in tmp_path.rglob("*")] == ["a.zip"]
    assert not (tmp_path.parent / "b.png").exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(data=st.data())
def test_changed_bytes_raise_nothing_but_what_is_said(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "a.zip"
    whole = archive(path, ("a.png", b"0123456789"), ("b/c.json", b"{}" * 30), deflated=True).read_bytes()
    changed = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        changed[place] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(changed[: data.draw(st.integers(0, len(whole)))]))
    with suppress(InputError), DataFolder(path, obtain="Get it.") as folder:
        for file in folder.files:
            with suppress(InputError):
                assert folder.read(file) in (b"0123456789", b"{}" * 30)
