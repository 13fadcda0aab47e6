"""Curves from run folders: the right runs in the right order, and only runs that may stand side by side."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from sarbench.cli.robustness import robustness
from sarbench.errors import InputError
from sarbench.files import locked
from sarbench.perturb import LEVELS
from sarbench.runs.robustness import record_curves, severity_curves
from sarbench.runs.store import load_scores
from tests.board.board_runs import COUNTING, REFERRING, RunPlan, TaskPlan, write_run


def run(folder: Path, spec: str | None, value: float, **changes: Any) -> Path:
    tasks = changes.pop("tasks", [TaskPlan(COUNTING, value=value), TaskPlan(REFERRING, value=value / 2)])
    plan = replace(RunPlan(f"run {spec} {changes}", "org/radar-vl", tasks, perturbation=spec), **changes)
    return write_run(folder, plan).folder


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return run(tmp_path, None, 0.8)


def speckled(folder: Path) -> list[Path]:
    return [run(folder, spec, value) for spec, value in zip(LEVELS["speckle"], (0.8, 0.6, 0.4, 0.2), strict=True)]


def test_a_whole_curve_whatever_the_order_of_runs(tmp_path: Path, clean: Path) -> None:
    counting, referring = severity_curves(clean, speckled(tmp_path)[::-1])
    assert (counting.task, referring.task, counting.perturbation) == (COUNTING, REFERRING, "speckle")
    assert counting.scores == tuple(zip(LEVELS["speckle"], (0.8, 0.6, 0.4, 0.2), strict=True))
    assert counting.found is not None
    assert counting.found.area == pytest.approx((0.8 + 0.7 + 0.5 + 0.3) / 4)
    assert counting.found.retained == pytest.approx(counting.found.area / 0.8)
    assert referring.found is not None
    assert referring.found.area == pytest.approx(counting.found.area / 2)


def test_the_blind_run_is_the_floor(tmp_path: Path, clean: Path) -> None:
    curves = severity_curves(clean, [*speckled(tmp_path), run(tmp_path, "blank", 0.2)])
    of_speckle = next(curve for curve in curves if curve.perturbation == "speckle")
    assert of_speckle.floor == 0.2
    assert of_speckle.found is not None
    assert of_speckle.found.worst == 0.0
    assert of_speckle.found.retained == pytest.approx((of_speckle.found.area - 0.2) / 0.6)
    blind = next(curve for curve in curves if curve.perturbation == "blank")
    assert blind.scores == (("blank", 0.2),)


def test_part_of_a_curve_has_no_area(tmp_path: Path, clean: Path) -> None:
    curve = severity_curves(clean, [run(tmp_path, "gsd:factor=2", 0.5)])[0]
    assert curve.found is None
    assert [score for _, score in curve.scores] == [0.5, None, None, None]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e308, -0.5])
def test_a_score_that_cannot_be_is_none(value: float, tmp_path: Path, clean: Path) -> None:
    first, *others = speckled(tmp_path)
    _set_values(first, value)
    curve = severity_curves(clean, [first, *others])[0]
    assert (curve.scores[0], curve.found) == (("speckle:L=8", None), None)
    _set_values(clean, value)
    curve = severity_curves(clean, others)[0]
    assert (curve.clean, curve.found) == (None, None)


def _set_values(run: Path, value: float) -> None:
    """Write a value in place of every score, also one that only Python's JSON has."""
    content = json.loads((run / "scores.json").read_text())
    for task in content["tasks"]:
        for score in task["scores"]:
            score["value"] = value
    (run / "scores.json").write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("spec", "changes", "says"),
    [
        (None, {}, "no standard severity"),
        ("speckle:L=3", {}, "speckle:L=8, speckle:L=4"),
        ("speckle:L=1+gsd:factor=2", {}, "no standard severity"),
        ("blank", {"model": "org/other"}, "another model"),
        ("blank", {"revision": "other"}, "another revision"),
        ("blank", {"coords": "norm1000"}, "another coordinate convention"),
        ("blank", {"tasks": [TaskPlan(COUNTING, digest="e" * 64)]}, "another data digest"),
        ("blank", {"tasks": [TaskPlan(COUNTING, samples=9)]}, "another number of answers"),
    ],
)
def test_other_runs_are_refused(
    spec: str | None, changes: dict[str, Any], says: str, tmp_path: Path, clean: Path
) -> None:
    with pytest.raises(InputError, match=says):
        severity_curves(clean, [run(tmp_path, spec, 0.5, **changes)])


