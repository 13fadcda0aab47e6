from pathlib import Path

import msgspec
import pytest

from sarbench.build.pages.fingerprint import fingerprints
from sarbench.errors import InputError
from tests.build.fake import make_rows
from tests.hub.built_sets import write_set


def test_it_follows_from_the_content_of_a_config_alone(tmp_path: Path) -> None:
    rows, others = make_rows([1, 2]), make_rows([1, 3])
    made = fingerprints(tmp_path / "x", write_set(tmp_path / "x", {"a": {"test": rows}, "b": {"test": rows}}))
    again = fingerprints(tmp_path / "y", write_set(tmp_path / "y", {"a": {"test": rows}, "b": {"test": others}}))
    assert made["a"] == again["a"]
    assert made["b"] != again["b"]


def test_what_no_sample_hash_covers_changes_it_too(tmp_path: Path) -> None:
    rows = make_rows([1, 2])
    flagged = [msgspec.structs.replace(row, turn=7) for row in rows]
    one, two = write_set(tmp_path / "x", {"a": {"test": rows}}), write_set(tmp_path / "y", {"a": {"test": flagged}})
    assert one.configs["a"]["test"].data_digest == two.configs["a"]["test"].data_digest
    assert fingerprints(tmp_path / "x", one) != fingerprints(tmp_path / "y", two)


def test_the_images_of_a_joined_set_have_one(tmp_path: Path) -> None:
    made = write_set(tmp_path / "x", {}, joined={"a": {"test": make_rows([1, 2])}})
    other = write_set(tmp_path / "y", {}, joined={"a": {"test": make_rows([1, 2, 1])}})
    one, two = fingerprints(tmp_path / "x", made), fingerprints(tmp_path / "y", other)
    assert list(one) == ["a", "images"]
    assert one["images"] != two["images"]


@pytest.mark.parametrize("content", [b"", b"PAR", b"\xff\xff\xff\x7fPAR1", b"no Parquet file at all"])
def test_what_is_no_parquet_file_is_said(tmp_path: Path, content: bytes) -> None:
    made = write_set(tmp_path, {"a": {"test": make_rows([1])}})
    path = tmp_path / made.configs["a"]["test"].files[0].path
    path.write_bytes(content)
    with pytest.raises(InputError, match="no whole Parquet file"):
        fingerprints(tmp_path, made)
