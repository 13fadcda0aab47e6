import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sarbench import sources
from sarbench.build import ImageStore, build, parts, read_index
from sarbench.build.images.store import OFFSETS_SCHEMA
from sarbench.build.images.writer import merged_offsets
from sarbench.errors import InputError, UnknownNameError
from sarbench.schema import EncodedImage, Row
from tests.build.fake import fake_source, make_row, make_rows, png

RAW = [make_row(90 + n, EncodedImage(png(90 + n), f"fake/raw{n}.png"), raw_image=bytes([n]) * n) for n in range(3)]
ROWS: list[Row] = [*make_rows([2, 1, 3, 1, 1]), *RAW, make_row(99, None)]


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"test": ROWS}}))  # type: ignore[arg-type]
    monkeypatch.setattr(parts, "PART_GROUPS", 3)
    monkeypatch.setattr(parts, "GROUP_IMAGES", 2)
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", layout="joined")
    return tmp_path / "out"


def key(row: Row) -> tuple[str, str]:
    assert row.image_id
    assert row.image_sha256
    return row.image_id, row.image_sha256


def test_every_image_and_its_raw_bytes(built: Path) -> None:
    store = ImageStore(built, "test")
    shown = {key(row): row for row in ROWS if row.image}
    assert len(store) == len(shown) == 8
    assert list(store) == sorted(shown)
    for place, row in shown.items():
        assert row.image is not None
        stored = store.get(*place)
        assert (stored.bytes, stored.path, stored.raw) == (row.image.bytes, row.image.path, row.raw_image)
        assert store.read(*place) == row.image.bytes
        assert place in store


def test_parquet_readers_see_the_same_images(built: Path) -> None:
    index = read_index(built).images["test"]
    assert len(index.files) > 1
    assert index.bytes == sum(file.bytes for file in index.files)
    table = pa.concat_tables([pq.read_table(built / file.path) for file in index.files])
    assert table["image_id"].to_pylist() == [
        row.image_id for row in {key(row): row for row in ROWS if row.image}.values()
    ]
    assert {row["image_id"]: row["raw_image"] for row in table.to_pylist()}["fake/raw2.png"] == b"\2\2"


def test_unknown_images(built: Path) -> None:
    store = ImageStore(built, "test")
    assert ("fake/0.png", "0" * 64) not in store
    assert ("zzz", "0" * 64) not in store
    with pytest.raises(InputError, match="holds no image 'zzz'"):
        store.get("zzz", "0" * 64)
    with pytest.raises(UnknownNameError, match="no images of split 'train'; there is test"):
        ImageStore(built, "train").read("zzz", "0" * 64)


def test_threads_and_pickles(built: Path) -> None:
    store = ImageStore(built, "test")
    keys = [key(row) for row in ROWS if row.image] * 20
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda place: store.read(*place), keys))
    copy = pickle.loads(pickle.dumps(store))
    assert read == [copy.read(*place) for place in keys]
    store.close()
    assert store.read(*keys[0]) == read[0], "it opens again"


def test_a_changed_file_is_noticed(built: Path) -> None:
    place = key(ROWS[0])
    path = built / read_index(built).images["test"].files[0].path
    data = bytearray(path.read_bytes())
    at = data.index(ROWS[0].image.bytes)  # type: ignore[union-attr]
    data[at - 4] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="was changed since it was built"):
        ImageStore(built, "test").read(*place)
    path.write_bytes(data[:-1])
    with pytest.raises(InputError, match="was changed since it was built"):
        ImageStore(built, "test").read(*place)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        ImageStore(built, "test").read(*place)


def test_the_first_of_two_equal_images_counts() -> None:
    def offsets(*rows: tuple[str, int]) -> pa.Table:
        full = [(name, "s", "p", 0, offset, 1, None, None) for name, offset in rows]
        columns = [pa.array(list(column), field.type) for column, field in zip(zip(*full), OFFSETS_SCHEMA)]  # noqa: B905
        return pa.Table.from_arrays(columns, schema=OFFSETS_SCHEMA)

    merged = merged_offsets([(offsets(("b", 1), ("a", 2)), 0), (offsets(("b", 3), ("c", 4)), 5)])
    assert merged["image_id"].to_pylist() == ["a", "b", "c"]
    assert merged["offset"].to_pylist() == [2, 1, 4]
    assert merged["file"].to_pylist() == [0, 0, 5]
    assert len(merged_offsets([])) == 0


def test_damaged_bytes_are_noticed_when_an_image_is_first_read(built: Path) -> None:
    store = ImageStore(built, "test")
    key = next(iter(store))
    data = store.read(*key)
    path = next(path for path in (built / "images").glob("test-*.parquet") if data in path.read_bytes())
    content = path.read_bytes()
    at = content.index(data) + len(data) // 2
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    with pytest.raises(InputError, match="holds damaged bytes of image"):
        ImageStore(built, "test").read(*key)
