from sarbench.board.rows import entries
from sarbench.board.standings import standings
from sarbench.board.task_page import task_table
from tests.board.board_runs import COUNTING, JUDGE, RunPlan, TaskPlan


def table(runs):
    rows = entries(runs)
    return task_table(standings(rows[0].results[0].variant, rows), number=1)


def test_every_metric_and_slice_of_every_run_has_its_place(make_runs):
    made = table(
        make_runs(RunPlan("a", "a", [TaskPlan(COUNTING, 0.8)]), RunPlan("b", "b", [TaskPlan(COUNTING, scored=False)]))
    )
    assert [column.label for column in made.metrics] == ["within 1", "MAE"]
    assert [column.higher_is_better for column in made.metrics] == [True, False]
    assert made.slices == ("few objects", "many objects")
    a, b = made.rows
    assert all(a.others)
    assert all(a.slices)
    assert b.others == b.slices == (None, None)
    assert [row.name for row in made.forest] == ["a"]


def test_outcome_shares_add_up_and_unused_outcomes_are_left_out(make_run):
    made = table([make_run(RunPlan("a", "a", [TaskPlan(COUNTING, failed=6)]))])
    assert made.outcomes == ("ok", "unparsable", "failed")
    outcomes = made.rows[0].outcomes
    assert sum(part for _, _, part in outcomes) == 1
    assert ("failed", 6, 0.1) in outcomes
    assert made.forest[0].note == "partial"


def test_what_a_judge_makes_of_a_number_stands_beside_it(make_runs):
    made = table(
        make_runs(
            RunPlan("a", "a", [TaskPlan(COUNTING, undecided=0.25, judged=0.7)]),
            RunPlan("b", "b", [TaskPlan(COUNTING, undecided=0.125)]),
        )
    )
    assert [column.label for column in made.metrics[:1]] == ["accuracy, judged"]
    rows = {row.entry.key: row for row in made.rows}
    assert made.judges == (JUDGE,)
    assert (rows["a"].remarks[0].text, rows["b"].remarks[0]) == (JUDGE, None)
    assert (rows["a"].cell.remark, rows["b"].cell.remark.undecided) == (None, "12.5 %")
    assert made.has_bounds


def test_curves_are_brought_together_by_perturbation(make_runs):
    made = table(
        make_runs(
            RunPlan("a", "a", [TaskPlan(COUNTING, 0.9, curves={"speckle": (0.5,), "gsd": (0.5,)})]),
            RunPlan("b", "b", [TaskPlan(COUNTING, 0.2, curves={"speckle": (0.5,)})]),
            RunPlan("c", "c", [TaskPlan(COUNTING, 0.5)]),
        )
    )
    found = [(name, [entry.key for entry, _ in rows]) for name, rows in made.curves]
    assert found == [("speckle", ["a", "b"]), ("gsd", ["a"])]
    assert not made.has_bounds


def test_points_of_a_curve_are_not_drawn_once_more(make_runs):
    made = table(
        make_runs(
            RunPlan("a", "a", [TaskPlan(COUNTING, curves={"speckle": (0.5,)})]),
            RunPlan("a-speckle-1", "a", [TaskPlan(COUNTING)], perturbation="speckle:s=1"),
            RunPlan("a-other", "a", [TaskPlan(COUNTING)], perturbation="speckle:s=9"),
        )
    )
    assert [row.note for row in made.forest] == [""]
    assert [row.note for row in made.changed_forest] == ["speckle:s=9"]
    assert len(made.rows) == 3


def test_a_spread_that_several_runs_hold_is_shown_once(make_runs):
    over = {"sarbench": 1.0, "sarbench-2": 1.0}
    task = TaskPlan(COUNTING, value=0.5, half_width=0.1, wordings=over)
    first, second = make_runs(RunPlan("a", "m", [task]), RunPlan("b", "m", [task], prompt="sarbench-2"))
    second.scores = second.scores.model_copy(update={"wordings": first.scores.wordings})
    ((entry, found),) = table([second, first]).spreads
    assert (entry.key, found.mean) == ("a", "50")
