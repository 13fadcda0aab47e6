"""The site of a folder of results, of which some are broken."""

import json
from pathlib import Path

import pytest

from sarbench import sources
from sarbench.build import build
from sarbench.errors import InputError
from sarbench.site import chips_from, make_site
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan, write_run
from tests.build.fake import fake_source, make_rows


@pytest.fixture
def results(tmp_path):
    """Two runs; the second is to be broken."""
    folder = tmp_path / "results"
    good = write_run(folder, RunPlan("good", "org/good", [TaskPlan(COUNTING)]))
    bad = write_run(folder, RunPlan("bad", "org/bad", [TaskPlan(COUNTING)]))
    assert good.folder.parent == bad.folder.parent == folder
    return folder, bad.folder


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def headline(folder: Path) -> str:
    (task,) = json.loads((folder / "scores.json").read_text())["tasks"]
    return f'"value": {next(score["value"] for score in task["scores"] if score["headline"])}'


def folder_in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


BREAKS = {
    "huge value": (lambda run: edited(run / "scores.json", headline(run), '"value": 1e308'), "value is 1e+308"),
    "fraction": (lambda run: edited(run / "scores.json", headline(run), '"value": 7.0'), "value is 7"),
    "level": (lambda run: edited(run / "scores.json", '"level": 0.95', '"level": NaN'), "level"),
    "parameters": (
        lambda run: edited(run / "manifest.json", '"parameters": 7241000000', f'"parameters": {10**400}'),
        "parameters",
    ),
    "done": (lambda run: edited(run / "manifest.json", '"done": 60', f'"done": {10**400}'), "done"),
    "manifest a folder": (lambda run: folder_in_its_place(run / "manifest.json"), "s a directory"),
    "scores a folder": (lambda run: folder_in_its_place(run / "scores.json"), "s a directory"),
    "no JSON": (lambda run: (run / "manifest.json").write_text("{"), "is not a run record"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_one_broken_run_is_named_and_the_others_are_shown(results, tmp_path, how):
    folder, bad = results
    change, words = BREAKS[how]
    change(bad)
    index = make_site(folder, tmp_path / "site").read_text()
    assert "org/</span>" in index
    assert index.count("models/good.html") > 0
    assert "models/bad.html" not in index
    left_out = next(line for line in index.splitlines() if "Left out: " in line)
    assert bad.name in left_out
    assert words in left_out


def test_any_error_of_the_system_leaves_one_run_out(results, tmp_path, monkeypatch):
    folder, bad = results
    real = Path.read_bytes

    def denied(path: Path) -> bytes:
        if path.is_relative_to(bad):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert "Permission denied" in make_site(folder, tmp_path / "site").read_text()


def test_without_a_sound_run_there_is_no_site(results, tmp_path):
    folder, _ = results
    for run in folder.iterdir():
        edited(run / "scores.json", headline(run), '"value": 1e308')
    with pytest.raises(InputError, match=r"cannot be true: exact .* value is 1e"):
        make_site(folder, tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder of built sets that holds one config with one split."""
    monkeypatch.setitem(sources.SOURCES, "fake", fake_source({"rebuilt-counting": {"train": make_rows([1, 1])}}))
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "data" / "sarchat-2m")
    return tmp_path / "data"


def test_chips_are_those_of_built_splits_and_there_are_none_of_others(results, data):
    folder, _ = results
    asked = write_run(folder, RunPlan("x", "m", [TaskPlan(COUNTING)])).manifest.tasks[0]
    chips = chips_from(data)
    ids = ["fake/0.png", "fake/1.png", "none", "../../etc/passwd"]
    assert set(chips(asked.model_copy(update={"split": "train"}), ids)) == set(ids[:2])
    for name in ("split", "config", "dataset"):
        for value in ("test", "", ".", "a\x00b", "x" * 5000, "../data/sarchat-2m", str(data / "sarchat-2m")):
            assert chips(asked.model_copy(update={"split": "train", name: value}), ids) == {}, (name, value)


def test_a_split_that_is_not_built_has_blank_frames(results, data, tmp_path):
    folder, _ = results
    assert make_site(folder, tmp_path / "site", data=data).is_file()
    page = (tmp_path / f"site/tasks/{COUNTING}.html").read_text()
    assert "<img" not in page
    assert "the image is not part of this page" in page
