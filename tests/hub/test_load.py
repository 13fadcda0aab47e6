import pickle
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest

import sarbench
from sarbench import paths, sources
from sarbench.build import build, read_index
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub.load import list_datasets, load_dataset
from sarbench.schema import SCHEMA, Box, Geo, Row, Source, to_table
from tests.build.fake import fake_source, make_row, make_rows, png, write_coco

GEO = Geo(
    lat=-12.5, lon=130.25, place="Darwin", polarisation=("HH", "HV"), acquired=datetime(2024, 2, 29, 23, 59, tzinfo=UTC)
)
EVERYTHING: list[Row] = [
    make_rows([1])[0],
    make_row(
        1,
        make_rows([1])[0].image,
        boxes=(Box("ship", (1.0, 2.0, 3.5, 4.0), "top left"), Box(None, (0.0, 0.0, 16.0, 16.0))),
        region=(1.0, 2.0, 3.0, 4.0),
        choices=("a", "b"),
        count=2,
        geo=GEO,
        source=Source(dataset="up", split="val", imagery="original"),
        flags=("odd",),
        turn=0,
        dialogue_id="d",
        raw_image=b"\x00raw",
    ),
    make_row(2, None, geo=Geo(), answers=()),
]
"""Null image, null structs, structs of nulls, empty and filled lists, fixed lists inside structs, UTC timestamps."""


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that gives `EVERYTHING` as test, and more as train."""
    content = {"a": {"train": make_rows([2, 3]), "test": EVERYTHING}}
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source(content))  # type: ignore[arg-type]
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def undecoded(data: Any) -> list[dict[str, Any]]:
    """Read rows to their end, images as bytes."""
    return [dict(row) for row in data.cast_column("image", datasets.Image(decode=False))]


def expected(rows: list[Row]) -> list[dict[str, Any]]:
    return to_table(rows).to_pylist()


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
        assert undecoded(way) == expected(EVERYTHING)
    files = [out / file.path for file in read_index(out).configs["a"]["test"].files]
    assert pq.read_table(files).to_pylist() == expected(EVERYTHING)


def test_images_decode(everything: Path) -> None:
    for streaming in (False, True):
        rows = list(load_dataset("fake", "a", split="test", data_dir=everything, streaming=streaming))
        assert rows[0]["image"].size == (16, 16)
        assert rows[2]["image"] is None


def test_plain_datasets_reads_a_built_folder(everything: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    build("fake", data_dir=everything, out=tmp_path / "out")
    assert datasets.get_dataset_config_names(out) == ["a"]
    assert undecoded(datasets.load_dataset(out, "a", split="test")) == expected(EVERYTHING)
    assert undecoded(datasets.load_dataset(out, "a", split="test", streaming=True)) == expected(EVERYTHING)
    assert set(datasets.load_dataset(out)) == {"train", "test"}


def test_all_splits(everything: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "out")
    for folder in (everything, tmp_path / "out"):
        loaded = load_dataset("fake", "a", data_dir=folder)
        assert isinstance(loaded, datasets.DatasetDict)
        assert {split: len(rows) for split, rows in loaded.items()} == {"train": 5, "test": 3}
        streamed = load_dataset("fake", "a", data_dir=folder, streaming=True)
        assert isinstance(streamed, datasets.IterableDatasetDict)
        assert {split: len(list(rows)) for split, rows in streamed.items()} == {"train": 5, "test": 3}


def test_slices_and_sums(everything: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "out")
    for folder in (everything, tmp_path / "out"):
        assert load_dataset("fake", "a", split="train[:40%]", data_dir=folder)["answers"][:] == [["0"], ["1"]]
        both = load_dataset("fake", "a", split="train[-1:]+test[:1]", data_dir=folder)
        assert both["answers"][:] == [["4"], ["0"]]
        assert len(list(load_dataset("fake", "a", split="train+test", data_dir=folder, streaming=True))) == 8


def test_home_is_the_default(everything: Path, home: Path) -> None:
    with pytest.raises(InputError, match=r"fake is not built here. Ask the authors. Then run `sarbench build fake"):
        load_dataset("fake", "a", split="test")
    build("fake", data_dir=everything, out=paths.built("fake"))
    assert len(load_dataset("fake", "a", split="test", num_proc=2)) == 3


def test_only_the_asked_split_is_read(everything: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    index = build("fake", data_dir=everything, out=out)
    for file in index.configs["a"]["train"].files:
        (out / file.path).write_bytes(bytes(file.bytes))  # reading it would fail
    assert len(load_dataset("fake", "a", split="test", data_dir=out)) == 3
    assert len(list(load_dataset("fake", "a", split="test", data_dir=out, streaming=True))) == 3


def test_building_again_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (2, 4):
        monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": make_rows([number])}}))  # type: ignore[arg-type]
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
    assert undecoded(load_dataset("fake", "a", split="test", data_dir=everything)) == expected(EVERYTHING)


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
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"a": {"train": broken}}))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is cut off"):
        load_dataset("fake", "a", split="train", data_dir=tmp_path)
    with pytest.raises(InputError, match="is cut off"):
        list(load_dataset("fake", "a", split="train", data_dir=tmp_path, streaming=True))


def test_nothing_is_written_beside_the_package(everything: Path) -> None:
    beside = Path(sarbench.__file__).parents[1] / "sarbench.lock"  # datasets 3.x puts it there for foreign builders
    for streaming in (False, True):
        rows = load_dataset("fake", "a", split="test", data_dir=everything, streaming=streaming)
        assert len(list(pickle.loads(pickle.dumps(rows)))) == 3
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
