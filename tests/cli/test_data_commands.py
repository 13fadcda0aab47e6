"""`list`, `check`, `build`, `push`, `script` and `leakage` as a user types them."""

import json
import shutil
from pathlib import Path

import pytest

from sarbench.build import read_index
from sarbench.simulate import write_sardet, write_sarlang
from tests.cli.commands import run

SCORED = ("sarbench_sarchat_rebuilt_counting", "sarbench_sarchat_rebuilt_referring")


@pytest.fixture(scope="module")
def sarlang(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sarlang(tmp_path_factory.mktemp("sarlang"), images={"train": 6, "test": 6}, originals=True)


@pytest.fixture(scope="module")
def sardet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set whose test split shows two images of its train split."""
    folder = write_sardet(tmp_path_factory.mktemp("sardet"), images={"train": 8, "validation": 2, "test": 8})
    train, test = (sorted((folder / "JPEGImages" / split).iterdir()) for split in ("train", "test"))
    for seen, place in zip(train[:2], test[:2], strict=True):
        shutil.copyfile(seen, place)
    return folder


def test_check_says_what_the_gate_found(sarlang: Path) -> None:
    answer = run("check", "sarlang-1m", "--data-dir", sarlang)
    assert answer.returncode == 0, answer.stderr
    assert "vqa1/train:" in answer.stdout
    assert "quality:" in answer.stdout
    found = json.loads(run("check", "sarlang-1m", "--data-dir", sarlang, "--configs", "vqa2", "--json").stdout)
    assert found["usable"]
    assert {split["config"] for split in found["splits"]} == {"vqa2"}


def test_build_with_layout_workers_lite_and_options(sarlang: Path, tmp_path: Path) -> None:
    arguments = ("--layout", "joined", "--workers", "2", "--lite", "5", "--option", "imagery=original")
    answer = run("build", "sarlang-1m", "--data-dir", sarlang, *arguments, home=tmp_path)
    assert answer.returncode == 0, answer.stderr
    index = read_index(tmp_path / "sarlang-1m")
    assert index.options == {"imagery": "original"}
    assert index.configs["vqa1"]["test"].layout == "joined"
    assert index.configs["vqa1-lite"]["test"].layout == "flat"
    listed = run("list", home=tmp_path).stdout
    assert "5 of 5 (simulated)" in listed


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--option", "imagery=best"), 2, "preprocessed, original"),
        (("--option", "imagery"), 2, "NAME=VALUE"),
        (("--option", "colour=red"), 2, "imagery"),
        (("--configs", "vqa3"), 2, "vqa1"),
        (("--lite", "0"), 2, "lite"),
        (("--layout", "round"), 2, "layout"),
    ],
)
def test_wrong_usage(sarlang: Path, tmp_path: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    answer = run("build", "sarlang-1m", "--data-dir", sarlang, *arguments, home=tmp_path)
    assert answer.returncode == status, answer.stderr
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("name", ["sar-text", "fusar-geovl", "sardet-100k", "sarchat-2m"])
def test_build_without_files_says_where_they_are(name: str, tmp_path: Path) -> None:
    answer = run("build", name, home=tmp_path)
    assert answer.returncode == 1
    assert "https://github.com/" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_push_refuses_what_the_licence_forbids(sarlang: Path, tmp_path: Path) -> None:
    (sarlang / "sarbench_simulated.json").rename(tmp_path / "mark")
    try:
        built = run("build", "sarlang-1m", "--data-dir", sarlang, "--configs", "vqa2", "--out", tmp_path / "out")
    finally:
        (tmp_path / "mark").rename(sarlang / "sarbench_simulated.json")
    assert built.returncode == 0, built.stderr
    answer = run("push", tmp_path / "out", "somebody/sarlang")
    assert answer.returncode == 1
    assert "--i-have-permission" in answer.stderr


def test_script_is_written_into_a_folder_of_its_own(tmp_path: Path) -> None:
    answer = run("script", "sarlang-1m", "--out", tmp_path / "sarlang")
    assert answer.returncode == 0, answer.stderr
    assert [path.name for path in (tmp_path / "sarlang").iterdir()] == ["sarlang.py"]


@pytest.mark.slow
def test_a_leak_is_found_and_its_rows_left_out_of_a_score(sardet: Path, tmp_path: Path) -> None:
    home, report = tmp_path / "home", tmp_path / "report.json"
    configs = "rebuilt-counting,rebuilt-referring"
    built = run("build", "sarchat-2m", "--data-dir", sardet, "--configs", configs, home=home)
    assert built.returncode == 0, built.stderr
    found = run("leakage", home / "sarchat-2m", "--out", report)
    assert found.returncode == 0, found.stderr
    clean = json.loads((tmp_path / "report-clean" / "sarchat-2m--rebuilt-counting--test.json").read_bytes())
    shown = read_index(home / "sarchat-2m").configs["rebuilt-counting"]["test"].images
    assert len(clean["image_ids"]) == shown - 2
    floors = run("floors", "--tasks", ",".join(SCORED), "--out", tmp_path / "runs", home=home)
    assert floors.returncode == 0, floors.stderr
    scored = run("score", tmp_path / "runs" / "floor-majority", "--clean", tmp_path / "report-clean", home=home)
    assert scored.returncode == 0, scored.stderr
    scores = json.loads((tmp_path / "runs" / "floor-majority" / "scores.json").read_bytes())
    counting = next(task for task in scores["tasks"] if task["task"] == SCORED[0])
    exact = {score["slice"]: score["n"] for score in counting["scores"] if score["metric"] == "exact"}
    assert exact["all"] > exact["clean"] == len(clean["row_ids"])


def test_a_clean_folder_that_is_not_there(tmp_path: Path) -> None:
    answer = run("score", tmp_path, "--clean", tmp_path / "absent")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr


def test_a_clean_folder_about_nothing_of_the_run(sardet: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run("build", "sarchat-2m", "--data-dir", sardet, "--configs", "rebuilt-counting", home=home).returncode == 0
    assert run("floors", "--tasks", SCORED[0], "--out", tmp_path / "runs", home=home).returncode == 0
    answer = run("score", tmp_path / "runs" / "floor-majority", "--clean", tmp_path, home=home)
    assert answer.returncode == 1
    assert f"has no list for any of {SCORED[0]}" in answer.stderr


def test_check_says_in_which_frame_the_boxes_are(tmp_path: Path) -> None:
    write_sardet(tmp_path, images={"train": 12})
    names = sorted(path.name for path in (tmp_path / "JPEGImages" / "train").iterdir())
    asked = '{"role": "user", "content": "<image>[refer] Locate 1 ship."}'
    records = []
    for number, name in enumerate(names):
        box = "".join(f"<{edge}>" for edge in (5 * number, 5 * number, 5 * number + 9, 5 * number + 9))
        answered = f'{{"role": "assistant", "content": "{{{box}}}"}}'
        images = f'"images": ["{name}"], "images": ["{name}"]'
        records.append(f'{{"messages": [{asked}, {answered}], {images}}}')
    (tmp_path / "SARChat_classify_refer_single_test.json").write_text(f"[{', '.join(records)}]")
    answer = run("check", "sarchat-2m", "--data-dir", tmp_path, "--configs", "referring")
    assert answer.returncode == 0, answer.stderr
    assert f"of {len(names)} boxes agree: native 100 %" in answer.stdout
    assert "record has a key twice" in answer.stdout


def test_another_set_in_the_same_layout_is_named(real_data: Path, tmp_path: Path) -> None:
    answer = run("build", "sardet-100k", "--data-dir", real_data / "hrsid", "--out", tmp_path / "out")
    assert answer.returncode == 0, answer.stderr
    assert "read images of HRSID, not of SARDet-100K" in answer.stdout
    assert "read images of HRSID, not of SARDet-100K" in (tmp_path / "out" / "README.md").read_text()


def test_check_exits_with_1_where_build_does(sardet: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(sardet, raw)
    whole = raw / "Annotations" / "test.json"
    whole.write_bytes(whole.read_bytes()[:-40])
    checked = run("check", "sardet-100k", "--data-dir", raw)
    built = run("build", "sardet-100k", "--data-dir", raw, "--out", tmp_path / "out")
    assert (checked.returncode, built.returncode) == (1, 1)
    assert "usable in part" in checked.stdout
    assert "detection/test: left out" in checked.stdout
