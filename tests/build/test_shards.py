from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sarbench.build.shards import ShardWriter, image_properties, row_properties
from sarbench.schema import IMAGES_SCHEMA, SCHEMA, EncodedImage, to_images_table, to_table
from tests.build.fake import make_row, make_rows


def noise(seed: int, size: int) -> EncodedImage:
    return EncodedImage(np.random.default_rng(seed).bytes(size), f"{seed}.png")


def row_shards(folder: Path, stem: str, **more: int) -> ShardWriter:
    return ShardWriter(folder, stem, schema=SCHEMA, properties=row_properties(SCHEMA), **more)


def test_shards_stay_under_the_limit_and_are_numbered(tmp_path: Path) -> None:
    tables = [to_table([make_row(number, noise(number, 40_000))]) for number in range(7)]
    with row_shards(tmp_path, "train", limit=150_000) as shards:
        for table in tables:
            shards.write(table)
        files = shards.finish()
    assert len(files) > 1
    assert [file.path for file in files] == [f"train-{n:05d}.parquet" for n in range(len(files))]
    assert sorted(path.name for path in tmp_path.iterdir()) == [file.path for file in files]
    read = [pq.read_table(tmp_path / file.path) for file in files]
    assert [id_ for table in read for id_ in table["id"].to_pylist()] == [f"fake/a/train/{n}" for n in range(7)]
    for file in files:
        assert (tmp_path / file.path).stat().st_size == file.bytes <= 150_000


def test_an_image_is_stored_once_however_many_rows_show_it(tmp_path: Path) -> None:
    image = noise(0, 200_000)
    with row_shards(tmp_path, "train") as shards:
        shards.write(to_table([make_row(number, image) for number in range(50)]))
        (file,) = shards.finish()
    assert file.bytes < 1.2 * 200_000


def test_raw_bytes_are_stored_once_too(tmp_path: Path) -> None:
    raw = noise(0, 200_000).bytes
    with row_shards(tmp_path, "train") as shards:
        shards.write(to_table([make_row(number, None, raw_image=raw) for number in range(50)]))
        (file,) = shards.finish()
    assert file.bytes < 1.2 * 200_000


def test_files_have_exactly_the_schema(tmp_path: Path) -> None:
    with row_shards(tmp_path, "train") as shards:
        shards.write(to_table(make_rows([2])))
        (file,) = shards.finish()
    stored = pq.ParquetFile(tmp_path / file.path)
    assert stored.schema_arrow.equals(SCHEMA)
    assert stored.schema_arrow.metadata == SCHEMA.metadata
    columns = stored.metadata.row_group(0)
    codecs = {columns.column(n).path_in_schema: columns.column(n).compression for n in range(columns.num_columns)}
    assert {path for path, codec in codecs.items() if codec == "UNCOMPRESSED"} == {"image.bytes", "raw_image"}
    assert codecs["boxes.list.element.xyxy.list.element"] == "ZSTD"


def test_an_error_closes_the_file(tmp_path: Path) -> None:
    shards = row_shards(tmp_path, "train")
    shards.write(to_table(make_rows([1])))
    with pytest.raises(ZeroDivisionError), shards:
        _ = 1 / 0
    assert shards._shard is None


def test_images_are_one_plain_page(tmp_path: Path) -> None:
    rows = [make_row(number, noise(number, 300), raw_image=bytes(5) if number % 2 else None) for number in range(1000)]
    properties = image_properties(IMAGES_SCHEMA)
    with ShardWriter(tmp_path, "x", schema=IMAGES_SCHEMA, properties=properties) as shards:
        shards.write(to_images_table(rows))
        (file,) = shards.finish()
    group = pq.ParquetFile(tmp_path / file.path).metadata.row_group(0)
    chunk = next(group.column(n) for n in range(group.num_columns) if group.column(n).path_in_schema == "image.bytes")
    assert chunk.compression == "UNCOMPRESSED"
    assert set(chunk.encodings) <= {"PLAIN", "RLE"}
    assert chunk.total_compressed_size < 1000 * 304 + 400, "one page header, no more"
    assert pq.read_schema(tmp_path / file.path).metadata == IMAGES_SCHEMA.metadata


def test_one_damaged_byte_is_noticed(tmp_path: Path) -> None:
    image = noise(0, 200_000)
    with row_shards(tmp_path, "train") as shards:
        shards.write(to_table([make_row(0, image)]))
        (file,) = shards.finish()
    path = tmp_path / file.path
    data = bytearray(path.read_bytes())
    data[data.index(image.bytes) + 100_000] ^= 1
    path.write_bytes(data)
    with pytest.raises(OSError, match="CRC"):
        pq.ParquetFile(path, page_checksum_verification=True).read()
