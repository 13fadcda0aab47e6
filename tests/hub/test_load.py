import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest

import sarbench
from sarbench import paths, sources
from sarbench.build import build, read_index
from sarbench.errors import InputError, SarbenchError, UnknownNameError
from sarbench.hub.load import list_datasets, load_dataset
from sarbench.schema import SCHEMA
from sarbench.simulate import write_sardet
from tests.build.fake import make_rows, png, write_coco
from tests.hub import sets
from tests.hub.sets import undecoded

EXPECTED = sets.expected(sets.everything())


def test_raw_built_and_streamed_are_alike(everything: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build("fake", data_dir=everything, out=out)
    ways = [
        load_dataset("fake", "a", split="test", data_dir=folder, streaming=streaming)
        for folder in (everything, out)
        for streaming in (False, True)
    ]
    features = datasets.Features.from_arrow_schema(SCHEMA)
    for way in ways:
        assert way.features == features
        assert undecoded(way) == EXPECTED
    files = [out / file.path for file in read_index(out).configs["a"]["test"].files]
    assert pq.read_table(files).to_pylist() == EXPECTED


def test_images_decode(everything: Path) -> None:
    for streaming in (False, True):
        rows = list(load_dataset("fake", "a", split="test", data_dir=everything, streaming=streaming))
        assert rows[0]["image"].size == (16, 16)
        assert rows[2]["image"] is None


def test_plain_datasets_reads_a_built_folder(everything: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    build("fake", data_dir=everything, out=tmp_path / "out")
    assert datasets.get_dataset_config_names(out) == ["a"]
    assert undecoded(datasets.load_dataset(out, "a", split="test")) == EXPECTED
    assert undecoded(datasets.load_dataset(out, "a", split="test", streaming=True)) == EXPECTED
    assert set(datasets.load_dataset(out)) == {"train", "test"}


def test_plain_datasets_sees_another_build(everything: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def built(out: Path, texts: list[int], question: str) -> list[str]:
        rows = make_rows(texts, split="test", question=question)
        monkeypatch.setitem(sources.SOURCES, "fake", sets.source({"a": {"test": rows}}))
        build("fake", data_dir=everything, out=out)
        return [row["question"] for row in datasets.load_dataset(str(out), "a", split="test")]

    assert built(tmp_path / "out", [1], "first") == ["first"]
    assert built(tmp_path / "out", [2], "second") == ["second"] * 2
    assert built(tmp_path / "elsewhere" / "out", [2], "third ") == ["third "] * 2
    assert built(tmp_path / "out", [1], "first") == ["first"]


def test_all_splits(everything: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "out")
    for folder in (everything, tmp_path / "out"):
        loaded = load_dataset("fake", "a", data_dir=folder)
        assert isinstance(loaded, datasets.DatasetDict)
        assert {split: len(rows) for split, rows in loaded.items()} == {"train": 5, "test": 7}
        streamed = load_dataset("fake", "a", data_dir=folder, streaming=True)
        assert isinstance(streamed, datasets.IterableDatasetDict)
        assert {split: len(list(rows)) for split, rows in streamed.items()} == {"train": 5, "test": 7}


def test_slices_and_sums(everything: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "out")
    for folder in (everything, tmp_path / "out"):
        assert load_dataset("fake", "a", split="train[:40%]", data_dir=folder)["answers"][:] == [["0"], ["1"]]
        both = load_dataset("fake", "a", split="train[-1:]+test[:1]", data_dir=folder)
        assert both["answers"][:] == [["4"], ["0"]]
        assert len(list(load_dataset("fake", "a", split="train+test", data_dir=folder, streaming=True))) == 12


def test_home_is_the_default(everything: Path, home: Path) -> None:
    with pytest.raises(InputError, match=r"fake is not built here. Ask the authors. Then run `sarbench build fake"):
        load_dataset("fake", "a", split="test")
    build("fake", data_dir=everything, out=paths.built("fake"))
    assert len(load_dataset("fake", "a", split="test", num_proc=2)) == 7


def test_only_the_asked_split_is_read(everything: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    index = build("fake", data_dir=everything, out=out)
    for file in index.configs["a"]["train"].files:
        (out / file.path).write_bytes(bytes(file.bytes))  # reading it would fail
    assert len(load_dataset("fake", "a", split="test", data_dir=out)) == 7
    assert len(list(load_dataset("fake", "a", split="test", data_dir=out, streaming=True))) == 7


def test_building_again_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (2, 4):
        monkeypatch.setitem(sources.SOURCES, "fake", sets.source({"a": {"train": make_rows([number])}}))
        build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out")
        assert len(load_dataset("fake", "a", split="train", data_dir=tmp_path / "out")) == number


def test_changed_files_are_read_again(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 2})
    before = load_dataset("sardet-100k", "detection", split="train", data_dir=raw)[0]["image_sha256"]
    (raw / "JPEGImages" / "train" / "train0000.png").write_bytes(png(99))
    after = load_dataset("sardet-100k", "detection", split="train", data_dir=raw)[0]["image_sha256"]
    assert before != after


def test_names_of_folders_are_no_patterns(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 2})
    out = tmp_path / ".cache" / "a[1]*"
    build("sardet-100k", data_dir=raw, out=out)
    for streaming in (False, True):
        assert (
            len(list(load_dataset("sardet-100k", "detection", split="train", data_dir=out, streaming=streaming))) == 2
        )


def test_a_file_with_an_images_name_does_not_shadow_it(
    everything: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "0.png").write_bytes(png(7))
    assert undecoded(load_dataset("fake", "a", split="test", data_dir=everything)) == EXPECTED


def test_unknown_names(everything: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "out", splits=["test"])
    for folder in (everything, tmp_path / "out"):
        with pytest.raises(UnknownNameError, match=r"no config 'b'.*Take one of a, absent"):
            load_dataset("fake", "b", data_dir=folder)
        with pytest.raises(UnknownNameError, match=r"no split 'tset'.*Take one of .*test"):
            load_dataset("fake", "a", split="tset", data_dir=folder)
    with pytest.raises(UnknownNameError, match=r"'absent' is not built; there is a.*--configs absent"):
        load_dataset("fake", "absent", data_dir=tmp_path / "out")
    with pytest.raises(InputError, match="has no files for config 'absent'"):
        load_dataset("fake", "absent", data_dir=everything)
    with pytest.raises(UnknownNameError, match="sardet-100k, "):
        load_dataset("nonesuch", "a")
    with pytest.raises(InputError, match="holds fake, not sardet-100k"):
        load_dataset("sardet-100k", "detection", data_dir=tmp_path / "out")


def test_what_is_wrong_with_the_files_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = InputError(where="a.json", problem="is cut off", fix="Download it again")
    monkeypatch.setitem(sources.SOURCES, "fake", sets.source({"a": {"train": broken}}))
    with pytest.raises(InputError, match="is cut off"):
        load_dataset("fake", "a", split="train", data_dir=tmp_path)
    with pytest.raises(InputError, match="is cut off"):
        list(load_dataset("fake", "a", split="train", data_dir=tmp_path, streaming=True))


def test_nothing_is_written_beside_the_package(everything: Path) -> None:
    beside = Path(sarbench.__file__).parents[1] / "sarbench.lock"  # datasets 3.x puts it there for foreign builders
    for streaming in (False, True):
        rows = load_dataset("fake", "a", split="test", data_dir=everything, streaming=streaming)
        assert len(list(pickle.loads(pickle.dumps(rows)))) == 7
    assert not beside.exists()


def test_real_images(real_data: Path, tmp_path: Path) -> None:
    raw = real_data / "hrsid"
    for name, config in (("sardet-100k", "detection"), ("sarchat-2m", "rebuilt-identification")):
        out = tmp_path / name
        built = build(name, data_dir=raw, out=out, configs=[config]).configs[config]["test"]
        assert built.images == 3
        rows = undecoded(load_dataset(name, config, split="test", data_dir=raw))
        assert len(rows) == built.rows
        assert rows[0]["width"] == rows[0]["height"] == 800
        assert undecoded(load_dataset(name, config, split="test", data_dir=out)) == rows
        assert undecoded(load_dataset(name, config, split="test", data_dir=raw, streaming=True)) == rows
        assert undecoded(load_dataset(name, config, split="test", data_dir=out, streaming=True)) == rows
        shutil.rmtree(out)


def test_list_datasets() -> None:
    assert [card.name for card in list_datasets()] == list(sources.CARDS)


def hub_source(**card: Any) -> Any:
    option = sources.OptionCard("imagery", ("preprocessed", "original"), "preprocessed", "Which images")
    return sets.source(sets.content(), options=(option,), hub=sources.HubRepo("org/name", "abc"), **card)


@pytest.fixture
def downloads(everything: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A dataset on the Hub; what was asked for there is listed."""
    asked: list[dict[str, Any]] = []

    def ensure_download(card: sources.DatasetCard, configs: Any, **rest: Any) -> Path:
        asked.append({"configs": configs, **rest})
        return everything

    monkeypatch.setitem(sources.SOURCES, "fake", hub_source())
    monkeypatch.setattr("sarbench.hub.fetch.ensure_download", ensure_download)
    return asked


def test_from_the_hub_where_nothing_is_built(downloads: list[dict[str, Any]]) -> None:
    assert sets.digest(load_dataset("fake", "a", split="test"))[0] == 7
    load_dataset("fake", "a", split="test", revision="v2", imagery="original", streaming=True)
    assert downloads == [
        {"configs": ("a",), "revision": None, "options": {"imagery": "preprocessed"}},
        {"configs": ("a",), "revision": "v2", "options": {"imagery": "original"}},
    ]


def test_what_is_built_is_taken_where_it_is_what_was_asked_for(
    downloads: list[dict[str, Any]], everything: Path
) -> None:
    build("fake", data_dir=everything, out=paths.built("fake"), options={"imagery": "original"})
    load_dataset("fake", "a", split="test", imagery="original")
    assert downloads == []
    load_dataset("fake", "a", split="test")
    load_dataset("fake", "a", split="test", imagery="original", revision="v2")
    assert [each["options"]["imagery"] for each in downloads] == ["preprocessed", "original"]


def test_options_of_a_built_folder(downloads: list[dict[str, Any]], everything: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "out", options={"imagery": "original"})
    assert len(load_dataset("fake", "a", split="test", data_dir=tmp_path / "out")) == 7
    with pytest.raises(InputError, match="was built with imagery=original, not preprocessed"):
        load_dataset("fake", "a", data_dir=tmp_path / "out", imagery="preprocessed")
    with pytest.raises(UnknownNameError, match="Choose one of: preprocessed, original"):
        load_dataset("fake", "a", data_dir=everything, imagery="both")
    with pytest.raises(UnknownNameError, match="fake has no option of this name; it has imagery"):
        load_dataset("fake", "a", data_dir=everything, colour="red")


def test_options_change_what_is_prepared(downloads: list[dict[str, Any]], everything: Path) -> None:
    one = load_dataset("fake", "a", split="test", data_dir=everything)
    other = load_dataset("fake", "a", split="test", data_dir=everything, imagery="original")
    assert one.cache_files != other.cache_files


def test_revisions(everything: Path, downloads: list[dict[str, Any]]) -> None:
    with pytest.raises(InputError, match="data_dir and revision='v2' name two places"):
        load_dataset("fake", "a", data_dir=everything, revision="v2")
    with pytest.raises(InputError, match="sardet-100k: has no repository on the Hub"):
        load_dataset("sardet-100k", "detection", revision="v2")


def test_lite_configs_are_only_built(everything: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "out", lite=3)
    lite = load_dataset("fake", "a-lite", split="test", data_dir=tmp_path / "out")
    assert 0 < len(lite) <= 7
    assert {row["config"] for row in lite.select_columns(["config"])} == {"a"}
    with pytest.raises(InputError, match="--configs a --lite N"):
        load_dataset("fake", "a-lite", data_dir=everything)
    build("fake", data_dir=everything, out=tmp_path / "whole")
    with pytest.raises(UnknownNameError, match=r"'a-lite' is not built.*--configs a --lite N"):
        load_dataset("fake", "a-lite", data_dir=tmp_path / "whole")


@pytest.mark.parametrize("count", [1, 2, 5, 60])
def test_several_processes_prepare_the_same(tmp_path: Path, count: int) -> None:
    """More processes than images, too."""
    raw = write_coco(tmp_path / "raw", {"train": count})
    rows = load_dataset("sardet-100k", "detection", split="train", data_dir=raw, num_proc=3)
    assert sets.digest(rows) == sets.digest(
        load_dataset("sardet-100k", "detection", split="train", data_dir=raw, streaming=True)
    )
    assert rows["id"][:] == sorted(rows["id"][:])


def test_errors_of_other_processes_are_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = InputError(where="a.json", problem="is cut off", fix="Download it again")
    monkeypatch.setitem(sources.SOURCES, "fake", sets.source({"a": {"train": broken}}))
    with pytest.raises(InputError, match="is cut off"):
        load_dataset("fake", "a", split="train", data_dir=tmp_path, num_proc=2)


def test_a_stream_left_half_read_does_not_abort_the_process(tmp_path: Path) -> None:
    build("sardet-100k", data_dir=write_coco(tmp_path / "raw", {"train": 3}), out=tmp_path / "out")
    code = (
        f"import sys; sys.path[:0] = {[entry for entry in sys.path if entry]!r}\n"
        "from sarbench import load_dataset\n"
        f"where = {{'split': 'train', 'data_dir': {str(tmp_path / 'out')!r}}}\n"
        "print(len(load_dataset('sardet-100k', 'detection', **where)))\n"
        "print(next(iter(load_dataset('sardet-100k', 'detection', **where, streaming=True)))['image'].size)"
    )
    environment = {**os.environ, "HF_DATASETS_CACHE": str(tmp_path / "cache")}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert answer.stdout.splitlines() == ["3", "(16, 16)"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"split": ["train", "test"]}, r"Write 'train\+test'"),
        ({"split": "train[:200%]"}, r"train\[:200%\]: is no slice"),
        ({"split": "train[abc]"}, "is no slice"),
        ({"data_dir": ""}, "data_dir: is empty"),
    ],
)
def test_what_cannot_be_meant_is_explained(tmp_path: Path, arguments: dict[str, Any], said: str) -> None:
    write_sardet(tmp_path, images={"train": 3})
    with pytest.raises(SarbenchError, match=said):
        load_dataset("sardet-100k", "detection", **{"split": "train", "data_dir": tmp_path, **arguments})
