import sys
from pathlib import Path

import pytest

from sarbench.build.folder.commit import WORK_NAME
from sarbench.build.folder.staging import staging
from sarbench.build.index import BuiltIndex, FileIndex, ImagesIndex, SplitIndex, write_index
from sarbench.errors import InputError, RunError

FILE = FileIndex(path="a/train-00000-of-00001.parquet", bytes=3)
SPLIT = SplitIndex(rows=1, images=1, bytes=3, data_digest="0", simulated=False, files=(FILE,))


def index(configs: dict[str, dict[str, SplitIndex]]) -> BuiltIndex:
    return BuiltIndex(schema_version="1", sarbench_version="1", name="fake", simulated=False, configs=configs)


def test_a_new_folder_is_made_and_left_clean(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with staging(out, "fake", tmp_path / "raw", key="k") as stage:
        assert stage.earlier is None
        (stage.new / "x").touch()
    assert list(out.iterdir()) == []


def test_leftovers_of_a_dead_build_are_cleaned(tmp_path: Path) -> None:
    work = tmp_path / "out" / WORK_NAME
    for folder in ("new/a", "links", "parts/k/a", "parts/other/a"):
        (work / folder).mkdir(parents=True)
    (work / "file").touch()
    with staging(tmp_path / "out", "fake", tmp_path / "raw", key="k") as stage:
        assert stage.earlier is None
        assert list(stage.new.iterdir()) == []
        assert sorted(path.name for path in work.iterdir()) == ["new", "parts"]
        assert (stage.parts / "a").is_dir(), "parts of the same inputs are kept"
        assert [path.name for path in (work / "parts").iterdir()] == ["k"]
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("error", "kept"), [(OSError, True), (KeyboardInterrupt, False), (ValueError, False)])
def test_what_stays_after_an_error(tmp_path: Path, error: type[BaseException], kept: bool) -> None:
    def work() -> None:
        with staging(tmp_path / "out", "fake", tmp_path / "raw", key="k") as stage:
            (stage.parts / "a").mkdir(parents=True)
            (stage.parts / "a" / "part.json").touch()
            raise error

    with pytest.raises(error):
        work()
    assert (tmp_path / "out" / WORK_NAME / "parts" / "k" / "a" / "part.json").exists() is kept
    assert not (tmp_path / "out" / WORK_NAME / "new").exists()


def test_no_finished_part_nothing_to_keep(tmp_path: Path) -> None:
    def work() -> None:
        with staging(tmp_path / "out", "fake", tmp_path / "raw", key="k") as stage:
            (stage.parts / "a").mkdir(parents=True)
            raise RunError(where="x", problem="was killed", fix="Try again")

    with pytest.raises(RunError):
        work()
    assert list((tmp_path / "out").iterdir()) == []


def test_half_an_index_is_no_content(tmp_path: Path) -> None:
    (tmp_path / ".sarbench.json.77.tmp").touch()
    with staging(tmp_path, "fake", Path("x"), key="k") as stage:
        assert stage.earlier is None
    assert list(tmp_path.iterdir()) == []


def test_other_content_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.tex").touch()
    with (
        pytest.raises(InputError, match="not empty and holds no built dataset"),
        staging(tmp_path, "fake", Path("x"), key="k"),
    ):
        pass
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "thesis.tex"]


def test_another_dataset_is_refused(tmp_path: Path) -> None:
    write_index(tmp_path, index({}))
    with (
        pytest.raises(InputError, match=r"holds fake.*another folder for other"),
        staging(tmp_path, "other", Path("x"), key="k"),
    ):
        pass


def test_the_data_folder_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="lies within the data folder"),
        staging(tmp_path / "out", "fake", tmp_path, key="k"),
    ):
        pass


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with (
        pytest.raises(InputError, match="is not a folder"),
        staging(tmp_path / "out", "fake", tmp_path / "raw", key="k"),
    ):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
def test_one_build_at_a_time(tmp_path: Path) -> None:
    with staging(tmp_path / "out", "fake", tmp_path / "raw", key="k") as stage:
        (stage.new / "x").touch()
        with (
            pytest.raises(InputError, match="being built by another process"),
            staging(tmp_path / "out", "fake", tmp_path / "raw", key="k"),
        ):
            pass
        assert (stage.new / "x").exists()


def test_what_is_no_longer_whole_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / FILE.path).write_bytes(b"abc")
    write_index(tmp_path, index({"a": {"train": SPLIT, "test": SPLIT.model_copy(update={"files": (FILE, FILE)})}}))
    with staging(tmp_path, "fake", Path("x"), key="k") as stage:
        assert stage.earlier is not None
        assert set(stage.earlier.configs["a"]) == {"train", "test"}
    (tmp_path / FILE.path).write_bytes(b"ab")
    with staging(tmp_path, "fake", Path("x"), key="k") as stage:
        assert stage.earlier is not None
        assert stage.earlier.configs == {"a": {}}


def test_joined_rows_need_their_images(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / FILE.path).write_bytes(b"abc")
    joined = SPLIT.model_copy(update={"layout": "joined"})
    images = ImagesIndex(rows=1, bytes=3, files=(FILE,), offsets=FILE)
    whole = index({"a": {"train": joined}, "b": {"train": SPLIT}}).model_copy(update={"images": {"train": images}})
    write_index(tmp_path, whole)
    with staging(tmp_path, "fake", Path("x"), key="k") as stage:
        assert stage.earlier == whole
    lost = images.model_copy(update={"offsets": FileIndex(path="images/none", bytes=1)})
    write_index(tmp_path, whole.model_copy(update={"images": {"train": lost}}))
    with staging(tmp_path, "fake", Path("x"), key="k") as stage:
        assert stage.earlier is not None
        assert stage.earlier.configs == {"a": {}, "b": {"train": SPLIT}}
