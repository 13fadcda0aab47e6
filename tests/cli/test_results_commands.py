"""`sarbench compare`, `submit`, `export` and `calibrate` as a user calls them."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sarbench.cli.calibrate import calibrate
from sarbench.cli.compare import compare
from sarbench.cli.export import export
from sarbench.cli.submit import submit
from sarbench.errors import InputError, RunError, UnknownNameError
from sarbench.hub.lookup import rows
from sarbench.paths import built
from sarbench.runs.store import load_manifest, save_manifest
from tests.export.published import publishable

COUNTING = "sarbench_sarchat_rebuilt_counting"
REFERRING = "sarbench_sarchat_rebuilt_referring"

app = typer.Typer()
for command in (compare, submit, export, calibrate):
    app.command()(command)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _at_home(rebuilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(rebuilt / "home"))
    monkeypatch.setenv("COLUMNS", "250")


def said(*arguments: object) -> str:
    """Return what a command prints; errors that sarbench raises come through."""
    found = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_compare_prints_numbers_samples_and_remarks(rebuilt: Path) -> None:
    text = said("compare", rebuilt / "prior", rebuilt / "random", "--differing", 2)
    assert "A − B" in text
    assert "p (Holm)" in text
    assert f"{COUNTING}: simulated data" in text
    assert "samples differ in exact" in text
    assert text.count("    A (") <= 2 * text.count("some of them")


def test_compare_gives_everything_as_json(rebuilt: Path) -> None:
    found = json.loads(
        said("compare", rebuilt / "prior", rebuilt / "random", "--tasks", COUNTING, "--every-metric", "--json")
    )
    (task,) = found["tasks"]
    assert [number["metric"] for number in task["differences"]][:2] == ["exact", "within_1"]
    assert {"id", "answer_a", "answer_b", "scores_a", "scores_b"} <= task["differing"][0].keys()


def test_submit_copies_or_says_why_not(rebuilt: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="simulated"):
        said("submit", rebuilt / "prior", "--to", tmp_path / "results")
    run = tmp_path / "run"
    shutil.copytree(rebuilt / "prior", run)
    manifest = load_manifest(run)
    tasks = tuple(task.model_copy(update={"simulated": False}) for task in manifest.tasks)
    save_manifest(run, manifest.model_copy(update={"tasks": tasks}))
    assert "tasks are in" in said("submit", run, "--to", tmp_path / "results")
    with pytest.raises(InputError, match="no run"):
        said("submit", tmp_path, "--to", tmp_path / "elsewhere")


@pytest.mark.parametrize(("form", "starts"), [("csv", "run_id,"), ("markdown", "| task"), ("latex", "\\begin{table}")])
def test_export_writes_a_file(rebuilt: Path, tmp_path: Path, form: str, starts: str) -> None:
    said("export", rebuilt / "prior", "--to", form, "--out", tmp_path / "scores")
    assert (tmp_path / "scores").read_text().startswith(starts)


def test_export_for_collections_names_what_it_wrote_and_takes_no_floor(rebuilt: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="run of a floor"):
        said("export", rebuilt / "prior", "--to", "hub", "--out", tmp_path / "hub")
    run = publishable(rebuilt / "prior", tmp_path / "run")
    text = said("export", run, "--to", "hub", "--out", tmp_path / "hub")
    *wrote, why = text.splitlines()
    assert [line.split()[-1] for line in wrote] == [
        str(tmp_path / "hub" / name) for name in ("card/README.md", "record")
    ]
    assert "No .eval_results for sarchat-2m" in why
    named = ("--by", "A group", "--relationship", "third_party")
    said("export", run, "--to", "every-eval-ever", "--out", tmp_path / "scores.json", *named)
    source = json.loads((tmp_path / "scores.json").read_text())["source_metadata"]
    assert (source["source_organization_name"], source["evaluator_relationship"]) == ("A group", "third_party")


def test_calibrate_writes_a_file_and_says_when_nothing_is_clear(rebuilt: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    asked = rows(built("sarchat-2m"), "rebuilt-referring", "validation")
    answers.write_text("\n".join(json.dumps({"id": row["id"], "prediction": "[1, 2, 30, 40]"}) for row in asked))
    text = said("calibrate", answers, "--tasks", REFERRING, "--out", tmp_path / "c.json", "--candidate", "norm100_yx")
    assert "NOT CLEAR" in text
    assert "norm100_yx" in text
    assert json.loads((tmp_path / "c.json").read_text())["clear"] is False
    with pytest.raises(UnknownNameError, match="which tasks"):
        said("calibrate", answers, "--out", tmp_path / "c.json")
    with pytest.raises(InputError, match="never chosen"):
        said("calibrate", rebuilt / "prior", "--out", tmp_path / "d.json")
    assert not (tmp_path / "d.json").exists()
