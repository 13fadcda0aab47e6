"""The small readers of SAR-TEXT: paths, the user's lists, and what a turn asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.sources.sartext.answers import read_kind
from sarbench.sources.sartext.paths import ImagePath, reduce_path
from sarbench.sources.sartext.splits import SeveralSplits, read_lists
from sarbench.sources.sartext.texts import split_of_path

PARTS = st.lists(st.from_regex(r"[a-zA-Z0-9_]{1,8}", fullmatch=True), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Image/QXSLAB_SAROPT/7756.png", ImagePath("QXSLAB_SAROPT/7756.png", "QXSLAB_SAROPT", "QXSLAB_SAROPT")),
        ("/SAR-TEXT-data/image/SEN12/a/b.png", ImagePath("SEN12/a/b.png", "SEN12", "SEN12")),
        ("Image/7756.png", ImagePath("7756.png", None, None)),
        ("./test_images/img001.jpg", ImagePath("test_images/img001.jpg", None, "test_images")),
        (" 7756.png ", ImagePath("7756.png", None, None)),
        (r"..\data\RSOD\overpass_260.jpg", ImagePath("RSOD/overpass_260.jpg", None, "RSOD")),
        ("", None),
        ("./", None),
    ],
)
def test_paths_are_reduced(path: str, expected: ImagePath | None) -> None:
    assert reduce_path(path) == expected


@given(PARTS, PARTS)
def test_only_what_stands_behind_image_counts(before: list[str], behind: list[str]) -> None:
    tail = "/".join(["Image", *behind, "7.png"])
    front = "/".join(part for part in before if part.casefold() not in ("image", "images"))
    assert reduce_path(f"/{front}/{tail}") == reduce_path(tail)


@given(st.text())
def test_any_path_is_survived(path: str) -> None:
    reduced = reduce_path(path)
    assert reduced is None or (reduced.name and not reduced.name.startswith("/"))


def test_lists_name_images_with_or_without_their_source() -> None:
    lists = read_lists({"train": "7756.png\nSEN12/1.png", "test": "SEN12/7756\n/x/Image/SEN12/2.tif\n"})
    assert lists.split_of("Image/SEN12/7756.png", "SEN12") == "test"
    assert lists.split_of("Image/QXSLAB/7756.png", "QXSLAB") == "train"
    assert lists.split_of("2.png", "sen-12") == "test"
    assert lists.split_of("Image/QXSLAB/1.png", "QXSLAB") is None
    assert lists.split_of("3.png", None) is None
    assert read_lists({"validation": "a.b.png"}).split_of("a.b.png", None) == "validation"
    assert not read_lists({})


def test_image_in_two_lists_is_refused() -> None:
    with pytest.raises(SeveralSplits):
        read_lists({"train": "1.png", "test": "1"}).split_of("1.png", "SEN12")


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("How many ships are there?", "3", ("counting", "rule", 3)),
        ("How many ships are there?", "There are no ships.", ("counting", "rule", 0)),
        ("How many ships are there?", "Two or three", ("vqa", "unknown", None)),
        ("How many ships are there?", "Many.", ("vqa", "unknown", None)),
        ("Are there ships?", "No, none.", ("presence", "rule", None)),
        ("Are there ships or cars?", "Ships.", ("vqa", "unknown", None)),
        ("Where is it?", "left", ("position", "rule", None)),
        ("What shape is the pool?", "round", ("attribute", "rule", None)),
        ("What is it?", "a port", ("vqa", "unknown", None)),
    ],
)
def test_kind_of_a_turn(question: str, answer: str, expected: tuple[str, str, int | None]) -> None:
    assert read_kind(question, answer) == expected


def test_split_of_a_path_is_its_innermost_folder() -> None:
    assert split_of_path("train/test/x.png") == "test"
    assert split_of_path("train.png") is None
