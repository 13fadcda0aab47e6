from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sarbench import sources
from sarbench.build import build, parts, read_index
from sarbench.build.batches import batches
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub import lookup
from sarbench.schema import SCHEMA, Row, to_table
from tests.build.fake import fake_source, make_row, make_rows

ROWS: list[Row] = [*make_rows([3, 1, 2, 40]), make_row(46, None)]


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built set with several row groups in a file."""
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": ROWS}}))  # type: ignore[arg-type]
    monkeypatch.setattr(parts, "batches", partial(batches, max_rows=3))
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same set with its images beside the rows, in several parts, and another config's images among them."""
    content = {"a": {"train": ROWS}, "b": {"train": make_rows([1] * 6)}}
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]
    monkeypatch.setattr(parts, "PART_GROUPS", 2)
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "joined", layout="joined")
    return tmp_path / "joined"


def test_joined_rows_are_the_flat_ones(built: Path, joined: Path) -> None:
    assert list(lookup.rows(joined, "a", "train")) == list(lookup.rows(built, "a", "train"))
    columns = ["raw_image", "id", "image"]
    assert list(lookup.rows(joined, "a", "train", columns=columns)) == list(
        lookup.rows(built, "a", "train", columns=columns)
    )
    assert list(next(lookup.rows(joined, "a", "train", columns=columns))) == columns


def test_images_by_id_of_a_joined_split(built: Path, joined: Path) -> None:
    ids = [row.image_id for row in ROWS if row.image_id]
    assert lookup.images_by_id(joined, "a", "train", ids) == lookup.images_by_id(built, "a", "train", ids)
    assert lookup.images_by_id(joined, "a", "train", ["none of these"]) == {}
    assert len(lookup.images_by_id(joined, "b", "train", ["fake/5.png"])) == 1


def test_rows_in_file_order_without_images(built: Path) -> None:
    expected = to_table(ROWS).drop_columns(["image", "raw_image"]).to_pylist()
    assert list(lookup.rows(built, "a", "train")) == expected


def test_rows_of_some_columns(built: Path) -> None:
    read = list(lookup.rows(built, "a", "train", columns=["answers", "id"]))
    assert read == [{"answers": list(row.answers), "id": row.id} for row in ROWS]
    assert list(read[0]) == ["answers", "id"]


def test_unknown_names(built: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no column 'answer'"):
        next(lookup.rows(built, "a", "train", columns=["answer"]))
    with pytest.raises(UnknownNameError, match="no split 'test'; there is train"):
        next(lookup.rows(built, "a", "test"))
    with pytest.raises(InputError, match="is not a folder"):
        next(lookup.rows(tmp_path / "nowhere", "a", "test"))


def test_images_by_id(built: Path) -> None:
    stored = {row.image_id: row.image.bytes for row in ROWS if row.image and row.image_id}
    assert len(stored) == 4
    assert lookup.images_by_id(built, "a", "train", list(stored)) == stored
    assert lookup.images_by_id(built, "a", "train", {"fake/2.png"}) == {"fake/2.png": stored["fake/2.png"]}


def test_images_that_are_not_there(built: Path) -> None:
    assert lookup.images_by_id(built, "a", "train", ["nobody", "fake/9.png"]) == {}
    assert lookup.images_by_id(built, "a", "train", []) == {}


def test_row_groups_without_a_wanted_image_are_not_read(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    inside = lookup._images_of_group

    def counted(file: object, group: int, wanted: set[str]) -> dict[str, bytes]:
        read.append(group)
        return inside(file, group, wanted)

    monkeypatch.setattr(lookup, "_images_of_group", counted)
    lookup.images_by_id(built, "a", "train", ["fake/0.png"])
    assert read == [0]


def test_a_damaged_file_is_named(built: Path) -> None:
    file = built / read_index(built).configs["a"]["train"].files[0].path
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises(InputError, match=f"{file.name}: cannot be read"):
        lookup.images_by_id(built, "a", "train", ["fake/0.png"])


def test_every_column_but_the_bytes() -> None:
    assert set(SCHEMA.names) - set(lookup.TEXT_COLUMNS) == {"image", "raw_image"}


def test_a_damaged_page_is_told_with_its_file(built: Path, joined: Path) -> None:
    """Of the right size, and found out only when its pages are read."""
    for folder in (built, joined):
        path = folder / read_index(folder).configs["a"]["train"].files[0].path
        file = pq.ParquetFile(path)
        column = next(
            file.metadata.row_group(0).column(number)
            for number in range(file.metadata.num_columns)
            if file.schema.column(number).path == "id"
        )
        content = bytearray(path.read_bytes())
        start = column.dictionary_page_offset or column.data_page_offset
        content[start + column.total_compressed_size - 3] ^= 255
        path.write_bytes(content)
        with pytest.raises(InputError, match=rf"{path.name}: cannot be read .*Build it again"):
            list(lookup.rows(folder, "a", "train", columns=["id"]))
