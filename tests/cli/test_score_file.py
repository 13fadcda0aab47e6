"""`sarbench score FILE`: answers from any harness, held against the built data."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sarbench.catalogue import read_catalogue
from sarbench.cli.scoring import score
from sarbench.errors import InputError
from sarbench.task_data import askable, task_rows

GROUP = "sarbench_sartext"

app = typer.Typer()
app.command()(score)


@pytest.fixture
def answers(built_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One answer to every question of the group that is built."""
    monkeypatch.setenv("SARBENCH_HOME", str(built_home))
    specs, _ = askable(read_catalogue().select([GROUP]), [GROUP])
    lines = [{"id": row["id"], "prediction": "a ship"} for spec in specs for row in task_rows(spec, columns=["id"])]
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_tasks_of_a_group_that_have_no_rows_are_left_out_with_a_word(answers: Path) -> None:
    kept, left_out = askable(read_catalogue().select([GROUP]), [GROUP])
    assert kept
    assert left_out
    found = CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(answers), "--tasks", GROUP], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    for spec in kept:
        assert f"{spec.name} is left out" not in found.output
        assert spec.name in found.output
    for name, why in left_out.items():
        assert f"{name} is left out: {why}" in found.output


def test_a_task_that_is_named_itself_must_have_rows(answers: Path) -> None:
    _, left_out = askable(read_catalogue().select([GROUP]), [GROUP])
    name = next(iter(left_out))
    with pytest.raises(InputError, match=r"Build it|Take other tasks"):
        CliRunner().invoke(app, [str(answers), "--tasks", f"{GROUP},{name}"], catch_exceptions=False)
