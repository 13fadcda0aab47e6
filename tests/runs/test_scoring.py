"""Scoring a run again: all of it or nothing, and what was made from several runs is kept only while it is true."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError, RunError
from sarbench.files import locked
from sarbench.metrics.robustness import severity_curve
from sarbench.runs import scoring
from sarbench.runs.record import CurvePoint, Scores, SeverityCurve, Wording, WordingSpread
from sarbench.runs.samples import to_table
from sarbench.runs.scoring import rescore_run, score_run
from sarbench.runs.store import load_samples, load_scores, rewriting, samples_path, save_samples, save_scores
from tests.judge.run_folder import line_of
from tests.runs.folders import FIRST, SECOND, open_run

# Dies without a word when the answers to the second task are read again.
KILLED = """
import os, signal, sys
from pathlib import Path
from sarbench.runs import scoring

read_again = scoring.rescore_all

def fatal(lines, spec):
    if spec.name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
    return read_again(lines, spec)

scoring.rescore_all = fatal
scoring.rescore_run(Path(sys.argv[1]))
"""


def content(run: Path) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file()}


def rules(run: Path, task: str) -> set[str]:
    return set(load_samples(run, task).column("rule").to_pylist())


def test_a_stopped_rescoring_leaves_the_run_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = open_run(tmp_path / "run", (FIRST, SECOND))
    score_run(run)
    before = content(run)
    read_again = scoring.rescore_all

    def stop(lines, spec):
        if spec.name == SECOND:
            raise KeyboardInterrupt
        return read_again(lines, spec)

    monkeypatch.setattr(scoring, "rescore_all", stop)
    with pytest.raises(KeyboardInterrupt):
        rescore_run(run)
    assert content(run) == before
    monkeypatch.undo()
    rescore_run(run)
    assert "by an older version" not in rules(run, FIRST) | rules(run, SECOND)


def test_a_killed_rescoring_leaves_the_run_as_it_was_and_nothing_for_long(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run", (FIRST, SECOND))
    score_run(run)
    before = content(run)
    died = subprocess.run([sys.executable, "-c", KILLED, run, SECOND], check=False)
    assert died.returncode == -signal.SIGKILL
    left = content(run)
    assert {name: left.pop(name) for name in before} == before
    assert [name for name in left if FIRST in name], "the first task was being written"
    assert all(Path(name).name.startswith(".") for name in left)
    rescore_run(run)
    assert content(run).keys() == before.keys()
    assert "by an older version" not in rules(run, FIRST) | rules(run, SECOND)


def test_scores_are_the_last_to_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = open_run(tmp_path / "run", (FIRST, SECOND))
    renamed: list[str] = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda path, to: renamed.append(Path(to).name) or replace(path, to))
    rescore_run(run)
    assert set(renamed[:-1]) == {samples_path(run, task).name for task in (FIRST, SECOND)}
    assert renamed[-1] == "scores.json"


def test_samples_are_written_in_handfuls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sarbench.runs import store

    monkeypatch.setattr(store, "BATCH", 2)
    lines = [line_of(number, "meadow") for number in range(5)]
    with rewriting(tmp_path) as new:
        (tmp_path / "samples").mkdir()
        with new.samples(FIRST) as write:
            for line in lines:
                write(line)
        assert not samples_path(tmp_path, FIRST).exists()
        new.scores(Scores(sarbench_version="0", tasks=()))
    assert load_samples(tmp_path, FIRST).equals(to_table(lines))
    assert load_scores(tmp_path).sarbench_version == "0"


def test_a_bad_line_in_the_last_task_changes_nothing(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run", (FIRST, SECOND))
    score_run(run)
    save_samples(run, SECOND, load_samples(run, SECOND).slice(1))
    before = content(run)
    with pytest.raises(RunError, match="holds 7 answers, where the manifest says 8"):
        rescore_run(run)
    assert content(run) == before


def test_a_run_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run")
    with locked(run, problem="test"), pytest.raises(InputError, match=r"run: is being written by another process"):
        rescore_run(run)
    assert rules(run, FIRST) == {"by an older version"}


def with_findings(run: Path, value: float | None) -> Scores:
    """Give the scores of a run a curve and a spread that hold `value` as its own headline."""
    sums = severity_curve(value, [0.1], floor=0.1)
    curve = SeverityCurve(
        task=FIRST,
        metric="accuracy",
        unit="fraction",
        perturbation="blank",
        clean=value,
        points=(CurvePoint(perturbation="blank", run_id="blind", value=0.1),),
        floor=0.1,
        floor_run_id="blind",
        area=sums.area if sums else None,
        retained=sums.retained if sums else None,
        worst=sums.worst if sums else None,
        area_low=0.05,
        area_high=0.2,
    )
    spread = WordingSpread(
        task=FIRST,
        metric="accuracy",
        unit="fraction",
        higher_is_better=True,
        wordings=(
            Wording(prompt_id="sarbench-2", run_id="r2", value=0.5),
            Wording(prompt_id="sarbench", run_id="r", value=value),
        ),
        mean=None if value is None else (0.5 + value) / 2,
        lowest=None if value is None else min(0.5, value),
        highest=None if value is None else max(0.5, value),
    )
    scores = score_run(run).model_copy(update={"curves": (curve,), "wordings": (spread,)})
    save_scores(run, scores)
    return scores


@pytest.mark.parametrize("again", [score_run, rescore_run])
def test_what_is_still_about_the_headline_is_kept(tmp_path: Path, again) -> None:
    run = open_run(tmp_path / "run")
    scores = with_findings(run, 1 / 8 + 1e-14)
    assert again(run) == load_scores(run)
    assert (load_scores(run).curves, load_scores(run).wordings) == (scores.curves, scores.wordings)


@pytest.mark.parametrize("again", [score_run, rescore_run])
@pytest.mark.parametrize("value", [0.5, None, 1 / 8 + 1e-9])
def test_what_is_about_another_headline_is_dropped(tmp_path: Path, again, value: float | None) -> None:
    run = open_run(tmp_path / "run")
    with_findings(run, value)
    again(run)
    assert (load_scores(run).curves, load_scores(run).wordings) == ((), ())


@pytest.mark.parametrize(
    "changes",
    [{"metric": "accuracy_at_most"}, {"unit": "objects"}, {"task": SECOND}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_about_another_number_is_dropped(tmp_path: Path, changes: dict[str, str]) -> None:
    run = open_run(tmp_path / "run")
    scores = with_findings(run, 1 / 8)
    found = {
        "curves": (scores.curves[0].model_copy(update=changes),),
        "wordings": (scores.wordings[0].model_copy(update=changes),),
    }
    save_scores(run, scores.model_copy(update=found))
    again = rescore_run(run)
    assert (again.curves, again.wordings) == ((), ())


@pytest.mark.parametrize(
    "changes",
    [
        {"area": 0.4242},
        {"area": None},
        {"area": float("nan")},
        {"retained": 0.9},
        {"worst": 0.5},
        {"floor": 0.05},
        {"floor_run_id": None},
        {"points": (CurvePoint(perturbation="blank", run_id="blind", value=0.09),)},
        {"points": (CurvePoint(perturbation="blank", run_id="blind", value=float("nan")),)},
        {"points": (CurvePoint(perturbation="speckle:L=1", run_id="blind", value=0.1),)},
        {"points": ()},
        {"perturbation": "nothing"},
        {"area_low": 0.3},
        {"area_low": None},
        {"worst_low": 0.5, "worst_high": 0.1},
    ],
    ids=str,
)
def test_a_curve_whose_sums_are_not_those_of_its_points_is_dropped(tmp_path: Path, changes: dict[str, Any]) -> None:
    run = open_run(tmp_path / "run")
    scores = with_findings(run, 1 / 8)
    save_scores(run, scores.model_copy(update={"curves": (scores.curves[0].model_copy(update=changes),)}))
    again = rescore_run(run)
    assert (again.curves, again.wordings) == ((), scores.wordings)


@pytest.mark.parametrize("changes", [{"mean": 0.4}, {"lowest": 0.0}, {"highest": 0.9}, {"mean": None}], ids=str)
def test_a_spread_that_is_not_that_of_its_values_is_dropped(tmp_path: Path, changes: dict[str, Any]) -> None:
    run = open_run(tmp_path / "run")
    scores = with_findings(run, 1 / 8)
    save_scores(run, scores.model_copy(update={"wordings": (scores.wordings[0].model_copy(update=changes),)}))
    again = rescore_run(run)
    assert (again.curves, again.wordings) == (scores.curves, ())


def test_another_wording_of_equal_value_is_not_the_own_one(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run")
    scores = with_findings(run, 0.9)
    other = scores.wordings[0].wordings[0].model_copy(update={"value": 1 / 8})
    spread = scores.wordings[0].model_copy(update={"wordings": (other, scores.wordings[0].wordings[1])})
    save_scores(run, scores.model_copy(update={"wordings": (spread,)}))
    assert rescore_run(run).wordings == ()


def test_other_word_lists_drop_what_other_runs_were_read_by(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run")
    scores = with_findings(run, 1 / 8)
    save_scores(run, scores.model_copy(update={"rules": {**scores.rules, "vocabulary": "0"}}))
    again = rescore_run(run)
    assert (again.curves, again.wordings) == ((), ())


def test_scores_that_nobody_can_read_are_made_anew(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run")
    (run / "scores.json").write_text("{")
    assert rescore_run(run).tasks[0].task == FIRST
    assert [path.name for path in (run / "samples").iterdir()] == [f"{FIRST}.parquet"]
