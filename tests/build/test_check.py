import json
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from sarbench import imaging, sources
from sarbench.build import build, check
from sarbench.errors import InputError, UnknownNameError
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
    assert parts["complete"] is False
    assert parts["splits"][0]["rows"] == 1
    assert parts["splits"][0]["counts"] == {"oddity": 1}
    assert parts["left_out"]["b/train"] == "b.json: is cut off. Download it again."


def test_no_row_is_not_usable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": ()}}))  # type: ignore[arg-type]
    result = check("fake", tmp_path)
    assert not result.usable
    assert not result.complete
    assert "not usable" in result.to_text()


def bad_folder(folder: Path) -> Path:
    """Two splits with one image in common, a box given twice and one that reaches over the image."""
    raw = write_coco(folder, {"train": 3, "val": 2})
    coco = json.loads((raw / "Annotations" / "train.json").read_text())
    first = coco["annotations"][0]
    coco["annotations"] += [{**first, "id": 10}, {**first, "id": 11, "image_id": 1, "bbox": [10.0, 2.0, 8.0, 4.0]}]
    (raw / "Annotations" / "train.json").write_text(json.dumps(coco))
    return raw


def test_what_is_said_of_a_bad_folder(tmp_path: Path) -> None:
    raw = bad_folder(tmp_path / "raw")
    result = check("sardet-100k", raw)
    counts, _, quality = result.to_text().partition("\nquality: ")
    assert result.usable
    assert "detection/validation: 2 rows, 2 images, no problems" in counts
    place = "sardet-100k/detection/train/train000"
    assert quality.splitlines() == [
        "0 errors, 3 warnings, 0 notes in 5 rows of 2 splits.",
        "  warning box-outside: rows hold a box that reaches over the image",
        f"    detection/train: 1 of 3 (33.3%), e.g. {place}1-97294f05c360-0: ship [10, 2, 18, 6] in 16 × 16",
        "  warning box-repeated: rows hold the same box twice",
        f"    detection/train: 1 of 3 (33.3%), e.g. {place}0-97294f05c360-0: ship [1, 2, 4, 6] in 16 × 16",
        "  warning images-shared: images of an evaluation split lie in the other split as well",
        "    detection/train and detection/validation: 2 of 2 (100.0%), "
        "e.g. train0000: in detection/train and in detection/validation",
    ]


def test_findings_in_json(tmp_path: Path) -> None:
    parts = json.loads(check("sardet-100k", bad_folder(tmp_path / "raw")).to_json())
    assert [finding["rule"] for finding in parts["findings"]] == ["box-outside", "box-repeated", "images-shared"]
    assert parts["overlaps"][0]["images"] == 2
    assert parts["known_issues"]


def test_rows_reach_the_gate_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["sarbench.build.check"], "_BATCH", 2)
    rows = [row for row in make_rows([5]) for _ in range(2)]
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": rows}}))  # type: ignore[arg-type]
    result = check("fake", tmp_path)
    found = {finding.rule: finding for finding in result.quality.findings}
    assert (found["id-repeated"].count, found["sample-repeated"].count) == (5, 5)
    assert result.usable


def test_a_split_that_breaks_off_gives_no_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = {"a": {"train": InputError(where="a.json", problem="is cut off", fix="Download it again")}}
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]
    result = check("fake", tmp_path)
    assert result.quality.rows == {}
    assert result.to_text().endswith("quality: 0 errors, 0 warnings, 0 notes in 0 rows of 0 splits.")


def test_options_are_checked(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="imagery"):
        check("sardet-100k", tmp_path, options={"imagery": "original"})


def test_the_public_texts_of_fusar_pass(real_data: Path) -> None:
    quality = check("fusar-geovl", real_data / "fusar_geovl").quality
    assert quality.rows == {"fields/train": 8000, "caption/train": 1000}
    assert {finding.severity for finding in quality.findings} == {"information"}


@pytest.mark.parametrize(
    ("content", "asked", "complete"),
    [
        ({"a": {"train": make_rows([1])}}, None, True),
        ({"a": {"train": make_rows([1]), "test": ()}}, None, False),
        (
            {"a": {"train": make_rows([1]), "test": InputError(where="b", problem="is cut off", fix="Mend it")}},
            None,
            False,
        ),
        ({"a": {"train": make_rows([1])}}, ["train", "validation"], False),
    ],
)
def test_complete_is_what_a_build_gives_whole(
    content: Any, asked: list[str] | None, complete: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]
    (tmp_path / "raw").mkdir()
    result = check("fake", tmp_path / "raw", splits=asked)
    built = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", splits=asked)
    assert result.usable
    assert (result.complete, bool(built.left_out)) == (complete, not complete)
    assert set(result.lost) == set(built.left_out)
    assert ("usable in part" in result.to_text()) is not complete
