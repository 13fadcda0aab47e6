from sarbench.board.entries import entries
from sarbench.board.standings import standings
from sarbench.board.task_page import task_table
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan


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
