import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.soundness import fault
from sarbench.runs.record import CurvePoint, Score, SeverityCurve, Wording, WordingSpread
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan

HUGE = 10**400


def with_manifest(run, **update):
    run.manifest = run.manifest.model_copy(update=update)
    return run


def with_task(run, **update):
    return with_manifest(run, tasks=(run.manifest.tasks[0].model_copy(update=update),))


def with_scores(run, **update):
    run.scores = run.scores.model_copy(update={"tasks": (run.scores.tasks[0].model_copy(update=update),)})
    return run


def with_headline(run, **update):
    first, *others = run.scores.tasks[0].scores
    return with_scores(run, scores=(first.model_copy(update=update), *others))


@pytest.fixture
def run(make_run):
    return make_run(RunPlan("a", "m", [TaskPlan(COUNTING, value=0.5, half_width=0.1)]))


def test_what_may_be_below_0_is_sound_there(run):
    (score, *_) = run.scores.tasks[0].scores
    low = {"metric": "f1_above_chance@0.5", "value": -0.02, "low": -0.13, "high": 0.05, "headline": False}
    assert fault(with_scores(run, scores=(score, score.model_copy(update=low)))) is None
    under = score.model_copy(update=low | {"low": -1.2})
    assert "such a fraction lies between -1 and 1" in fault(with_scores(run, scores=(score, under)))


def test_the_runs_of_the_other_tests_are_sound(all_runs):
    assert [fault(each) for each in all_runs] == [None] * len(all_runs)


@pytest.mark.parametrize(
    ("update", "words"),
    [
        ({"value": 7.0, "low": 6.5, "high": 7.5}, "value is 7, and such a fraction lies between 0 and 1"),
        ({"value": -5.0}, "value is -5, and such a fraction"),
        ({"low": -0.5}, "low is -0.5, and such a fraction"),
        ({"value": 0.9, "low": 0.95, "high": 0.1}, "out of order: 0.95, 0.9, 0.1"),
        ({"value": 0.9}, "out of order: 0.4, 0.9, 0.6"),
        ({"value": None, "low": 0.6, "high": 0.4}, "out of order: 0.6, 0.4"),
        ({"value": 1e308}, "value is 1e+308"),
        ({"value": math.nan}, "value is nan"),
        ({"high": math.inf, "unit": "objects"}, "high is inf"),
        ({"unit": "objects", "value": 1e13, "high": 1e14}, "value is 1e+13"),
        ({"level": math.nan}, "the level nan is not between"),
        ({"level": 5.0}, "the level 5.0 is not between"),
        ({"n": -1}, "n is -1"),
        ({"n": 10**30}, "n is a number of 31 digits"),
        ({"clusters": -1}, "clusters is -1"),
        ({"n": 0}, "value is 0.5, which is made from nothing"),
    ],
)
def test_a_score_that_cannot_be(run, update, words):
    found = fault(with_headline(run, **update))
    assert found is not None
    assert words in found
    assert COUNTING in found


@pytest.mark.parametrize(
    "update",
    [
        {"value": 0.0, "low": 0.0, "high": 0.0},
        {"value": 1.0 + 1e-12, "high": 1.0},
        {"value": None, "low": None, "high": None, "n": 0},
        {"value": 3.2, "low": 2.0, "high": 4.0, "unit": "objects"},
        {"low": None, "high": None},
        {"value": 0.7, "method": "cluster-bootstrap-2000"},
    ],
)
def test_an_odd_score_that_can_be(run, update):
    assert fault(with_headline(run, **update)) is None


@given(st.floats(), st.floats(), st.floats(), st.sampled_from(["fraction", "objects"]))
def test_what_passes_is_finite_and_ordered(value, low, high, unit):
    from sarbench.board.soundness import _of_score

    score = Score(
        task="t", metric="m", protocol="strict", value=value, low=low, high=high, n=1, clusters=1, method="x", unit=unit
    )
    if not list(_of_score(score)):
        assert all(math.isfinite(number) for number in (value, low, high))
        assert low <= value + 1e-6 * max(1, abs(value)) <= high + 2e-6 * max(1, abs(high))


