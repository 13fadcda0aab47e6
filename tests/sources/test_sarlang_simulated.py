"""The simulated set is read like the authors', and its texts are true."""

import hashlib
from pathlib import Path

import pytest

from sarbench.errors import InputError
from sarbench.simulate import write_sarlang
from sarbench.sources import Report, sarlang

COUNTS = {"train": 6, "test": 3}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sarlang(tmp_path_factory.mktemp("sarlang"), images=COUNTS, seed=4, originals=True)


def digest(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_every_config_is_read_without_a_problem(simulated: Path) -> None:
    found = sarlang.splits(simulated)
    assert found == {config.name: config.splits for config in sarlang.CARD.configs}
    tasks = set()
    for config, splits in found.items():
        for split in splits:
            for imagery in ("preprocessed", "original"):
                report = Report()
                rows = list(sarlang.rows(simulated, config, split, report=report, options={"imagery": imagery}))
                assert report.counts == {}
                assert len({row.image_id for row in rows}) == COUNTS[split]
                assert {row.text_origin for row in rows} == {"simulated"}
                assert {row.source.licence for row in rows if row.source} == {"simulated"}
                assert {row.raw_image is not None for row in rows} == {imagery == "original" and config != "vqa1"}
                tasks |= {row.task for row in rows}
    assert tasks == {"caption", "presence", "classification", "counting", "region", "position", "attribute"}


def test_csv_and_json_hold_the_same(simulated: Path, tmp_path: Path) -> None:
    copy = write_sarlang(tmp_path / "copy", images=COUNTS, seed=4)
    for path in copy.rglob("*.csv"):
        path.unlink()
    for config, split in (("vqa1", "train"), ("vqa2", "test"), ("caption-mixed", "train")):
        of_csv, of_json = (
            [
                (row.image_id, row.region, row.count, row.answers)
                for row in sarlang.rows(at, config, split, report=Report())
            ]
            for at in (simulated, copy)
        )
        assert of_csv == of_json
        assert of_csv


def test_regions_are_the_boxes_and_counts_their_number(simulated: Path) -> None:
    rows = list(sarlang.rows(simulated, "vqa1", "train", report=Report()))
    for counting in (row for row in rows if row.task == "counting"):
        same = [row.answers for row in rows if row.image_id == counting.image_id and row.task == "region"]
        asked = counting.question or ""
        assert sum(f" {label}" in asked for (label,) in same) == counting.count


def test_same_seed_same_files(simulated: Path, tmp_path: Path) -> None:
    again = write_sarlang(tmp_path / "again", images=COUNTS, seed=4, originals=True)
    assert digest(again) == digest(simulated)
    assert digest(write_sarlang(tmp_path / "other", images={"test": 1}, seed=5)) != digest(simulated)


def test_real_data_are_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "Text").mkdir()
    with pytest.raises(InputError, match="nothing says that it was simulated"):
        write_sarlang(tmp_path)
