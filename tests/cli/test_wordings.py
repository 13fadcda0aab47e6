"""`sarbench wordings` as a user calls it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sarbench.cli.wordings import wordings
from sarbench.errors import InputError
from sarbench.runs.store import load_scores
from sarbench.runs.wordings import wording_folder
from tests.board.board_runs import COUNTING, REFERRING, TaskPlan
from tests.runs.folders import asked

app = typer.Typer()
app.command()(wordings)


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    part = [TaskPlan(COUNTING, value=0.4)]
    return [
        asked(tmp_path, "one", 0.8),
        asked(tmp_path, "two", 0.6, prompt="sarbench-2"),
        asked(tmp_path, "four", 0.4, prompt="sarbench-4", tasks=part),
    ]


def said(*arguments: object) -> str:
    found = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_a_row_a_task_and_what_is_missing(runs: list[Path]) -> None:
    text = said(*runs)
    header, counting, referring = text.splitlines()[1:4]
    assert header.split() == [
        "task",
        "metric",
        "unit",
        "sarbench",
        "sarbench-2",
        "sarbench-4",
        "mean",
        "lowest",
        "–",
        "highest",
    ]
    assert counting.split() == [COUNTING, "exact", "%", "80.00", "60.00", "40.00", "60.00", "40.00", "–", "80.00"]
    assert referring.split() == [REFERRING, "f1@0.5", "%", "40.00", "30.00", "–", "–", "–"]
    assert f"{REFERRING}: no score with --prompt sarbench-4" in text
    assert [found.mean for found in load_scores(runs[0]).wordings] == [pytest.approx(0.6), None]


def test_runs_inside_the_first_one_need_not_be_named(runs: list[Path]) -> None:
    with pytest.raises(InputError, match="is the only run"):
        said(runs[0])
    folder = wording_folder(runs[0], "sarbench-2")
    folder.parent.mkdir()
    runs[1].rename(folder)
    counting, _ = json.loads(said(runs[0], "--json"))
    assert [found["run_id"] for found in counting["wordings"]] == ["one", "two"]
    assert (counting["lowest"], counting["highest"]) == (0.6, 0.8)
    assert load_scores(runs[0]).wordings[0].highest == 0.8
