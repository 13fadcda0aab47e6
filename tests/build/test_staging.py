import sys
from pathlib import Path

import pytest

from sarbench.build.index import BuiltIndex, FileIndex, SplitIndex, parse_index, write_index
from sarbench.build.staging import WORK_NAME, keep, staging, swap_in
from sarbench.errors import InputError

FILE = FileIndex(path="a/train-00000-of-00001.parquet", bytes=3)
SPLIT = SplitIndex(rows=1, images=1, bytes=3, data_digest="0", simulated=False, files=(FILE,))


def index(configs: dict[str, dict[str, SplitIndex]]) -> BuiltIndex:
    return BuiltIndex(schema_version="1", sarbench_version="1", name="fake", simulated=False, configs=configs)


def test_a_new_folder_is_made_and_left_clean(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with staging(out, "fake", tmp_path / "raw") as (work, previous):
        assert previous is None
        (work / "x").touch()
    assert list(out.iterdir()) == []


def test_leftovers_of_a_dead_build_are_cleaned(tmp_path: Path) -> None:
    (tmp_path / "out" / WORK_NAME / "a").mkdir(parents=True)
    with staging(tmp_path / "out", "fake", tmp_path / "raw") as (work, previous):
        assert previous is None
        assert list(work.iterdir()) == []


def test_other_content_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.tex").touch()
    with pytest.raises(InputError, match="not empty and holds no built dataset"), staging(tmp_path, "fake", Path("x")):
        pass
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "thesis.tex"]


def test_another_dataset_is_refused(tmp_path: Path) -> None:
    write_index(tmp_path, index({}))
    with (
        pytest.raises(InputError, match=r"holds fake.*another folder for other"),
        staging(tmp_path, "other", Path("x")),
    ):
        pass


def test_the_data_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lies within the data folder"), staging(tmp_path / "out", "fake", tmp_path):
        pass


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(InputError, match="is not a folder"), staging(tmp_path / "out", "fake", tmp_path / "raw"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
def test_one_build_at_a_time(tmp_path: Path) -> None:
    with staging(tmp_path / "out", "fake", tmp_path / "raw") as (work, _):
        (work / "x").touch()
        with (
            pytest.raises(InputError, match="being built by another process"),
            staging(tmp_path / "out", "fake", tmp_path / "raw"),
        ):
            pass
        assert (work / "x").exists()


def test_what_is_no_longer_whole_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / FILE.path).write_bytes(b"abc")
    write_index(tmp_path, index({"a": {"train": SPLIT, "test": SPLIT.model_copy(update={"files": (FILE, FILE)})}}))
    with staging(tmp_path, "fake", Path("x")) as (_, previous):
        assert previous is not None
        assert set(previous.configs["a"]) == {"train", "test"}
    (tmp_path / FILE.path).write_bytes(b"ab")
    with staging(tmp_path, "fake", Path("x")) as (_, previous):
        assert previous is not None
        assert previous.configs == {"a": {}}


def test_swap(tmp_path: Path) -> None:
    for config in ("a", "b"):
        (tmp_path / config).mkdir()
        (tmp_path / config / "old").touch()
    work = tmp_path / WORK_NAME
    (work / "a").mkdir(parents=True)
    (work / "a" / "new").touch()
    swap_in(tmp_path, work, index({"a": {"train": SPLIT}, "b": {"train": SPLIT}}), configs=["a"])
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["new"]
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["old"]
    assert set(parse_index(tmp_path).configs) == {"b"}, "the changed config is listed only when all is done"


def test_files_that_stay_need_no_second_copy(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / FILE.path).write_bytes(b"abc")
    (tmp_path / "new").mkdir()
    keep(tmp_path, tmp_path / "new", [FILE])
    assert (tmp_path / "new" / Path(FILE.path).name).stat().st_nlink == 2
