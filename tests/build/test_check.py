import json
import zlib
from pathlib import Path

import pytest

from sarbench import imaging, sources
from sarbench.build import check
from sarbench.errors import InputError
from tests.build.fake import fake_source, make_rows, write_coco


def test_a_good_folder(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 3})
    seen: list[int] = []
    result = check("sardet-100k", raw, progress=lambda place, rows: seen.append(rows))
    (split,) = result.splits
    assert (split.config, split.split, split.rows, split.images) == ("detection", "train", 3, 3)
    assert split.report.counts == {}
    assert result.usable
    assert sum(seen) == 3
    assert result.left_out == dict.fromkeys(("detection/validation", "detection/test"), "there are no files for it")


def test_pixels_that_cannot_be_decoded_are_found(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 2})
    chip = raw / "JPEGImages" / "train" / "train0001.png"
    data = bytearray(chip.read_bytes())
    start = data.index(b"IDAT")
    end = start + 4 + int.from_bytes(data[start - 4 : start], "big")
    data[start + 10] ^= 0xFF
    data[end : end + 4] = zlib.crc32(data[start:end]).to_bytes(4, "big")  # the chunk is whole, its content is not
    chip.write_bytes(data)
    result = check("sardet-100k", raw)
    assert result.splits[0].report.counts == {"image cannot be decoded": 1}
    assert result.splits[0].report.problems[0].record.startswith("train0001: ")
    assert result.usable
    assert "image cannot be decoded" in result.to_text()


def test_a_damaged_image_is_skipped_and_its_neighbours_kept(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 3})
    chip = raw / "JPEGImages" / "train" / "train0001.png"
    data = bytearray(chip.read_bytes())
    data[60] ^= 0xFF
    chip.write_bytes(data)
    result = check("sardet-100k", raw)
    assert result.splits[0].rows == 2
    assert result.splits[0].report.counts == {"image cannot be read": 1}
    assert "checksum" in result.splits[0].report.problems[0].record


def test_each_image_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make_rows([3, 2])
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": rows}, "b": {"test": rows}}))  # type: ignore[arg-type]
    decoded: list[bytes] = []
    monkeypatch.setattr(imaging, "verify", decoded.append)
    result = check("fake", tmp_path)
    assert [(split.rows, split.images) for split in result.splits] == [(5, 2), (5, 2)]
    assert len(decoded) == 2


def test_json_holds_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = InputError(where="b.json", problem="is cut off", fix="Download it again")
    content = {"a": {"train": make_rows([1])}, "b": {"train": broken}}
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]
    parts = json.loads(check("fake", tmp_path).to_json())
    assert parts["usable"] is True
    assert parts["splits"][0]["rows"] == 1
    assert parts["splits"][0]["counts"] == {"oddity": 1}
    assert parts["left_out"]["b/train"] == "b.json: is cut off. Download it again."


def test_no_row_is_not_usable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": ()}}))  # type: ignore[arg-type]
    result = check("fake", tmp_path)
    assert not result.usable
    assert "not usable" in result.to_text()
