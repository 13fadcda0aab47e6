"""`sarbench tasks`: what can be asked, and why the rest cannot."""

from pathlib import Path

import pytest

from sarbench.build import build
from sarbench.simulate import write_fusar
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
