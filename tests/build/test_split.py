from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sarbench.build.index import data_digest
from sarbench.build.split import write_split
from sarbench.schema import Row, to_table
from tests.build.fake import make_row, make_rows


def test_counts_and_digest(tmp_path: Path) -> None:
    rows = [*make_rows([3, 1, 2]), make_row(6, None)]
    seen: list[int] = []
    built = write_split(iter(rows), tmp_path, "test", progress=seen.append)
    assert built is not None
    assert (built.rows, built.images, built.simulated) == (7, 3, False)
    assert built.data_digest == data_digest(row.sample_sha256 for row in rows)
    assert sum(seen) == 7
    (file,) = built.files
    assert built.bytes == file.bytes
    assert pq.read_table(tmp_path / file.path).equals(to_table(rows))


def test_one_simulated_row_makes_the_split_simulated(tmp_path: Path) -> None:
    rows = [make_row(0, None), make_row(1, None, text_origin="simulated")]
    built = write_split(rows, tmp_path, "test", progress=lambda rows: None)
    assert built is not None
    assert built.simulated


def test_no_rows_no_files(tmp_path: Path) -> None:
    assert write_split((), tmp_path, "test", progress=lambda rows: None) is None
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_rows_leaves_no_files(tmp_path: Path) -> None:
    def rows() -> Iterator[Row]:
        yield from make_rows([1])
        raise RuntimeError("cut off")

    with pytest.raises(RuntimeError, match="cut off"):
        write_split(rows(), tmp_path, "test", progress=lambda rows: None)
    assert list(tmp_path.iterdir()) == []
