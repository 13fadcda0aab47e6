import os
import zipfile
from pathlib import Path

import pytest

from sarbench.errors import InputError
from sarbench.sources.reading import files
from sarbench.sources.reading.files import DataFolder, split_of
from tests.sources.layouts import Folder
from tests.sources.zips import archive


def names(root: Path) -> list[str]:
    with DataFolder(root, obtain="Get it.") as folder:
        return [file.name for file in folder.files]


def test_files_on_disk_and_in_archives_hidden_ones_left_out(folder: Folder) -> None:
    folder.put("b/Train.JSON", "{}")
    folder.put("b/.hidden.json", "{}")
    folder.put("b/notes.md", "no")
    folder.put("__MACOSX/c.png", b"")
    with zipfile.ZipFile(folder.root / "images.zip", "w") as archive:
        archive.writestr("in/x.PNG", b"123")
        archive.writestr("__MACOSX/in/._x.png", b"")
    assert names(folder.root) == ["b/Train.JSON", "images.zip/in/x.PNG"]
    with DataFolder(folder.root, obtain="Get it.") as opened:
        assert opened.read(opened.files[1]) == b"123"


def test_members_with_other_separators_and_a_leading_dot(folder: Folder) -> None:
    members = ("./a/b.png", "c\\d.png", "./.hidden/e.png", "x/__MACOSX/f.png", "g..h.png", "my__MACOSX/i.png")
    archive(folder.root / "z.zip", *((name, b"1") for name in members))
    assert names(folder.root) == ["z.zip/a/b.png", "z.zip/c/d.png", "z.zip/g..h.png", "z.zip/my__MACOSX/i.png"]


def test_an_archive_can_be_the_data_folder(folder: Folder) -> None:
    path = folder.root / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/train.json", "{}")
    assert names(path) == ["a/train.json"]


def test_missing_folder_says_where_to_get_the_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: there is no such folder\. Get it here\.$"):
        DataFolder(tmp_path / "nowhere", obtain="Get it here.")


def test_a_file_is_no_folder(folder: Folder) -> None:
    with pytest.raises(InputError, match="neither a folder nor a zip archive"):
        DataFolder(folder.put("train.json", "{}"), obtain="Get it.")


def test_damaged_and_foreign_archives_are_named(folder: Folder) -> None:
    folder.put("images.zip", b"PK not really")
    folder.put("images.rar", b"Rar!")
    with DataFolder(folder.root, obtain="Get it.") as opened:
        message = str(opened.nothing_usable(looked_for="images"))
    assert "images.zip" in message
    assert "images.rar" in message
    assert "looked for images" in message


def test_damaged_member_is_an_input_error(folder: Folder) -> None:
    path = folder.root / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.png", b"0123456789" * 50)
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(bytes(data))
    with DataFolder(folder.root, obtain="Get it.") as opened, pytest.raises(InputError, match="cannot be read"):
        opened.read(opened.files[0])


def test_linked_folders_are_followed_and_circles_end(folder: Folder, tmp_path: Path) -> None:
    elsewhere = Folder(tmp_path / "elsewhere")
    elsewhere.put("x.png", b"")
    (folder.root / "JPEGImages").symlink_to(elsewhere.root, target_is_directory=True)
    (elsewhere.root / "back").symlink_to(folder.root, target_is_directory=True)
    assert names(folder.root) == ["JPEGImages/x.png"]


def test_forbidden_file_is_an_input_error(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    folder.put("train.json", "{}")
    monkeypatch.setattr(files.os, "open", forbid)
    with DataFolder(folder.root, obtain="Get it.") as opened, pytest.raises(InputError, match="Permission denied"):
        opened.read(opened.files[0])


@pytest.mark.parametrize(
    ("name", "split"),
    [("TRAIN", "train"), ("valid", "validation"), ("val_2017", "validation"), ("trainval", None), ("my-test", None)],
)
def test_split_of(name: str, split: str | None) -> None:
    assert split_of(name) == split


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(folder: Folder) -> None:
    os.mkfifo(folder.root / "train.json")
    os.mkfifo(folder.root / "images.zip")
    with DataFolder(folder.root, obtain="Get it.") as opened:
        assert [file.name for file in opened.files] == ["train.json"]
        with pytest.raises(InputError, match=r"train\.json: cannot be read \(.*not a regular file"):
            opened.read(opened.files[0])


def test_large_files_are_mapped(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAPPED_BYTES", 3)
    folder.put("small.json", "{}")
    folder.put("train.json", "[1, 2]")
    with DataFolder(folder.root, obtain="Get it.") as opened:
        small, large = (opened.map(file) for file in opened.files)
    assert isinstance(small, bytes)
    assert isinstance(large, memoryview)
    assert bytes(large) == b"[1, 2]"