def test_what_is_clean_and_what_is_there_twice(tmp_path: Path, clean: Path) -> None:
    blind = run(tmp_path, "blank", 0.5)
    with pytest.raises(InputError, match="Give the run on unchanged images first"):
        severity_curves(blind, [clean])
    with pytest.raises(InputError, match="Give one run of each"):
        severity_curves(clean, [blind, blind])


def test_curves_are_recorded_in_the_clean_run(tmp_path: Path, clean: Path) -> None:
    speckle = speckled(tmp_path)
    blind = run(tmp_path, "blank", 0.2)
    untouched = (speckle[0] / "scores.json").read_bytes()
    curves = severity_curves(clean, [*speckle, blind])
    record_curves(clean, curves)
    found = {(curve.task, curve.perturbation): curve for curve in load_scores(clean).curves}
    assert set(found) == {(task, name) for task in (COUNTING, REFERRING) for name in ("speckle", "blank")}
    counting = found[COUNTING, "speckle"]
    assert [(point.perturbation, point.run_id, point.value) for point in counting.points] == [
        (spec, f"run {spec} {{}}", value) for spec, value in zip(LEVELS["speckle"], (0.8, 0.6, 0.4, 0.2), strict=True)
    ]
    assert (counting.clean, counting.floor, counting.floor_run_id) == (0.8, 0.2, "run blank {}")
    assert counting.area == pytest.approx((0.8 + 0.7 + 0.5 + 0.3) / 4)
    assert counting.worst == 0.0
    assert (speckle[0] / "scores.json").read_bytes() == untouched


def test_recorded_curves_are_replaced_and_others_kept(tmp_path: Path, clean: Path) -> None:
    speckle = speckled(tmp_path)
    record_curves(clean, severity_curves(clean, speckle[:2]))
    assert load_scores(clean).curves[0].area is None
    assert [point.run_id is None for point in load_scores(clean).curves[0].points] == [False, False, True, True]
    record_curves(clean, severity_curves(clean, [run(tmp_path, "gsd:factor=2", 0.5)]))
    record_curves(clean, severity_curves(clean, speckle))
    found = {(curve.task, curve.perturbation): curve for curve in load_scores(clean).curves}
    assert {name for _, name in found} == {"speckle", "gsd"}
    assert found[COUNTING, "speckle"].area is not None
    assert len(load_scores(clean).curves) == len(found)


def test_a_whole_curve_is_not_lost_to_a_part(tmp_path: Path, clean: Path) -> None:
    speckle, blind = speckled(tmp_path), run(tmp_path, "blank", 0.2)
    assert record_curves(clean, severity_curves(clean, [*speckle, blind])) == ()
    whole = load_scores(clean).curves
    app = typer.Typer()
    app.command()(robustness)
    shown = CliRunner().invoke(app, [str(clean), str(speckle[0])])
    assert "kept the whole curve of speckle that is there" in " ".join(shown.output.split())
    assert load_scores(clean).curves == whole
    kept = record_curves(clean, severity_curves(clean, speckle))  # all severities, without the floor
    assert {curve.perturbation for curve in kept} == {"speckle"}
    assert load_scores(clean).curves == whole
    assert record_curves(clean, severity_curves(clean, [*speckle, blind])) == ()


def test_a_part_replaces_a_whole_curve_that_is_stale(tmp_path: Path, clean: Path) -> None:
    speckle = speckled(tmp_path)
    record_curves(clean, severity_curves(clean, speckle))
    _set_values(clean, 0.7)
    assert record_curves(clean, severity_curves(clean, speckle[:1])) == ()
    assert {curve.area for curve in load_scores(clean).curves} == {None}


def test_curves_wait_for_nobody_who_writes_the_run(tmp_path: Path, clean: Path) -> None:
    curves = severity_curves(clean, speckled(tmp_path))
    with locked(clean, problem="test"), pytest.raises(InputError, match="is being written by another process"):
        record_curves(clean, curves)
    assert load_scores(clean).curves == ()


def test_command(tmp_path: Path, clean: Path) -> None:
    app = typer.Typer()
    app.command()(robustness)
    folders = [str(clean), *map(str, speckled(tmp_path)[:3])]
    shown = CliRunner().invoke(app, folders)
    assert shown.exit_code == 0
    assert "80.00 60.00 40.00 –" in shown.output
    assert "part of a curve, 3 of 4 severities, so it has no area: no score with --perturb speckle:L=1" in shown.output
    found = json.loads(CliRunner().invoke(app, [*folders, "--json"]).output)
    assert found[0]["scores"][0] == ["speckle:L=8", 0.8]
    assert found[0]["found"] is None
    assert [curve.task for curve in load_scores(clean).curves] == [COUNTING, REFERRING]
