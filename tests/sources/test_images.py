import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
import tifffile

from sarbench import imaging
from sarbench.sources.reading.files import DataFile, DataFolder
from sarbench.sources.reading.images import ImageIndex, UnusableImage
from tests.sources.layouts import Folder, picture
from tests.sources.zips import archive


@contextmanager
def index(folder: Folder) -> Iterator[ImageIndex]:
    with DataFolder(folder.root, obtain="Get it.") as opened:
        yield ImageIndex(opened)


def found(folder: Folder, name: str, **options) -> str:
    with index(folder) as images:
        return images.find(name, **options).name


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("0000001.png", "JPEGImages/0000001.png"),
        ("/root/data/Image/0000001.png", "JPEGImages/0000001.png"),
        ("images\\0000001.png", "JPEGImages/0000001.png"),
        ("0000001.PNG", "JPEGImages/0000001.png"),
        ("0000001.jpg", "JPEGImages/0000001.png"),
        ("0000002.tiff", "other/0000002.TIF"),
    ],
)
def test_exact_name_base_name_and_stem(folder: Folder, asked: str, given: str) -> None:
    folder.put("JPEGImages/0000001.png", picture())
    folder.put("other/0000002.TIF", b"")
    assert found(folder, asked) == given


def test_unicode_forms_are_the_same_name(folder: Folder) -> None:
    folder.put(unicodedata.normalize("NFD", "Fährhafen.png"), picture())
    assert found(folder, unicodedata.normalize("NFC", "Fährhafen.png"))


def test_exact_suffix_and_case_go_first(folder: Folder) -> None:
    for name in ("a.png", "a.jpg", "A.png"):
        folder.put(name, picture(len(name) + ord(name[0])))
    assert found(folder, "a.jpg") == "a.jpg"
    assert found(folder, "A.png") == "A.png"


def test_folders_in_the_name_decide_then_the_split(folder: Folder) -> None:
    folder.put("SAR/train/1.png", picture(1))
    folder.put("SAR/val/1.png", picture(2))
    folder.put("opt/val/1.png", picture(3))
    assert found(folder, "x/SAR/val/1.png") == "SAR/val/1.png"
    assert found(folder, "1.png", split="train") == "SAR/train/1.png"
    with index(folder) as images, pytest.raises(UnusableImage) as caught:
        images.find("1.png", split="validation")
    assert caught.value.problem == "several images fit"
    assert "SAR/val/1.png, opt/val/1.png" in caught.value.detail


def test_ambiguous_stem_is_reported_not_guessed(folder: Folder) -> None:
    folder.put("a/1.png", picture(1))
    folder.put("a/1.bmp", picture(2, kind="BMP"))
    with index(folder) as images, pytest.raises(UnusableImage, match="several images fit"):
        images.find("1.jpg")


def test_equal_copies_are_one_image(folder: Folder) -> None:
    folder.put("a/1.png", picture(1))
    folder.put("b/1.png", picture(1))
    assert found(folder, "1.png") == "a/1.png"


def test_image_of_another_split_only_when_allowed(folder: Folder) -> None:
    folder.put("JPEGImages/val/1.png", picture())
    assert found(folder, "1.png", split="test") == "JPEGImages/val/1.png"
    with index(folder) as images, pytest.raises(UnusableImage, match="image not found"):
        images.find("1.png", split="test", other_splits=False)


def test_folder_that_only_begins_like_a_split_is_none(folder: Folder) -> None:
    folder.put("Test download/JPEGImages/1.png", picture())
    assert found(folder, "1.png", split="train", other_splits=False)


@pytest.mark.parametrize("name", ["2.png", "", "  ", "/"])
def test_missing_image(folder: Folder, name: str) -> None:
    folder.put("1.png", picture())
    with index(folder) as images, pytest.raises(UnusableImage, match="image not found"):
        images.find(name)


def test_unpacked_files_go_before_their_archive(folder: Folder) -> None:
    folder.put("JPEGImages/1.png", picture(1))
    with zipfile.ZipFile(folder.root / "images.zip", "w") as archive:
        archive.writestr("JPEGImages/1.png", picture(2))
        archive.writestr("JPEGImages/2.png", picture(3))
    assert found(folder, "1.png") == "JPEGImages/1.png"
    with index(folder) as images:
        loaded = images.load(images.find("2.png"), dataset="d")
        assert loaded.image.bytes == picture(3)
        assert images.load(images.find("1.png"), dataset="d").image_id == "1"


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("BMP", "bmp"), ("TIFF", "tif")])
def test_8_bit_images_keep_their_bytes(folder: Folder, kind: str, suffix: str) -> None:
    data = picture(7, (65, 33), kind)
    folder.put(f"7.{suffix}", data)
    with index(folder) as images:
        loaded = images.load(images.find(f"7.{suffix}"), dataset="some-set")
    assert loaded.image.bytes == data
    assert loaded.raw is None
    assert (loaded.width, loaded.height) == (65, 33)
    assert loaded.sha256 == hashlib.sha256(data).hexdigest()
    assert loaded.image.path == f"some-set/{loaded.sha256[:16]}/7.{suffix}"


def test_float_images_get_a_picture_and_keep_their_bytes(folder: Folder) -> None:
    values = np.random.default_rng(0).gamma(1, 1, (2, 20, 30)).astype(np.float32)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, values, planarconfig="separate", photometric="minisblack")
    data = buffer.getvalue()
    folder.put("f.tif", data)
    with index(folder) as images:
        loaded = images.load(images.find("f.tif"), dataset="d")
    assert loaded.raw == data
    assert imaging.inspect(loaded.image.bytes).format == "png"
    assert loaded.image.path.endswith("/f.png")
    assert loaded.sha256 == hashlib.sha256(loaded.image.bytes).hexdigest()
    assert (loaded.width, loaded.height) == (30, 20)


