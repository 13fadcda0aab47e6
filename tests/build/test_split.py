from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sarbench import sources
from sarbench.build import build, data_digest, parts
from sarbench.schema import Row, to_table
from tests.build.fake import fake_source, make_row, make_rows


def test_counts_digest_and_numbering_over_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[Row] = [*make_rows([3, 1, 2]), make_row(6, None, flags=("odd",)), *make_rows([1], flags=("odd",))]
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"test": rows}}))  # type: ignore[arg-type]
    monkeypatch.setattr(parts, "PART_GROUPS", 2)
    seen: list[tuple[str, int]] = []
    index = build(
        "fake",
        data_dir=tmp_path,
        out=tmp_path.parent / f"{tmp_path.name}-out",
        progress=lambda *args: seen.append(args),
    )
    built = index.configs["a"]["test"]
    assert (built.rows, built.images, built.simulated) == (8, 4, False)
    assert built.data_digest == data_digest(row.sample_sha256 for row in rows)
    assert sum(count for _, count in seen) == 8
    assert built.problems == {"oddity": 1, "odd row": 2}
    assert [file.path for file in built.files] == [f"a/test-{n:05d}-of-00003.parquet" for n in range(3)]
    folder = tmp_path.parent / f"{tmp_path.name}-out"
    assert pa.concat_tables([pq.read_table(folder / file.path) for file in built.files]).equals(to_table(rows))
    assert built.bytes == sum((folder / file.path).stat().st_size for file in built.files)


def test_one_simulated_row_makes_the_split_simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [make_row(0, None), make_row(1, None, text_origin="simulated")]
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"test": rows}}))  # type: ignore[arg-type]
    assert build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out").configs["a"]["test"].simulated
