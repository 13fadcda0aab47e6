import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sarbench.build.index import BuiltIndex, FileIndex, SplitIndex
from sarbench.build.quality import ORDER, RULES, Gate, write_quality
from sarbench.errors import InputError
from sarbench.schema import Row, to_table, to_text_table
from sarbench.sources import Report
from tests.build.fake import make_rows
from tests.build.quality_case import boxed, examined, row

GOLDEN = Path(__file__).parent / "golden" / "QUALITY.md"
REFRESH = "SARBENCH_REFRESH_GOLDEN"
"""Set it to write the golden page anew; then read the difference."""


def stored(
    folder: Path, content: Mapping[str, Sequence[Row]], *, name: str = "fake", joined: bool = False, **split: Any
) -> BuiltIndex:
    """Write `config/split` → rows as one Parquet file each, two rows a row group; return the index."""
    configs: dict[str, dict[str, SplitIndex]] = {}
    for place, rows in content.items():
        config, _, part = place.partition("/")
        path = folder / f"{place}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table((to_text_table if joined else to_table)(rows), path, row_group_size=2)
        files = (FileIndex(path=f"{place}.parquet", bytes=path.stat().st_size),)
        known = {"rows": len(rows), "images": 1, "bytes": 1, "data_digest": "", "simulated": False, "files": files}
        configs.setdefault(config, {})[part] = SplitIndex(**{**known, **split})
    return BuiltIndex(schema_version="1", sarbench_version="0", name=name, simulated=False, configs=configs)


def faulty() -> dict[str, list[Row]]:
    """A small detection set with something wrong in every corner."""
    columns: dict[str, Any] = {"dataset": "sardet-100k", "config": "detection"}
    train = [
        boxed((1, 2, 30, 40), number=0, split="train", question="Where is 1 ship?", **columns),
        boxed((1, 2, 30, 40), (1, 2, 30, 40), (500, 2, 530, 40), number=1, split="train", **columns),
        row(2, image="0000002", split="train", task="presence", question="Any ship?", answers="Yes", **columns),
        row(3, image="0000002", split="train", task="presence", question="Any ship?", answers="No", **columns),
        row(4, image="0000003", split="train", answers="<image> | *bold* _Ã©_", **columns),
    ]
    test = [
        row(5, image="0000002", split="test", task="presence", question="Any ship?", answers="Yes", **columns),
        row(6, image="0000006", split="test", answers="", **columns),
    ]
    return {"detection/train": train, "detection/test": test}


def written(folder: Path) -> tuple[dict[str, Any], str]:
    return json.loads((folder / "quality.json").read_text()), (folder / "QUALITY.md").read_text()


def test_the_page_of_a_small_set(tmp_path: Path) -> None:
    report = Report()
    report.skip(file="train.json", record="7", problem="image not found")
    index = stored(tmp_path, faulty(), name="sardet-100k")
    write_quality(tmp_path, index, {"detection/train": report})
    made = written(tmp_path)[1]
    if os.environ.get(REFRESH):
        GOLDEN.write_text(made)
    assert made == GOLDEN.read_text()


def test_json_holds_findings_overlaps_and_what_was_met_while_reading(tmp_path: Path) -> None:
    index = stored(tmp_path, faulty(), name="sardet-100k")
    write_quality(tmp_path, index, {"detection/train": Report()})
    content, _ = written(tmp_path)
    assert list(content) == ["name", "left_out", "splits", "findings", "overlaps", "known_issues"]
    assert content["splits"] == {"detection/train": {"skipped": 0, "counts": {}, "problems": []}}
    severities = [finding["severity"] for finding in content["findings"]]
    assert severities == sorted(severities, key=["error", "warning", "information"].index)
    outside = next(finding for finding in content["findings"] if finding["rule"] == "box-outside")
    assert outside == {
        "rule": "box-outside",
        "severity": "warning",
        "place": "detection/train",
        "count": 1,
        "of": 2,
        "share": 0.5,
        "title": RULES["box-outside"].title,
        "detail": "",
        "fix": RULES["box-outside"].fix,
        "known": [],
        "examples": [{"row": "fake/a/train/1", "what": "ship [500, 2, 530, 40] in 512 × 512"}],
    }
    assert content["overlaps"] == [
        {
            "first": "detection/train",
            "second": "detection/test",
            "first_images": 4,
            "second_images": 2,
            "images": 1,
            "texts": 1,
            "samples": 1,
            "share": 0.5,
        }
    ]
    assert {issue["dataset"] for issue in content["known_issues"]} == {"sardet-100k"}


def test_twice_the_same_bytes_flat_or_joined(tmp_path: Path) -> None:
    for name, joined in (("one", False), ("two", False), ("three", True)):
        write_quality(tmp_path / name, stored(tmp_path / name, faulty(), joined=joined), {})
    one, *others = (
        [(tmp_path / name / file).read_bytes() for file in ("quality.json", "QUALITY.md")]
        for name in ("one", "two", "three")
    )
    assert others == [one, one]


def test_splits_of_an_earlier_build_are_compared_and_their_reports_kept(tmp_path: Path) -> None:
    report = Report()
    report.flag(file="a.json", record="1", problem="oddity")
    write_quality(tmp_path, stored(tmp_path, faulty()), {"detection/train": report})
    write_quality(tmp_path, stored(tmp_path, faulty()), {"detection/test": Report()})
    content, _ = written(tmp_path)
    assert content["splits"]["detection/train"]["counts"] == {"oddity": 1}
    assert content["splits"]["detection/test"]["counts"] == {}
    assert content["overlaps"][0]["images"] == 1


def test_a_lite_split_is_not_examined_again(tmp_path: Path) -> None:
    index = stored(tmp_path, {"a/test": make_rows([2])})
    lite = stored(tmp_path, {"a-lite/test": make_rows([1])}, lite_of="a").configs
    quality = write_quality(tmp_path, index.model_copy(update={"configs": {**index.configs, **lite}}), {})
    assert quality.rows == {"a/test": 2}


def test_nothing_wrong_is_a_short_page(tmp_path: Path) -> None:
    rows = [row(0, task="caption", answers="A ship in open water.")]
    write_quality(tmp_path, stored(tmp_path, {"a/train": rows}), {})
    assert written(tmp_path)[1] == (
        "# Quality of fake\n\n**0 errors, 0 warnings, 0 notes in 1 row of 1 split.**\n\n"
        "Rows of each finding, up to 20, are listed in `quality.json`.\n"
    )


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    index = stored(tmp_path, faulty())
    (tmp_path / "detection" / "test.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(InputError, match=r"test\.parquet: cannot be read"):
        write_quality(tmp_path, index, {})


def test_every_batch_size_gives_the_same(tmp_path: Path) -> None:
    rows = [each for held in faulty().values() for each in held]
    assert examined(rows, step=1) == examined(rows, step=2) == examined(rows)


def test_no_row_no_finding() -> None:
    gate = Gate("fake")
    gate.examine("a", "train", [])
    gate.examine("a", "test", [to_text_table([])])
    assert gate.quality().findings == ()
    assert gate.quality().rows == {"a/train": 0, "a/test": 0}


def test_every_rule_says_what_and_what_to_do() -> None:
    assert list(ORDER) == list(RULES)
    for rule in RULES.values():
        assert rule.title[0].islower()
        assert rule.fix.endswith(".")
