from glob import glob
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from sarbench.errors import InputError
from sarbench.lmms import data
from sarbench.schema import EncodedImage
from tests.build.fake import make_row, png
from tests.hub.built_sets import write_set


def test_a_path_becomes_a_glob_under_the_home(home: Path) -> None:
    assert getattr(data, "sarchat-2m/rebuilt-counting/test") == f"{home}/sarchat-2m/rebuilt-counting/test-*.parquet"


def test_a_home_with_brackets_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(tmp_path / "home[1]"))
    shard = tmp_path / "home[1]" / "d" / "c" / "test-00000-of-00001.parquet"
    shard.parent.mkdir(parents=True)
    shard.touch()
    found = glob(getattr(data, "d/c/test"))  # noqa: PTH207 - a string, as datasets gets it
    assert found == [str(shard)]


def test_other_names_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'SARCHAT'"):
        _ = data.SARCHAT


def test_the_first_split_that_is_built_is_taken(home: Path) -> None:
    name = "sar-text/caption/test|train"
    assert getattr(data, name) == f"{home}/sar-text/caption/test-*.parquet"
    for split in ("train", "test"):
        shard = home / "sar-text" / "caption" / f"{split}-00000-of-00001.parquet"
        shard.parent.mkdir(parents=True, exist_ok=True)
        shard.touch()
        assert getattr(data, name) == f"{home}/sar-text/caption/{split}-*.parquet"


def test_only_the_rows_of_a_task_are_kept_in_their_order() -> None:
    datasets = pytest.importorskip("datasets")
    docs = datasets.Dataset.from_dict({"task": ["presence", "counting", "presence"], "id": ["a", "b", "c"]})
    assert list(data.only_presence(docs)["id"]) == ["a", "c"]
    assert list(data.only_counting(docs)["id"]) == ["b"]
    assert len(data.only_region(docs)) == 0
    with pytest.raises(AttributeError, match="only_nonsense"):
        _ = data.only_nonsense


def test_image_in_the_row_beside_it_or_nowhere(home: Path) -> None:
    image = EncodedImage(png(1), "a.png")
    rows = [make_row(1, image, config="a", split="test"), make_row(2, None, config="a", split="test")]
    write_set(home / "fake", {}, joined={"a": {"test": rows}})
    stored, none = (msgspec.to_builtins(row) for row in rows)
    shown = Image.open(BytesIO(image.bytes))
    assert data.image_of({**stored, "image": shown}) is shown
    del stored["image"]
    assert data.image_of(stored).tobytes() == shown.tobytes()
    assert data.image_of({**none, "image": None}) is None
    with pytest.raises(InputError, match="holds no image 'unheard'"):
        data.image_of({**stored, "image_id": "unheard"})
