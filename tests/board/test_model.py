import pytest

from sarbench.board.model import make_board
from tests.board.board_runs import CAPTION, COUNTING, REFERRING, RunPlan, TaskPlan


def plan(name, values, tasks=(COUNTING, REFERRING), half=0.01, **more):
    done = [TaskPlan(task, value=value, half_width=half) for task, value in zip(tasks, values, strict=False)]
    return RunPlan(name, f"org/{name}", done, **more)


def test_the_order_is_borda_over_whole_models(make_runs):
    board = make_board(
        make_runs(plan("a", (0.9, 0.5)), plan("b", (0.8, 0.6)), plan("c", (0.3, 0.7)), plan("d", (0.99,)))
    )
    (table,) = board.tables
    assert [(row.entry.key, row.standing.rank, row.standing.points) for row in table.ranked] == [
        ("a", 1, 2.0),
        ("b", 1, 2.0),
        ("c", 1, 2.0),
    ]
    assert [(row.entry.key, row.remarks) for row in table.unranked] == [("d", ("incomplete: 1 of 2 counted tasks",))]


def test_a_task_that_only_floors_did_makes_no_model_incomplete(make_runs):
    runs = make_runs(plan("a", (0.9, 0.5)), plan("f", (0.1, 0.1, 0.1), (COUNTING, REFERRING, CAPTION), kind="floor"))
    (table,) = make_board(runs).tables
    assert len(table.columns) == 3
    assert [row.entry.key for row in table.ranked] == ["a"]
    assert table.verdict == "org/a is the only model with a whole result on every counted task."
    assert table.counted == (COUNTING, REFERRING)


def test_an_extra_task_of_one_model_unranks_nobody(make_runs):
    shared = tuple(f"sarbench_sarchat_rebuilt_task{number}" for number in range(5))
    runs = make_runs(
        plan("a", (0.9,) * 5, shared), plan("b", (0.8,) * 5, shared), plan("c", (0.7,) * 6, (*shared, CAPTION))
    )
    (table,) = make_board(runs).tables
    assert [row.entry.key for row in table.ranked] == ["a", "b", "c"]
    assert [row.standing.points for row in table.ranked] == [10.0, 5.0, 0.0]
    assert table.counted == shared
    assert CAPTION in {column.key for column in table.columns}


def test_a_task_of_half_the_models_counts(make_runs):
    both = (COUNTING, REFERRING)
    runs = make_runs(plan("a", (0.9, 0.8), both), plan("b", (0.8,)), plan("c", (0.7, 0.7), both), plan("d", (0.6,)))
    (table,) = make_board(runs).tables
    assert [row.entry.key for row in table.ranked] == ["a", "c"]
    assert [row.entry.key for row in table.unranked] == ["b", "d"]


def test_partial_results_do_not_help_a_task_to_count(make_runs):
    quick = RunPlan("q", "org/q", [TaskPlan(COUNTING), TaskPlan(REFERRING, limit=60)])
    runs = make_runs(plan("a", (0.9, 0.8)), plan("b", (0.8,)), quick)
    (table,) = make_board(runs).tables
    assert table.counted == (COUNTING,)
    assert {row.entry.key for row in table.ranked} == {"a", "b", "q"}


def test_partial_models_are_outside_the_order(make_runs):
    partial = RunPlan("p", "org/p", [TaskPlan(COUNTING, value=0.99, limit=60), TaskPlan(REFERRING, value=0.99)])
    (table,) = make_board(make_runs(plan("a", (0.9, 0.5)), partial)).tables
    assert [row.entry.key for row in table.ranked] == ["a"]
    assert [row.remarks for row in table.unranked] == [("partial: 1 of 2 results",)]


@pytest.mark.parametrize(
    ("half", "clear"),
    [(0.01, "on 2 of them its interval lies clear"), (0.3, "on 0 of them its interval lies clear")],
)
def test_the_verdict_claims_no_more_than_the_intervals(make_runs, half, clear):
    (table,) = make_board(make_runs(plan("a", (0.6, 0.6), half=half), plan("b", (0.5, 0.5), half=half))).tables
    assert table.verdict.startswith("org/a leads among 2 models: it has the best value on 2 of 2 counted tasks")
    assert clear in table.verdict


def test_without_a_whole_model_there_is_no_order(make_runs):
    runs = make_runs(plan("a", (0.5,), (COUNTING,)), plan("b", (0.5,), (REFERRING,)), plan("c", (0.4, 0.4), half=0.1))
    (table,) = make_board(runs).tables
    assert [row.entry.key for row in table.ranked] == ["c"]
    (floors,) = make_board(make_runs(plan("f", (0.1,), kind="floor"))).tables
    assert (
        floors.verdict == "No task has whole results of at least half of the models yet, so there is no overall order."
    )


def test_a_model_with_two_rows_counts_once_among_the_models(make_runs):
    first, second, other = make_runs(
        RunPlan("a1", "a", [TaskPlan(COUNTING)]),
        RunPlan("a2", "a", [TaskPlan(CAPTION)]),
        RunPlan("b", "b", [TaskPlan(task) for task in (COUNTING, REFERRING, CAPTION)]),
    )
    second.manifest = second.manifest.model_copy(update={"coords": "norm1"})
    (table,) = make_board([first, second, other]).tables
    assert table.counted == (COUNTING, REFERRING, CAPTION), "one of two models did the second"


def test_the_row_of_a_model_that_was_begun_earlier_elsewhere_says_so(make_runs):
    trial, run, other = make_runs(plan("a", (0.9,)), plan("b", (0.8, 0.8)), plan("n", (0.7, 0.7)))
    run.manifest = run.manifest.model_copy(update={"coords": "norm1", "model": trial.manifest.model})
    (table,) = make_board([trial, run, other]).tables
    by = {row.entry.key: row.remarks for row in table.unranked}
    assert by == {
        "a": ("incomplete: 1 of 2 counted tasks",),
        "b": ("begun later on 1 task: a further run of this model; the one begun first ranks: a",),
    }


def test_not_ok_is_one_minus_the_ok_share_without_failed_answers(make_runs):
    run = make_runs(RunPlan("a", "a", [TaskPlan(COUNTING, samples=40, failed=10)]))[0]
    (row,) = make_board([run]).tables[0].unranked
    outcomes = run.scores.tasks[0].outcomes
    assert outcomes["failed"] == row.failed == 10
    assert row.not_ok == pytest.approx(1 - outcomes["ok"] / 30)


def test_simulated_tasks_are_named(make_runs):
    runs = make_runs(RunPlan("a", "a", [TaskPlan(COUNTING), TaskPlan(CAPTION, simulated=False)]))
    assert make_board(runs).simulated == (COUNTING,)


def test_the_board_does_not_depend_on_the_order_of_runs(all_runs):
    assert make_board(all_runs) == make_board(all_runs[::-1])
