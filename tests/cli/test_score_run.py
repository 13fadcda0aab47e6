"""`sarbench score RUN`: which tasks are printed, and what is said of numbers that were made from several runs."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sarbench.cli.scoring import score
from sarbench.errors import UnknownNameError
from sarbench.questions.retrieval import task_name
from sarbench.runs.store import load_manifest, load_samples, load_scores, save_manifest, save_samples
from tests.runs.folders import FIRST, SECOND, open_run
from tests.runs.test_scoring import with_findings

RETRIEVAL = task_name("sar-text", "retrieval-hrsid", "test")

app = typer.Typer()
app.command()(score)


def said(*arguments: object) -> str:
    found = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def printed(text: str) -> set[str]:
    return {line.split()[0] for line in text.splitlines() if line.startswith("sarbench_") and ":" not in line}


@pytest.fixture
def retrieval(tmp_path: Path) -> Path:
    """A run that holds retrieval beside a task of the catalogue; its lines hold the facts of no query."""
    run = open_run(tmp_path / "run", (FIRST, RETRIEVAL))
    manifest = load_manifest(run)
    place = {"dataset": "sarlang-1m", "config": "vqa2"}
    tasks = (manifest.tasks[0], manifest.tasks[1].model_copy(update=place))
    save_manifest(run, manifest.model_copy(update={"tasks": tasks}))
    save_samples(run, RETRIEVAL, load_samples(run, FIRST))
    return run


@pytest.mark.parametrize(
    "wanted", [RETRIEVAL, "sarbench_sartext_retrieval_*", "*hrsid_test", "sar-text/retrieval-*/test"]
)
def test_retrieval_is_named_as_the_run_names_it(retrieval: Path, wanted: str) -> None:
    found = CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(retrieval), "--tasks", wanted, "--json"])
    assert found.exit_code == 0, found.output
    assert f'"task": "{RETRIEVAL}"' in found.output
    assert FIRST not in found.output


def test_only_tasks_of_the_run_can_be_named(retrieval: Path) -> None:
    assert printed(said(retrieval, "--tasks", FIRST)) == {FIRST}
    scores = (retrieval / "scores.json").read_bytes()
    no_such = ("sarbench_sartext_retrieval_osdataset_test", "retrieval/sar-text", "sar-text/retrieval-os", "retrieval")
    for name in (SECOND, *no_such):
        with pytest.raises(UnknownNameError, match=rf"holds no task named {name}\. .*: {FIRST}, {RETRIEVAL}\."):
            said(retrieval, "--tasks", name)
    with pytest.raises(UnknownNameError, match="does not exist"):
        said(retrieval, "--tasks", "no_such_task")
    assert (retrieval / "scores.json").read_bytes() == scores


def test_what_is_stale_is_named_with_the_command(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run")
    with_findings(run, 1 / 8)
    assert "Stale" not in said(run)
    assert load_scores(run).curves
    with_findings(run, 0.9)
    found = CliRunner().invoke(app, [str(run)], catch_exceptions=False)
    assert "dropped: severity curves. To make them again, score blind too" in found.stderr
    assert f"`sarbench robustness {run} RUN …`" in found.stderr
    assert "dropped: spreads over wordings. To make them again, score r2 too" in found.stderr
    assert f"`sarbench wordings {run} RUN …`" in found.stderr
    assert "Stale" not in found.stdout
    (run / "wordings" / "r2").mkdir(parents=True)
    with_findings(run, 0.9)
    assert f"score {run}/wordings/r2 too" in CliRunner().invoke(app, [str(run)]).stderr
    assert not load_scores(run).curves
