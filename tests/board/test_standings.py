import pytest

from sarbench.board.entries import entries
from sarbench.board.standings import estimate, standings
from sarbench.runs.record import Score
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan


def held(runs):
    rows = entries(runs)
    return standings(rows[0].results[0].variant, rows)


def plan(name, value, *, model=None, half=0.05, **more):
    odd = {key: more.pop(key) for key in ("limit", "scored") if key in more}
    return RunPlan(name, model or name, [TaskPlan(COUNTING, value=value, half_width=half, **odd)], **more)


def test_ranks_lift_and_floor(make_runs):
    found = held(
        make_runs(
            plan("a", 0.8),
            plan("b", 0.75),
            plan("c", 0.4),
            plan("a-blind", 0.3, model="a", perturbation="blank"),
            plan("c-blind", 0.38, model="c", perturbation="blank"),
            plan("floor1", 0.2, kind="floor"),
            plan("floor2", 0.25, kind="floor"),
            plan("noisy", 0.9, model="a", perturbation="speckle:4"),
        )
    )
    cells = found.cells
    assert [str(cells[key].rank) for key in "abc"] == ["1–2", "1–2", "3"]
    assert [cells[key].rank for key in ("a-blind", "floor1", "noisy")] == [None] * 3
    assert found.ranked == 3
    assert found.floor.value == 25
    assert (cells["a"].lift.text, cells["a"].lift.clear) == ("+50", True)
    assert (cells["c"].lift.text, cells["c"].lift.clear) == ("+2", False)
    assert cells["b"].lift is None
    assert [entry.key for entry in found.entries] == [
        "a", "b", "c", "c-blind", "a-blind", "floor2", "floor1", "noisy",
    ]  # fmt: skip


def test_partial_results_take_no_rank_and_push_nobody_down(make_runs):
    found = held(make_runs(plan("a", 0.9, limit=60), plan("b", 0.5)))
    assert found.cells["a"].rank is None
    assert found.cells["a"].flaws == ("limited to 60 samples",)
    assert str(found.cells["b"].rank) == "1"


def test_missing_scores_leave_an_empty_cell(make_runs):
    found = held(make_runs(plan("a", 0.5), plan("b", 0.4, scored=False)))
    assert found.cells["b"].estimate is None
    assert found.cells["b"].rank is None
    assert found.entries[-1].key == "b"


def test_a_blind_run_under_another_convention_gives_no_lift(make_runs):
    found = held(make_runs(plan("a", 0.8), plan("x", 0.3, model="a", perturbation="blank", coords="norm1000")))
    assert found.cells["a"].lift is None


def test_a_blind_run_with_another_prompt_gives_no_lift(make_runs):
    seeing, blind = make_runs(plan("a", 0.8), plan("x", 0.3, model="a", perturbation="blank"))
    (task,) = blind.manifest.tasks
    blind.manifest = blind.manifest.model_copy(update={"tasks": (task.model_copy(update={"prompt_id": "authors"}),)})
    assert held([seeing, blind]).cells["a"].lift is None


def test_of_several_blind_runs_the_last_one_counts(make_runs):
    seeing, late, early = make_runs(
        plan("a", 0.8), plan("x", 0.3, model="a", perturbation="blank"), plan("y", 0.5, model="a", perturbation="blank")
    )
    (task,) = late.manifest.tasks
    ended = task.model_copy(update={"ended": "2026-06-01T11:00:00+00:00"})
    late.manifest = late.manifest.model_copy(update={"tasks": (ended,)})
    assert held([seeing, late, early]).cells["a"].lift.text == "+50"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_no_number_no_estimate(value):
    assert estimate(score(value=value)) is None


def test_percent_and_raw_units():
    assert estimate(score(value=0.5, low=0.4, high=0.6)).span == "40–60"
    raw = estimate(score(value=0.83, low=0.75, high=0.9, unit="CIDEr"))
    assert (raw.text, raw.span, raw.unit) == ("0.83", "0.75–0.90", "CIDEr")
    assert estimate(score(value=0.5, low=None, high=float("nan"))).span == ""


def score(**values):
    return Score(**({"task": "t", "metric": "m", "protocol": "strict", "n": 9, "clusters": 3, "method": "x"} | values))
