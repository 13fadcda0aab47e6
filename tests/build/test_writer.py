import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sarbench import sources
from sarbench.build import build, parts, read_index
from sarbench.errors import InputError, UnknownNameError
from sarbench.schema import Row
from sarbench.sources import OpenSplit, OptionCard, Report
from tests.build.fake import fake_source, make_rows, write_coco

Content = Mapping[str, Mapping[str, Sequence[Row] | InputError]]
Give = Callable[[Content], None]
BROKEN = InputError(where="a/test.json", problem="is cut off", fix="Download it again")


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Give:
    """Make a dataset called `fake` give something."""

    def give(content: Content) -> None:
        monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]

    return give


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_written(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 3, "val": 2})
    seen: list[tuple[str, int]] = []
    index = build("sardet-100k", data_dir=raw, out=tmp_path / "out", progress=lambda *args: seen.append(args))
    assert index == read_index(tmp_path / "out")
    assert {split: (built.rows, built.images) for split, built in index.configs["detection"].items()} == {
        "train": (3, 3),
        "validation": (2, 2),
    }
    assert not index.simulated
    assert index.left_out == {}
    assert seen == [("detection/train", 3), ("detection/validation", 2)]
    assert sorted(contents(tmp_path / "out")) == [
        "QUALITY.md",
        "README.md",
        "croissant.json",
        "detection/train-00000-of-00001.parquet",
        "detection/validation-00000-of-00001.parquet",
        "quality.json",
        "sarbench.json",
    ]


def test_two_builds_are_equal_byte_by_byte(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 5})
    for name in ("one", "two"):
        build("sardet-100k", data_dir=raw, out=tmp_path / name)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    build("sardet-100k", data_dir=raw, out=tmp_path / "one")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_only_what_is_named_is_replaced(tmp_path: Path, give: Give) -> None:
    give({"a": {"train": make_rows([1]), "test": make_rows([2])}, "b": {"test": make_rows([3])}})
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    before = contents(tmp_path / "out")
    give({"a": {"train": make_rows([4]), "test": make_rows([5])}, "b": {"test": make_rows([6])}})
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", configs=["a"], splits=["test"])
    rows = {f"{c}/{s}": built.rows for c, splits in index.configs.items() for s, built in splits.items()}
    assert rows == {"a/train": 1, "a/test": 5, "b/test": 3}
    after = contents(tmp_path / "out")
    assert {name for name in after if name.endswith(".parquet") and after[name] != before[name]} == {
        "a/test-00000-of-00001.parquet"
    }
    assert pq.read_table(tmp_path / "out" / "a" / "test-00000-of-00001.parquet").num_rows == 5
    assert index == read_index(tmp_path / "out")


def test_a_config_is_added(tmp_path: Path, give: Give) -> None:
    give({"a": {"train": make_rows([1])}, "b": {"train": make_rows([2])}})
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", configs=["b"])
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", configs=["a"])
    assert list(index.configs) == ["a", "b"], "in the order of the card"
    assert (tmp_path / "out" / "README.md").read_text().count("config_name") == 2


def test_good_splits_survive_bad_neighbours(tmp_path: Path, give: Give) -> None:
    give({"a": {"train": make_rows([1]), "test": BROKEN}, "b": {"test": ()}})
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    assert list(index.configs) == ["a"]
    assert list(index.configs["a"]) == ["train"]
    assert index.left_out["a/test"] == "a/test.json: is cut off. Download it again."
    assert "gives no row of b/test" in index.left_out["b/test"]
    quality = json.loads((tmp_path / "out" / "quality.json").read_text())
    assert quality["left_out"] == index.left_out
    assert quality["splits"]["a/train"]["counts"] == index.configs["a"]["train"].problems == {"oddity": 1}


def test_a_split_that_fails_keeps_its_earlier_build(tmp_path: Path, give: Give) -> None:
    give({"a": {"train": make_rows([1]), "test": make_rows([2])}})
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    give({"a": {"train": make_rows([3]), "test": BROKEN}})
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    assert {split: built.rows for split, built in index.configs["a"].items()} == {"train": 3, "test": 2}
    assert list(index.left_out) == ["a/test"]
    splits = json.loads((tmp_path / "out" / "quality.json").read_text())["splits"]
    assert list(splits) == ["a/train", "a/test"]


def test_what_was_named_in_vain_is_said(tmp_path: Path, give: Give) -> None:
    give({"a": {"train": make_rows([1])}})
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", configs=["a", "absent"])
    assert index.left_out == {"absent": "there are no files for it"}


def test_nothing_usable(tmp_path: Path, give: Give) -> None:
    give({"a": {"train": BROKEN}})
    with pytest.raises(InputError, match="is cut off"):
        build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    give({"a": {"train": BROKEN, "test": ()}})
    with pytest.raises(InputError, match=r"gives not one row .a/train: .*; a/test: "):
        build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    assert contents(tmp_path / "out") == {}


