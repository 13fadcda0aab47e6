"""Opened splits: any way of asking for the groups gives the same rows."""

from pathlib import Path

import pytest

from sarbench import sources
from sarbench.simulate import write_sardet
from sarbench.sources import Report


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sardet")
    write_sardet(folder, images={"train": 6, "validation": 2, "test": 3}, seed=1)
    return folder


@pytest.mark.parametrize(("name", "config"), [("sardet-100k", "detection"), ("sarchat-2m", "rebuilt-identification")])
def test_parts_give_the_rows_of_the_whole(data_dir: Path, name: str, config: str) -> None:
    source = sources.get(name)
    whole = list(source.rows(data_dir, config, "train", report=Report()))
    with source.open_split(data_dir, config, "train", report=Report()) as split:
        assert split.groups == 6
        spans = [range(4, 6), range(0, 1), range(1, 4)]
        parts = {span.start: list(split.rows(span, Report())) for span in spans}
    assert [row for start in sorted(parts) for row in parts[start]] == whole
