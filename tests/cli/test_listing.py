"""`sarbench tasks`: what can be asked, and why the rest cannot."""

import json
from pathlib import Path

import pytest

from sarbench.build import build
from sarbench.simulate import write_fusar, write_sartext
from tests.cli.commands import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with FUSAR-GEOVL as it comes: texts without images."""
    raw = write_fusar(tmp_path / "raw")
    build("fusar-geovl", data_dir=raw, out=tmp_path / "home" / "fusar-geovl")
    return tmp_path / "home"


def test_the_table_says_why_a_task_cannot_be_asked(home: Path) -> None:
    lines = run("tasks", home=home, COLUMNS="100").stdout.splitlines()
    (images,) = [number for number, line in enumerate(lines) if "no images" in line]
    assert lines[images].startswith("no: fusar-geovl: there are no images in the built set, and the task asks about")
    assert "Give the images together with the texts" in lines[images]
    assert {name.strip() for name in lines[images + 1].split(",")} == {
        "sarbench_fusar_caption",
        "sarbench_fusar_fields",
    }


def test_data_that_are_not_built_are_one_command_for_what_is_made_of_the_same_files(home: Path) -> None:
    lines = run("tasks", home=home, COLUMNS="100").stdout.splitlines()
    missing = [line for line in lines if line.startswith("no: ") and "not built" in line]
    assert len({line.partition(". Build")[0] for line in missing}) == 3  # sarlang-1m, sarchat-2m, sar-text
    assert len(missing) == 8  # with and without lite; SARChat-2M twice, as its rebuilt configs are made of other files
    assert not any("configs rebuilt" not in line and "rebuilt" in line for line in missing)
    (texts,) = [line for line in missing if "build sar-text" in line and "--lite" not in line]
    assert texts == "no: sar-text: not built. Build it: `sarbench build sar-text --data-dir DIR --configs caption,vqa`"
    named = [name for line in lines if line.startswith("    ") for name in line.replace(",", " ").split()]
    listed = [line.split()[0] for line in lines if line.startswith("sarbench_")]
    assert sorted(named) == sorted(listed)
    assert max(len(line) for line in lines if line.startswith("    ")) <= 100


def test_nothing_is_said_of_tasks_that_can_be_asked(rebuilt: Path) -> None:
    lines = run("tasks", home=rebuilt / "home").stdout.splitlines()
    named = [name for line in lines if line.startswith("    ") for name in line.replace(",", " ").split()]
    asked = [line.split()[0] for line in lines if line.startswith("sarbench_") and line.rstrip().endswith("yes")]
    assert asked
    assert not set(asked) & set(named)


def test_retrieval_is_listed_with_its_metrics_and_the_command_that_runs_it(home: Path) -> None:
    lines = run("tasks", home=home).stdout.splitlines()
    rows = {line.split()[0]: line.split() for line in lines if "mean_recall" in line}
    assert rows["sar-text/retrieval-hrsid/test"][1:4] == ["1.0", "retrieval", "mean_recall"]
    assert any("sarbench retrieve --encoder" in line for line in lines)
    found = json.loads(run("tasks", "--json", home=home).stdout)
    tasks = {task["name"]: task for task in found["retrieval"]}
    assert tasks.keys() == rows.keys()
    missing, blind = tasks["sar-text/retrieval-hrsid/test"], tasks["fusar-geovl/caption/train"]
    assert (missing["recorded"], missing["run_by"]) == ("sarbench_sartext_retrieval_hrsid_test", "sarbench retrieve")
    assert "sarbench build sar-text --data-dir DIR --configs retrieval-hrsid" in missing["why_not"]
    assert "images are not there" in blind["why_not"]
    assert {metric["protocol"] for metric in found["metrics"]["retrieval"]} == {"strict", "paper"}
    assert all(metric["source"] and metric["unit"] for metric in found["metrics"]["retrieval"])


def test_built_captions_can_be_retrieved(built_home: Path) -> None:
    tasks = json.loads(run("tasks", "--json", home=built_home).stdout)["retrieval"]
    assert any(task["built"] and task["dataset"] == "sar-text" for task in tasks)


@pytest.fixture
def train_alone(tmp_path: Path) -> Path:
    """A home with SAR-TEXT as most users have it: no list names a test split."""
    raw = write_sartext(tmp_path / "raw")
    build("sar-text", data_dir=raw, out=tmp_path / "home" / "sar-text", configs=["caption"], splits=["train"])
    return tmp_path / "home"


def test_the_split_that_is_asked_is_told_where_it_is_not_the_tasks_own(train_alone: Path, tmp_path: Path) -> None:
    (line,) = [
        line for line in run("tasks", home=train_alone).stdout.splitlines() if "sarbench_sartext_caption " in line
    ]
    assert line.split()[-4:] == ["sar-text", "caption", "train", "yes"]
    found = json.loads(run("tasks", "--json", home=train_alone).stdout)
    (task,) = [task for task in found["tasks"] if task["name"] == "sarbench_sartext_caption"]
    assert (task["split"], task["asked_split"]) == ("test", "train")
    said = run(
        "floors", "--tasks", "sarbench_sartext_caption", "--out", str(tmp_path / "runs"), home=train_alone
    ).stderr
    assert "Asked on the split train, for no test split is built: sarbench_sartext_caption. A model may have" in said