@pytest.mark.parametrize("data", [b"", b"no image", picture()[:-40], picture(kind="JPEG")[:-40], picture()[:20]])
def test_what_is_no_whole_image_is_unusable(folder: Folder, data: bytes) -> None:
    folder.put("1.png", data)
    with index(folder) as images, pytest.raises(UnusableImage, match=r"image cannot be read: 1\.png"):
        images.load(images.find("1.png"), dataset="d")


def test_image_id_grows_only_where_stems_collide(folder: Folder) -> None:
    for name in ("JPEGImages/train/1.png", "JPEGImages/val/1.png", "JPEGImages/val/2.png"):
        folder.put(name, picture(len(name)))
    with index(folder) as images:
        asked = ("train/1.png", "val/1.png", "2.png")
        ids = {name: images.load(images.find(name), dataset="d").image_id for name in asked}
    assert ids == {"train/1.png": "train/1", "val/1.png": "val/1", "2.png": "2"}


def test_two_formats_of_one_stem_have_two_ids(folder: Folder) -> None:
    folder.put("x/3.png", picture(1))
    folder.put("x/3.jpg", picture(1, kind="JPEG"))
    with index(folder) as images:
        ids = [images.load(images.find(name), dataset="d").image_id for name in ("3.png", "3.jpg")]
    assert ids == ["x/3.png", "x/3.jpg"]


def test_asked_again_at_once_the_object_is_the_same(folder: Folder) -> None:
    folder.put("1.png", picture())
    with index(folder) as images:
        file = images.find("1.png")
        assert images.load(file, dataset="d") is images.load(file, dataset="d")


def test_places_are_the_folders_and_archives_with_images(folder: Folder) -> None:
    folder.put("a/1.png", picture())
    folder.put("b/text.json", "{}")
    with zipfile.ZipFile(folder.root / "c.zip", "w") as archive:
        archive.writestr("2.png", picture())
    with index(folder) as images:
        assert images.places() == (folder.root / "a", folder.root / "c.zip")
        assert len(images) == 2


@dataclass(frozen=True)
class Part:
    """Some of the files of a folder."""

    files: tuple[DataFile, ...]
    whole: DataFolder

    def read(self, file: DataFile) -> bytes:
        return self.whole.read(file)


def test_index_of_a_part_of_a_folder_knows_no_other_files(folder: Folder) -> None:
    for kind, seed in (("preprocessed", 1), ("original", 2)):
        folder.put(f"SARimages_{kind}/1.png", picture(seed))
        folder.put(f"SARimages_{kind}/only_{kind}.png", picture(seed + 2))
    with DataFolder(folder.root, obtain="Get it.") as opened:
        chosen = tuple(file for file in opened.files if "original" in file.parts[0])
        images = ImageIndex(Part(chosen, opened))
        loaded = images.load(images.find("1.tif"), dataset="d")
        assert (len(images), loaded.image.bytes, loaded.image_id) == (2, picture(2), "1")
        with pytest.raises(UnusableImage, match="image not found"):
            images.find("only_preprocessed.png")
        with pytest.raises(UnusableImage, match="several images fit"):
            ImageIndex(opened).find("1.tif")


def test_one_stem_in_a_folder_and_in_an_archive(folder: Folder) -> None:
    folder.put("a/1.tif", picture(1, kind="TIFF"))
    archive(folder.root / "b.zip", ("x/1.png", picture(2)), ("x/2.png", picture(3)), ("y/2.png", picture(4)))
    assert found(folder, "1.tif") == "a/1.tif"
    assert found(folder, "1.png") == "b.zip/x/1.png"
    assert found(folder, "1.jpg") == "a/1.tif"  # by its stem, and unpacked files go first
    with index(folder) as images, pytest.raises(UnusableImage, match=r"several images fit: 2\.png: b\.zip/x/2\.png, b"):
        images.find("2.png")
    assert found(folder, "data/y/2.png") == "b.zip/y/2.png"


def test_names_that_differ_in_case_inside_an_archive(folder: Folder) -> None:
    archive(folder.root / "b.zip", ("A.png", picture(1)), ("a.png", picture(2)))
    assert (found(folder, "a.png"), found(folder, "A.png")) == ("b.zip/a.png", "b.zip/A.png")
    with index(folder) as images, pytest.raises(UnusableImage, match="several images fit"):
        images.find("a.PNG")


def test_size_comes_from_the_header(folder: Folder) -> None:
    folder.put("1.png", picture(1, (70, 30)))
    folder.put("2.png", b"no image")
    with index(folder) as images:
        assert images.size(images.find("1.png")) == (70, 30)
        with pytest.raises(UnusableImage, match=r"image cannot be read: 2\.png"):
            images.size(images.find("2.png"))


def test_many_threads_load_what_one_loads(folder: Folder) -> None:
    archive(folder.root / "a.zip", *((f"{n}.png", picture(n)) for n in range(20)))
    names = [f"{n % 20}.png" for n in range(400)]
    with index(folder) as images, ThreadPoolExecutor(8) as threads:
        loaded = threads.map(lambda name: images.load(images.find(name), dataset="d"), names)
        assert [(one.image_id, one.image.bytes) for one in loaded] == [
            (name.removesuffix(".png"), picture(int(name.removesuffix(".png")))) for name in names
        ]
