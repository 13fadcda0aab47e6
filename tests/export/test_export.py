"""Tables hold the numbers of the run, and nothing in a name breaks them."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.export import export_run, to_csv, to_latex, to_markdown
from sarbench.export.tables import decimals
from sarbench.questions.kinds import KINDS
from sarbench.runs.record import (
    BackendInfo,
    Hardware,
    Manifest,
    ModelInfo,
    Score,
    Scores,
    TaskRun,
    TaskScores,
)
from sarbench.runs.store import Run, save_manifest, save_scores
from sarbench.runs.tally import score_task
from tests.runs.lines import lines_of

TASK = "sarbench_sarchat_counting"
NAME = r"org/50% _model_ & {co} | ~^\x"


def a_run(**changes: object) -> Run:
    """A run of one task with three answers, by a model with a name that no format likes."""
    scored: TaskScores = score_task(TASK, "counting", lines_of("counting", ["4", "3", "none"]))
    nothing = Score(
        task=TASK, metric="cider", protocol="coco", value=None, n=0, clusters=0, method="none", note="no Java"
    )
    scored = scored.model_copy(update={"scores": (*scored.scores, nothing)})
    task = TaskRun(
        **{
            **{"task": TASK, "version": "1.0", "dataset": "sarchat-2m", "config": "counting", "split": "test"},
            **{"data_digest": "d" * 64, "simulated": False, "prompt_id": "sarbench", "prompt_version": "1.0"},
            **{"samples": 3, "done": 3, "failed": 0, "started": "s", "ended": "e", "seconds": 1.0},
            **changes,
        }
    )
    manifest = Manifest(
        run_id="r",
        kind="model",
        model=ModelInfo(id=NAME, revision="abc"),
        backend=BackendInfo(name="dummy"),
        coords="pixel",
        packages={},
        hardware=Hardware(cpu="c", cores=1, memory_gib=1.0),
        command=(),
        started="s",
        ended="e",
        tasks=(task,),
    )
    return Run(Path(), manifest, Scores(sarbench_version="0", tasks=(scored,)))


def test_csv_holds_every_number_in_full() -> None:
    run = a_run()
    lines = list(csv.DictReader(StringIO(to_csv(run))))
    scores = run.scores.tasks[0].scores
    assert len(lines) == len(scores)
    for line, score in zip(lines, scores, strict=True):
        assert (line["metric"], line["protocol"], line["slice"]) == (score.metric, score.protocol, score.slice)
        assert (float(line["value"]) if line["value"] else None) == score.value
        assert (line["low"] == "") == (score.low is None)
        assert (line["model"], line["task"], line["data_digest"]) == (NAME, TASK, "d" * 64)
    assert lines[-1]["note"] == "no Java"


def test_no_cell_of_the_csv_is_a_formula() -> None:
    run = a_run()
    model = run.manifest.model.model_copy(update={"id": "=HYPERLINK(0)", "revision": "-12"})
    run.manifest = run.manifest.model_copy(update={"model": model, "run_id": "+1+1", "coords": "@here"})
    for line in csv.DictReader(StringIO(to_csv(run))):
        assert (line["model"], line["run_id"], line["coords"]) == ("'=HYPERLINK(0)", "'+1+1", "'@here")
        assert line["revision"] == "-12"


def test_scores_of_a_task_that_the_manifest_does_not_name_are_refused() -> None:
    run = a_run()
    run.manifest = run.manifest.model_copy(update={"tasks": ()})
    with pytest.raises(InputError, match="which its manifest does not name"):
        to_csv(run)


def test_markdown_is_one_table_with_the_headline_in_bold() -> None:
    run = a_run()
    table = [line for line in to_markdown(run).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {8}
    assert len(table) == 2 + sum(score.slice == "all" for score in run.scores.tasks[0].scores)
    bold = [line for line in table if "**" in line]
    assert len(bold) == 1
    assert KINDS["counting"].headline.name in bold[0]
    assert "unavailable" in table[-1]
    assert "org/50% \\_model\\_ & {co} \\| ~^" in to_markdown(run)


def test_latex_escapes_every_special_character() -> None:
    text = to_latex(a_run())
    rows = text[text.index(r"\midrule") : text.index(r"\bottomrule")].splitlines()[1:]
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {6}
    caption = text[text.index(r"\caption") :]
    assert r"50\% \_model\_ \& \{co\} | \textasciitilde{}\textasciicircum{}\textbackslash{}x" in caption
    assert not re.search(r"(?<!\\)[%#$_]", text.replace(r"\\", ""))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"simulated": True}, "SIMULATED DATA"),
        ({"samples": 9}, "PARTIAL, 3 of 9 samples"),
        ({"failed": 2}, "2 answers failed"),
    ],
)
def test_what_must_be_known_is_said(changes: dict[str, object], says: str) -> None:
    for text in (to_markdown(a_run(**changes)), to_latex(a_run(**changes))):
        assert says in text
    for text in (to_markdown(a_run()), to_latex(a_run())):
        assert says not in text


@pytest.mark.parametrize(
    ("low", "high", "places"),
    [(0.0, 1.0, 1), (0.5, 0.52, 3), (0.5, 0.500001, 4), (0.2, 0.2, 4), (0.0, 140.0, 0), (None, 0.3, 4)],
)
def test_decimals_follow_the_interval(low: float | None, high: float | None, places: int) -> None:
    assert decimals(low, high) == places


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    run = a_run()
    save_manifest(tmp_path / "run", run.manifest)
    save_scores(tmp_path / "run", run.scores)
    export_run(tmp_path / "run", to="csv", out=tmp_path / "out" / "scores.csv")
    assert (tmp_path / "out" / "scores.csv").read_text() == to_csv(run)
    with pytest.raises(UnknownNameError, match="csv, markdown, latex"):
        export_run(tmp_path / "run", to="word", out=tmp_path / "out" / "scores.doc")
    with pytest.raises(InputError):
        export_run(tmp_path / "none", to="csv", out=tmp_path / "out" / "none.csv")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["scores.csv"]
