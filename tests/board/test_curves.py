import pytest

from sarbench.board.curves import curves
from sarbench.board.rows import entries
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan


def result(make_run, **falls):
    task = TaskPlan(COUNTING, value=0.8, half_width=0.1, curves=falls)
    return entries([make_run(RunPlan("a", "m", [task]))])[0].results[0]


def changed(found, **values):
    scores = found.run.scores
    found.run.scores = scores.model_copy(update={"curves": (scores.curves[0].model_copy(update=values),)})
    return found


def test_a_curve_is_written_in_the_units_of_the_board(make_run):
    (curve,) = curves(result(make_run, speckle=(0.75, 0.5)))
    assert (curve.perturbation, curve.clean.text) == ("speckle", "80")
    assert [(point.label, point.text, point.run_id) for point in curve.points] == [
        ("s=1", "60", "a-speckle-1"),
        ("s=2", "40", "a-speckle-2"),
    ]
    assert (curve.floor, curve.area, curve.retained, curve.worst) == ("20", "60", "67 %", "33 %")
    assert (curve.area_span, curve.retained_span, curve.worst_span) == ("56–64", "63–72 %", "")
    assert curve.line.count("<circle") == 3


def test_a_missing_severity_leaves_gaps(make_run):
    (curve,) = curves(result(make_run, gsd=(None, 0.5)))
    assert [point.text for point in curve.points] == ["–", "40"]
    assert (curve.area, curve.retained, curve.worst) == ("", "", "")
    assert (curve.area_span, curve.retained_span, curve.worst_span) == ("", "", "")


@pytest.mark.parametrize(
    "stale", [{"clean": 0.7}, {"clean": None}, {"metric": "other"}, {"task": "other"}, {"points": ()}]
)
def test_a_curve_about_something_else_is_not_shown(make_run, stale):
    assert len(curves(result(make_run, speckle=(0.5,)))) == 1
    assert curves(changed(result(make_run, speckle=(0.5,)), **stale)) == ()


def test_the_way_to_the_blank_image_is_no_curve(make_run):
    assert [curve.perturbation for curve in curves(result(make_run, blank=(0.25,), shuffle=(0.5,)))] == ["shuffle"]


def test_a_curve_without_a_single_number_is_not_shown(make_run):
    assert curves(result(make_run, speckle=(None, None))) == ()


def test_without_a_blind_run_there_is_no_floor(make_run):
    (curve,) = curves(changed(result(make_run, speckle=(0.5,)), floor=0.0, floor_run_id=None, worst=-0.021))
    assert curve.floor == ""
    assert 'class="floor"' not in curve.line
    assert curve.worst == "−2 %"
