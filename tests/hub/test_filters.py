from pathlib import Path
from typing import Any

import datasets
import pytest

from sarbench.build import build
from sarbench.errors import UnknownNameError
from sarbench.hub import built as built_module
from sarbench.hub import load_dataset
from sarbench.hub.filters import RowFilter
from sarbench.hub.raw import RawReader
from tests.hub import sets

EVERYTHING = sets.everything()


@pytest.fixture(params=["raw", "flat", "joined"])
def folder(request: pytest.FixtureRequest, everything: Path, tmp_path: Path) -> Path:
    if request.param == "raw":
        return everything
    out = tmp_path / request.param
    build("fake", data_dir=everything, out=out, layout=request.param)
    return out


def ids(data: Any) -> list[str]:
    return [row["id"] for row in data.select_columns(["id"])]


@pytest.mark.parametrize(
    ("task", "subtask"),
    [
        ("counting", None),
        (["counting", "grounding"], None),
        (None, "x"),
        (["counting", "vqa"], ["x"]),
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_rows_of_some_tasks(folder: Path, task: Any, subtask: Any, streaming: bool) -> None:
    only = RowFilter.of(task, subtask)
    wanted = [row.id for row in EVERYTHING if only.keeps(row.task, row.subtask)]
    data = load_dataset("fake", "a", split="test", data_dir=folder, task=task, subtask=subtask, streaming=streaming)
    assert ids(data) == wanted


@pytest.mark.parametrize("names", [[], ()])
def test_a_filter_that_names_nothing_is_refused(folder: Path, names: Any) -> None:
    with pytest.raises(UnknownNameError, match="no task is named"):
        load_dataset("fake", "a", data_dir=folder, task=names)


def test_slices_are_taken_first(folder: Path) -> None:
    assert ids(load_dataset("fake", "a", split="test[:4]", data_dir=folder, task="counting")) == ["fake/a/train/3"]
    both = load_dataset("fake", "a", split="train[:1]+test[3:]", data_dir=folder, task=["vqa", "counting"])
    assert len(both) == 1 + 4


def test_unknown_names_list_those_there_are(folder: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"fake, config a: there is no row of the task 'count'\. Take some of "):
        load_dataset("fake", "a", data_dir=folder, task="count", streaming=True)
    with pytest.raises(UnknownNameError, match=r"the task 'count'\. Take some of counting, grounding, vqa"):
        load_dataset("fake", "a", data_dir=folder, task=["vqa", "count"])
    with pytest.raises(UnknownNameError, match=r"the subtask 'y'\. Take some of refer_multi, x"):
        load_dataset("fake", "a", split="test", data_dir=folder, subtask="y")
    with pytest.raises(UnknownNameError, match=r"the subtask 'y'\. Take some of refer_multi, x"):
        load_dataset("fake", "a", split="test", data_dir=folder, subtask=["x", "y"], streaming=True)
    with pytest.raises(UnknownNameError, match=r"the subtask 'y'\. Take some of refer_multi, x"):
        load_dataset("fake", "a", data_dir=folder, subtask="y", streaming=True)


@pytest.mark.parametrize("streaming", [False, True])
def test_a_subtask_where_no_row_has_one(folder: Path, streaming: bool) -> None:
    with pytest.raises(UnknownNameError, match=r"the subtask 'y'\. Leave subtask out: no row has one"):
        load_dataset("fake", "a", split="train", data_dir=folder, subtask="y", streaming=streaming)


def test_splits_without_such_rows_are_empty(folder: Path) -> None:
    loaded = load_dataset("fake", "a", data_dir=folder, task="counting")
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 0, "test": 4}


def test_no_image_is_decoded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(datasets.Image, "decode_example", refuse)
    for streaming in (False, True):
        data = load_dataset("fake", "a", split="test", data_dir=folder, task="counting", streaming=streaming)
        assert len(sets.undecoded(data)) == 4


def test_streams_do_not_fetch_images_of_other_rows(
    everything: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build("fake", data_dir=everything, out=tmp_path / "out", layout="joined")
    fetched: list[str] = []
    inside = built_module.stored_image
    monkeypatch.setattr(built_module, "stored_image", lambda address: fetched.append(address.sha256) or inside(address))
    list(load_dataset("fake", "a", split="test", data_dir=tmp_path / "out", subtask="x", streaming=True))
    assert fetched == [EVERYTHING[-1].image_sha256]


def test_what_is_prepared_serves_every_filter(folder: Path) -> None:
    whole = load_dataset("fake", "a", split="test", data_dir=folder)
    some = load_dataset("fake", "a", split="test", data_dir=folder, task="counting")
    assert some.cache_files[0] in whole.cache_files


def test_a_raw_stream_looks_for_a_subtask_no_further_than_the_row_that_has_it(
    everything: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    inside = RawReader.subtasks

    def told(self: RawReader) -> Any:
        for subtask in inside(self):
            seen.append(subtask)
            yield subtask

    monkeypatch.setattr(RawReader, "subtasks", told)
    load_dataset("fake", "a", split="test", data_dir=everything, subtask="refer_multi", streaming=True)
    assert seen == ["refer_multi"]
    load_dataset("fake", "a", split="test", data_dir=everything, task="counting", streaming=True)
    assert seen == ["refer_multi"]
