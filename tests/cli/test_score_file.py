"""`sarbench score FILE`: answers from any harness, held against the built data."""

import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sarbench.catalogue import read_catalogue
from sarbench.cli.scoring import score
from sarbench.errors import InputError, UnknownNameError
from sarbench.task_data import askable, task_rows
from tests.cli.commands import run

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


def test_a_pipe_is_a_file_and_a_share_that_is_missing_is_shown(answers: Path) -> None:
    first = answers.read_text().splitlines(keepends=True)[0]
    task = next(spec.name for spec in askable(read_catalogue().select([GROUP]), [GROUP])[0])
    found = run("score", "/dev/stdin", "--tasks", task, home=Path(os.environ["SARBENCH_HOME"]), stdin=first)
    assert found.returncode == 0, found.stderr
    assert f"{task}: PARTIAL" in found.stderr
    assert "rates in percent" in found.stdout


def test_no_answer_at_all_is_an_error_as_json_too(tmp_path: Path, answers: Path) -> None:
    (tmp_path / "none.jsonl").write_text("\n")
    for form in ([], ["--json"]):
        with pytest.raises(InputError, match="holds no answer to these tasks"):
            CliRunner().invoke(app, [str(tmp_path / "none.jsonl"), "--tasks", GROUP, *form], catch_exceptions=False)


@pytest.mark.parametrize(
    "name", ["sar-text/retrieval-hrsid/test", "sarbench_sartext_retrieval_hrsid_test", "retrieval"]
)
def test_retrieval_has_no_answers_in_a_file(answers: Path, name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"embeddings.*sarbench retrieve"):
        CliRunner().invoke(app, [str(answers), "--tasks", name], catch_exceptions=False)
