"""Public collections get whole results, with the numbers that the answers give; everything else is told why not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError, RunError
from sarbench.export import export_run
from sarbench.runs.samples import to_table
from sarbench.runs.scoring import score_run
from sarbench.runs.store import load_manifest, read_lines, save_manifest, save_samples
from tests.export.published import change, sound
from tests.judge.run_folder import TASK, write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = write_run(tmp_path / "run")
    score_run(run)
    return sound(run)


def edit_scores(run: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads((run / "scores.json").read_text())
    change(content["tasks"][0])
    (run / "scores.json").write_text(json.dumps(content))


def refused(run: Path, out: Path, *, says: str) -> None:
    for to in ("hub", "every-eval-ever"):
        with pytest.raises((RunError, InputError), match=says):
            export_run(run, to=to, out=out / to)
    assert not out.exists()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"split": "train"}, "asked on the split train"),
        ({"limit": 5}, r"only the first 5 samples were asked"),
        ({"samples": 100}, "92 of 100 samples have no answer"),
        ({"failed": 1}, r"1 of 8 answers \(12\.5 %\) failed in the harness"),
        ({"version": "0.1"}, "not comparable"),
        ({"task": "sarbench_gone"}, "the manifest does not name"),
    ],
)
def test_what_is_no_whole_result_is_refused(run: Path, tmp_path: Path, values: dict[str, Any], says: str) -> None:
    change(run, **values)
    refused(run, tmp_path / "out", says=says)
    if "task" not in values:
        export_run(run, to="csv", out=tmp_path / "out" / "scores.csv")


def test_failures_that_the_manifest_hides_are_counted(run: Path, tmp_path: Path) -> None:
    first, *others = read_lines(run, TASK)
    failed = {"outcome": "failed", "target": "null", "parsed": "null", "scores": {}}
    digest = load_manifest(run).tasks[0].data_digest
    save_samples(run, TASK, to_table([first | failed, *others]), data_digest=digest)
    score_run(run)
    refused(run, tmp_path / "out", says="failed in the harness")


@pytest.mark.parametrize("name", ["value", "low", "n", "clusters"])
def test_numbers_that_the_answers_do_not_give_are_refused(run: Path, tmp_path: Path, name: str) -> None:
    edit_scores(run, lambda task: task["scores"][0].update({name: 0.99 if name in ("value", "low") else 1000}))
    refused(run, tmp_path / "out", says="scores that are not those of its answers.*is recorded as")


def test_numbers_that_are_left_out_or_made_up_are_refused(run: Path, tmp_path: Path) -> None:
    whole = (run / "scores.json").read_text()
    edit_scores(run, lambda task: task["scores"].pop(0))
    refused(run, tmp_path / "out", says="is recorded as none")
    (run / "scores.json").write_text(whole)
    edit_scores(run, lambda task: task["scores"].append(task["scores"][0] | {"metric": "excellence"}))
    refused(run, tmp_path / "out", says="its answers give none")
    content = json.loads(whole)
    (run / "scores.json").write_text(json.dumps(content | {"tasks": []}))
    refused(run, tmp_path / "out", says=f"{TASK}: it has no scores")


def test_another_headline_is_refused(run: Path, tmp_path: Path) -> None:
    edit_scores(run, lambda task: [score.update(headline=not score["headline"]) for score in task["scores"]])
    refused(run, tmp_path / "out", says="is recorded as")


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
@pytest.mark.parametrize("to", ["hub", "every-eval-ever", "csv", "markdown", "latex"])
def test_what_is_no_number_is_refused_everywhere(run: Path, tmp_path: Path, to: str, number: str) -> None:
    edit_scores(run, lambda task: task["scores"][0].update(value=0.123456789))
    path = run / "scores.json"
    path.write_text(path.read_text().replace("0.123456789", number))
    with pytest.raises(InputError, match=r"scores\.json: value of \w+ \(\w+, all\) of sarbench_\w+ is (nan|inf)"):
        export_run(run, to=to, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_wording_or_history_is_a_result_that_says_so(run: Path, tmp_path: Path) -> None:
    lines = [line | {"prompt_id": "sarbench-3"} for line in read_lines(run, TASK)]
    save_samples(run, TASK, to_table(lines), data_digest=load_manifest(run).tasks[0].data_digest)
    change(run, prompt_id="sarbench-3")
    save_manifest(run, load_manifest(run).model_copy(update={"history": "gold"}))
    for to in ("hub", "every-eval-ever"):
        export_run(run, to=to, out=tmp_path / to)
        text = "".join(path.read_text() for path in (tmp_path / to).rglob("*.*") if path.suffix in (".md", ".json"))
        assert "sarbench-3" in text
        assert "gold" in text
