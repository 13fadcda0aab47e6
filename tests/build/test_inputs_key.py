import os
from pathlib import Path

import pytest

from sarbench.build.folder.inputs_key import FILES_CODE, ROWS_CODE, inputs_key
from sarbench.sources import get
from tests.build.fake import write_coco


def key(raw: Path, **changes: object) -> str:
    given = {"code": ROWS_CODE, "options": {"a": "1"}, **changes}
    return inputs_key(get("sardet-100k"), raw, **given)  # type: ignore[arg-type]


def test_the_same_inputs_have_the_same_key(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 2})
    assert key(raw) == key(raw)
    assert len({key(raw), key(raw, code=FILES_CODE), key(raw, options={"a": "2"}), key(raw, more=["x"])}) == 4


@pytest.mark.parametrize("what", ["Annotations/train.json", "JPEGImages/train/train0001.png"])
def test_a_touched_file_changes_the_key(tmp_path: Path, what: str) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 2})
    before = key(raw)
    os.utime(raw / what, (1, 1))
    assert key(raw) != before


def test_a_new_image_changes_the_key(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 2})
    before = key(raw)
    (raw / "JPEGImages" / "train" / "more.png").touch()
    assert key(raw) != before
