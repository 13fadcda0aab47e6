import logging
import os
from pathlib import Path

import pytest

from sarbench import sources
from sarbench.errors import InputError
from sarbench.hub import raw
from sarbench.hub.raw import cache_key, raw_tables
from sarbench.schema import to_table
from tests.build.fake import fake_source, make_rows, png, write_coco


def test_the_key_is_stable(tmp_path: Path) -> None:
    data = write_coco(tmp_path / "raw", {"train": 2})
    assert cache_key("sardet-100k", data) == cache_key("sardet-100k", data)


def test_the_key_changes_with_every_input(tmp_path: Path) -> None:
    data = write_coco(tmp_path / "raw", {"train": 2})
    keys = [cache_key("sardet-100k", data)]
    annotations = data / "Annotations" / "train.json"
    os.utime(annotations, (1, 1))
    keys.append(cache_key("sardet-100k", data))
    (data / "JPEGImages" / "train" / "train0000.png").write_bytes(
        png(9, side=17)
    )  # in place: the folder looks the same
    keys.append(cache_key("sardet-100k", data))
    (data / "JPEGImages" / "train" / "new.png").write_bytes(png(9))
    keys.append(cache_key("sardet-100k", data))
    assert len(set(keys)) == len(keys)


def test_the_key_changes_with_code_and_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_coco(tmp_path / "raw", {"train": 1})
    keys = [cache_key("sardet-100k", data)]
    for name, value in (("SCHEMA_VERSION", "0"), ("__version__", "0"), ("_CODE", ("schema.py",))):
        monkeypatch.setattr(raw, name, value)
        keys.append(cache_key("sardet-100k", data))
    assert len(set(keys)) == len(keys)


def test_the_modules_that_make_rows_are_found() -> None:
    found = {path.name for pattern in raw._CODE for path in raw._PACKAGE.glob(pattern)}
    assert {"schema.py", "coords.py", "batches.py", "sardet.py", "_images.py", "display.py"} <= found
    assert all(list(raw._PACKAGE.glob(pattern)) for pattern in raw._CODE)


def test_tables_and_what_was_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rows = make_rows([2, 1])
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": rows, "test": ()}}))  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        (table,) = raw_tables("fake", str(tmp_path), "a", "train")
    assert table.equals(to_table(rows))
    assert "fake a/train: 1 problem" in caplog.text
    with pytest.raises(InputError, match="gives no row of a/test"):
        list(raw_tables("fake", str(tmp_path), "a", "test"))
