from sarbench.board.rows import entries
from sarbench.board.standings import standings
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan


def held(runs):
    rows = entries(runs)
    return standings(rows[0].results[0].variant, rows)


def plan(name, value, *, model=None, half=0.05, **more):
    odd = {key: more.pop(key) for key in ("limit", "scored", "undecided", "judged", "wordings") if key in more}
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
    assert {key: cell.no_lift for key, cell in cells.items() if cell.no_lift} == {"b": "no blind run"}
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


def test_a_partial_blind_run_gives_no_lift_and_says_so(make_runs):
    found = held(make_runs(plan("a", 0.8), plan("x", 0.3, model="a", perturbation="blank", limit=60)))
    assert (found.cells["a"].lift, found.cells["a"].no_lift) == (None, "blind run partial")


def test_another_wording_takes_no_rank_and_pushes_nobody_down(make_runs):
    found = held(
        make_runs(
            plan("a", 0.5),
            plan("b", 0.4, half=0.01),
            plan("a2", 0.9, half=0.01, model="a", prompt="sarbench-2"),
            plan("a2-blind", 0.2, model="a", prompt="sarbench-2", perturbation="blank"),
            plan("told", 0.9, half=0.01, model="b", history="gold"),
        )
    )
    assert [found.cells[key].rank is None for key in ("a", "b", "a2", "told")] == [False, False, True, True]
    assert found.ranked == 2
    assert (found.cells["a"].rank.best, found.cells["a"].no_lift) == (1, "no blind run")
    assert (found.cells["a2"].lift.text, found.cells["told"].no_lift) == ("+70", "no blind run")
    assert [entry.key for entry in found.entries] == ["a", "b", "a2", "told", "a2-blind"]


def test_a_number_of_rules_is_a_lower_bound_until_a_judge_has_spoken(make_runs):
    found = held(
        make_runs(
            plan("a", 0.5, undecided=0.2),
            plan("b", 0.5, undecided=0.2, judged=0.6),
            plan("c", 0.5, undecided=0.0),
        )
    )
    a, b, c = (found.cells[key] for key in "abc")
    assert (a.remark.kind, a.remark.undecided, a.judged) == ("bound", "20.0 %", None)
    assert a.remark.text == "rules only, undecided counts as wrong (20.0 % undecided)"
    assert (b.remark, b.judged.text) == (None, "60")
    assert (c.remark, c.judged) == (None, None)
    assert found.metric.metric == "accuracy"
    assert str(b.rank) == "1–3"


def test_the_spread_stands_at_the_row_that_ranks(make_runs):
    over = {"sarbench": 1.0, "sarbench-2": 0.8}
    blind = plan("x", 0.4, model="a", perturbation="blank", wordings=over)
    found = held(make_runs(plan("a", 0.5, wordings=over), blind))
    assert (found.cells["a"].spread.mean, found.cells["a"].spread.span) == ("45", "40–50")
    assert found.cells["x"].spread is None