@pytest.mark.parametrize(
    ("update", "words"),
    [
        ({"done": HUGE}, "done is a number of 401 digits"),
        ({"done": -1, "failed": -1, "samples": -5}, "samples is -5"),
        ({"done": 99}, "99 answers to 60 samples"),
        ({"done": 0, "failed": 31}, "31 of 0 answers failed"),
        ({"seconds": math.nan}, "seconds is nan"),
        ({"seconds": math.inf}, "seconds is inf"),
        ({"generated_tokens": 10**30}, "generated_tokens is"),
        ({"limit": -1}, "limit is -1"),
        ({"started": "zzz"}, "started is 'zzz', which is no time"),
    ],
)
def test_a_task_that_cannot_be(run, update, words):
    assert words in (fault(with_task(run, **update)) or "")


@pytest.mark.parametrize(
    ("update", "words"),
    [
        ({"started": "zzz"}, "its manifest: started is 'zzz'"),
        ({"ended": ""}, "its manifest: ended is ''"),
        ({"tasks": ()}, "names no task"),
    ],
)
def test_a_manifest_that_cannot_be(run, update, words):
    assert words in (fault(with_manifest(run, **update)) or "")


@pytest.mark.parametrize(
    ("part", "update", "words"),
    [
        ("model", {"parameters": HUGE}, "parameters is a number of 401 digits"),
        ("model", {"parameters": -5}, "parameters is -5"),
        ("hardware", {"memory_gib": math.nan}, "memory_gib is nan"),
        ("hardware", {"cores": -1}, "cores is -1"),
        ("backend", {"batch_size": HUGE}, "batch_size is a number"),
    ],
)
def test_a_part_of_a_manifest_that_cannot_be(run, part, update, words):
    changed = getattr(run.manifest, part).model_copy(update=update)
    assert words in (fault(with_manifest(run, **{part: changed})) or "")


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ({"ok": 10**30}, "ok is a number of 31 digits"),
        ({"ok": 62, "failed": -2}, "failed is -2"),
        ({"ok": 59}, "do not add up"),
    ],
)
def test_outcomes_that_cannot_be(run, outcomes, words):
    assert words in (fault(with_scores(run, outcomes=outcomes)) or "")


def test_a_task_that_stands_there_twice(run):
    with_manifest(run, tasks=run.manifest.tasks * 2)
    assert fault(run) == f"its manifest names {COUNTING} twice"
    run.manifest = run.manifest.model_copy(update={"tasks": run.manifest.tasks[:1]})
    run.scores = run.scores.model_copy(update={"tasks": run.scores.tasks * 2})
    assert fault(run) == f"its scores hold {COUNTING} twice"


@pytest.mark.parametrize(
    "wrong", [{"area": 1e308}, {"retained": math.nan}, {"points": 1e308}, {"worst_low": -math.inf}, {"level": 7.0}]
)
def test_a_curve_that_cannot_be(run, wrong):
    held = {"area": 0.4, "retained": 7.5, "worst": -3.0, "points": 0.2}
    assert fault(with_curve(run, **held)) is None
    assert "curve of" in (fault(with_curve(run, **(held | wrong))) or "")


def with_curve(run, *, points, **numbers):
    point = CurvePoint(perturbation="speckle:L=1", run_id="x", value=points)
    about = {"task": COUNTING, "metric": "exact", "unit": "fraction", "perturbation": "speckle", "clean": 0.5}
    curve = SeverityCurve(**about, points=(point,), floor=0.0, floor_run_id=None, **numbers)
    run.scores = run.scores.model_copy(update={"curves": (curve,)})
    return run


def test_wordings_that_cannot_be(run):
    about = {"task": COUNTING, "metric": "exact", "unit": "fraction", "higher_is_better": True}
    wording = Wording(prompt_id="sarbench", run_id="a", value=0.5)
    spread = WordingSpread(**about, wordings=(wording,), mean=1e308, lowest=0.5, highest=None)
    run.scores = run.scores.model_copy(update={"wordings": (spread,)})
    assert fault(run) == f"wordings of {COUNTING}: hold a number that cannot be"