def test_a_failed_build_changes_nothing(tmp_path: Path, give: Give) -> None:
    give({"a": {"train": make_rows([1])}})
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    before = contents(tmp_path / "out")
    give({"a": {"train": BROKEN}})
    with pytest.raises(InputError):
        build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
    assert contents(tmp_path / "out") == before


def test_simulated_and_real_rows_do_not_mix(tmp_path: Path, give: Give) -> None:
    simulated = make_rows([1], text_origin="simulated")
    give({"a": {"train": simulated}, "b": {"train": make_rows([1])}})
    index = build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", configs=["a"])
    assert index.simulated
    assert "**Simulated data.**" in (tmp_path / "out" / "README.md").read_text()
    with pytest.raises(InputError, match="gives real rows, and the folder to build in holds simulated ones"):
        build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", configs=["b"])
    give({"a": {"train": make_rows([1])}})
    assert not build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out").simulated, "nothing simulated stays"


def test_a_damaged_build_is_mended_by_building_again(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 3, "test": 3})
    index = build("sardet-100k", data_dir=raw, out=tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / "detection")
    assert build("sardet-100k", data_dir=raw, out=tmp_path / "out") == index


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 1})

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sarbench.build.shards._Shard.write", full)
    with pytest.raises(InputError, match="No space left on device"):
        build("sardet-100k", data_dir=raw, out=tmp_path / "out")
    assert contents(tmp_path / "out") == {}


def test_options_reach_the_source_and_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    option = OptionCard("imagery", ("preprocessed", "original"), "preprocessed", "Which images")
    source = fake_source({"a": {"train": make_rows([1])}, "b": {"train": make_rows([1])}}, options=(option,))
    seen: list[Mapping[str, str]] = []
    inside = source.open_split

    def open_split(*where: object, report: Report, options: Mapping[str, str]) -> object:
        seen.append(options)
        return inside(*where, report=report, options=options)

    source.open_split = open_split
    monkeypatch.setitem(sources.SOURCES, "fake", source)  # type: ignore[arg-type]
    where = {"data_dir": tmp_path / "raw", "out": tmp_path / "out"}
    assert build("fake", **where, configs=["a"]).options == {"imagery": "preprocessed"}  # type: ignore[arg-type]
    before = contents(tmp_path / "out")
    with pytest.raises(InputError, match="holds a/train, built with imagery=preprocessed; this build has imagery=orig"):
        build("fake", **where, configs=["b"], options={"imagery": "original"})  # type: ignore[arg-type]
    assert contents(tmp_path / "out") == before
    assert build("fake", **where, options={"imagery": "original"}).options == {"imagery": "original"}  # type: ignore[arg-type]
    assert seen[0] == {"imagery": "preprocessed"}
    assert seen[-1] == {"imagery": "original"}
    with pytest.raises(UnknownNameError, match="sepia"):
        build("fake", **where, options={"imagery": "sepia"})  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"lite": 0}])
def test_numbers_that_make_no_sense(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match=r"is 0\. Give a number from 1"):
        build("sardet-100k", data_dir=tmp_path / "raw", out=tmp_path / "out", **wrong)  # type: ignore[arg-type]


def test_a_full_disk_keeps_finished_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, out = write_coco(tmp_path / "raw", {"train": 6}), tmp_path / "out"
    monkeypatch.setattr(parts, "PART_GROUPS", 2)
    build("sardet-100k", data_dir=raw, out=out)
    before = contents(out)
    (raw / "new.txt").touch()
    written: list[int] = []
    write_part = parts.write_part

    def full(job: parts.SplitJob, opened: OpenSplit, number: int, *, tick: parts.Tick) -> None:
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(number)
        write_part(job, opened, number, tick=tick)

    monkeypatch.setattr("sarbench.build.engines.local.write_part", full)
    with pytest.raises(InputError, match=r"No space left on device.*finished parts are kept"):
        build("sardet-100k", data_dir=raw, out=out)
    assert {name: data for name, data in contents(out).items() if ".building" not in name} == before
    monkeypatch.setattr(
        "sarbench.build.engines.local.write_part",
        lambda *args, **kwargs: written.append(args[2]) or write_part(*args, **kwargs),
    )
    build("sardet-100k", data_dir=raw, out=out)
    assert written == [0, 1, 2], "no part is written twice"
    assert contents(out) == before


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    raw, out = write_coco(tmp_path / "raw", {"train": 2, "test": 2}), tmp_path / "out"

    def interrupt(place: str, rows: int) -> None:
        if place == "detection/test":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build("sardet-100k", data_dir=raw, out=out, progress=interrupt)
    assert contents(out) == {}
