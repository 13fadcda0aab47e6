import logging
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from sarbench import sources
from sarbench.build.folder import inputs_key
from sarbench.errors import InputError
from sarbench.hub import raw
from sarbench.hub.filters import RowFilter
from sarbench.hub.raw import RawReader, cache_key
from sarbench.schema import Row, to_table
from sarbench.simulate import write_sardet
from sarbench.sources import OpenSplit
from tests.build.fake import make_rows, png, write_coco
from tests.hub import sets

ROWS = make_rows([2, 1, 3, 1])


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RawReader:
    monkeypatch.setitem(sources.SOURCES, "fake", sets.source({"a": {"train": ROWS, "test": ()}}))
    return RawReader("fake", str(tmp_path), "a", "train")


def read(reader: RawReader, processes: int) -> list[pa.Table]:
    return [table for part in reader.parts(processes) for table in reader.tables(part)]


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 9])
def test_parts_are_the_whole(reader: RawReader, processes: int) -> None:
    assert pa.concat_tables(read(reader, processes)).equals(to_table(ROWS))
    (first, *others) = reader.parts(processes)
    backwards = [table for part in (*others[::-1], first) for table in pickle.loads(pickle.dumps(reader)).tables(part)]
    assert sum(table.num_rows for table in backwards) == len(ROWS)


def test_a_stream_has_more_parts_the_more_images(
    reader: RawReader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert reader.parts(None) == [(0, 1)]
    monkeypatch.setattr(raw, "_GROUPS", 2)
    assert reader.parts(None) == [(0, 2), (1, 2)]
    monkeypatch.setattr(raw, "_GROUPS", 1)
    monkeypatch.setattr(raw, "_PARTS", 3)
    assert len(reader.parts(None)) == 3


def test_texts_are_read_once(reader: RawReader, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sources.get("fake")
    opened: list[str] = []
    inside = module.open_split

    def counted(*args: object, **kwargs: object) -> object:
        opened.append("once")
        return inside(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "open_split", counted)
    reader.parts(None)
    read(reader, 3)
    assert opened == ["once"]
    first, second = reader.tables((0, 1)), reader.tables((0, 1))  # at the same time
    assert next(first).equals(next(second))
    assert opened == ["once", "once"]
    first.close()
    second.close()
    monkeypatch.setattr(os, "getpid", lambda: -1)  # another process
    read(reader, 1)
    assert len(opened) == 3


def test_only_wanted_rows(reader: RawReader, tmp_path: Path) -> None:
    some = RawReader("fake", str(tmp_path), "a", "train", only=RowFilter.of("caption", None))
    assert read(some, 1) == []


def test_what_was_wrong_is_logged(reader: RawReader, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        read(reader, 1)
    assert "fake a/train: 1 problem" in caplog.text
    with pytest.raises(InputError, match=r"gives no row of a/test \(1 problem"):
        read(RawReader("fake", str(tmp_path), "a", "test"), 1)


def test_no_row_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager
    from typing import Any

    @contextmanager
    def barren(*args: Any, **kwargs: Any) -> Iterator[OpenSplit]:
        def rows(span: range, report: sources.Report) -> Iterator[Row]:
            report.skip(file="a.json", record="1", problem="image not found")
            yield from ()

        yield OpenSplit(3, rows)

    module = sets.source({"a": {"train": ROWS}})
    module.open_split = barren
    monkeypatch.setitem(sources.SOURCES, "fake", module)
    with pytest.raises(InputError, match=r"gives no row of a/train \(1 problem, 1 record skipped"):
        read(RawReader("fake", str(tmp_path), "a", "train"), 1)
    from sarbench.hub import load_dataset

    for processes in (1, 2):
        with pytest.raises(InputError, match="gives no row of a/train"):
            load_dataset("fake", "a", split="train", data_dir=tmp_path, num_proc=processes)


def test_the_key_is_stable(tmp_path: Path) -> None:
    data = write_coco(tmp_path / "raw", {"train": 2})
    assert cache_key("sardet-100k", data) == cache_key("sardet-100k", data)


def test_the_key_changes_with_every_input(tmp_path: Path) -> None:
    data = write_coco(tmp_path / "raw", {"train": 2})
    keys = [cache_key("sardet-100k", data), cache_key("sardet-100k", data, options={"imagery": "original"})]
    annotations = data / "Annotations" / "train.json"
    os.utime(annotations, (1, 1))
    keys.append(cache_key("sardet-100k", data))
    # in place: the folder looks the same
    (data / "JPEGImages" / "train" / "train0000.png").write_bytes(png(9, side=17))
    keys.append(cache_key("sardet-100k", data))
    (data / "JPEGImages" / "train" / "new.png").write_bytes(png(9))
    keys.append(cache_key("sardet-100k", data))
    assert len(set(keys)) == len(keys)


def test_the_key_changes_with_code_and_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_coco(tmp_path / "raw", {"train": 1})
    keys = [cache_key("sardet-100k", data)]
    for module, name, value in (
        (inputs_key, "SCHEMA_VERSION", "0"),
        (inputs_key, "__version__", "0"),
        (raw, "_CODE", ("schema.py",)),
    ):
        monkeypatch.setattr(module, name, value)
        keys.append(cache_key("sardet-100k", data))
    assert len(set(keys)) == len(keys)


def test_the_modules_that_make_rows_are_found() -> None:
    found = {path for pattern in raw._CODE for path in inputs_key._PACKAGE.glob(pattern)}
    assert {"schema.py", "conversion.py", "batches.py", "display.py"} <= {path.name for path in found}
    assert {Path(str(vars(module)["__file__"])) for module in sources.SOURCES.values()} <= found
    assert all(list(inputs_key._PACKAGE.glob(pattern)) for pattern in raw._CODE)


def test_a_link_to_itself_stops_nothing(tmp_path: Path) -> None:
    write_sardet(tmp_path, images={"train": 2})
    loop = tmp_path / "JPEGImages" / "train" / "zz.png"
    loop.symlink_to(loop)
    assert len(cache_key("sardet-100k", tmp_path)) == 16
