from sarbench.board.comparability import comparisons
from sarbench.board.rows import entries
from tests.board.board_runs import CAPTION, COUNTING, REFERRING, RunPlan, TaskPlan

OTHER = "e" * 64


def tables(runs):
    return [([entry.key for entry in found.entries], found.reasons) for found in comparisons(entries(runs))]


def test_equal_data_stand_in_one_table_without_a_word(make_runs):
    runs = make_runs(RunPlan("a", "a", [TaskPlan(COUNTING)]), RunPlan("b", "b", [TaskPlan(COUNTING, version="1.7")]))
    assert tables(runs) == [(["a", "b"], ())]


def test_other_data_or_another_major_version_stand_apart_and_say_why(make_runs):
    runs = make_runs(
        RunPlan("a", "a", [TaskPlan(COUNTING), TaskPlan(REFERRING)]),
        RunPlan("b", "b", [TaskPlan(COUNTING), TaskPlan(REFERRING)]),
        RunPlan("c", "c", [TaskPlan(COUNTING, digest=OTHER), TaskPlan(REFERRING, digest=OTHER)]),
        RunPlan("d", "d", [TaskPlan(COUNTING, version="2.0")]),
    )
    (first, why), (second, _), (third, why_third) = tables(runs)
    assert (first, second, third) == (["a", "b"], ["c"], ["d"])
    assert (
        f"Other questions or targets (data digest dddddddd here, eeeeeeee in another table): {COUNTING}, {REFERRING}."
        in why
    )
    assert f"Task version 2.x here, 1.x in another table: {COUNTING}." in why_third


def test_no_table_ever_holds_two_variants_of_a_task(make_runs):
    runs = make_runs(
        RunPlan("a", "a", [TaskPlan(COUNTING), TaskPlan(REFERRING)]),
        RunPlan("b", "b", [TaskPlan(COUNTING, digest=OTHER), TaskPlan(CAPTION)]),
        RunPlan("c", "c", [TaskPlan(REFERRING), TaskPlan(CAPTION)]),
        RunPlan("d", "d", [TaskPlan(REFERRING, digest=OTHER)]),
    )
    found = comparisons(entries(runs))
    for comparison in found:
        names = [variant.task for variant in comparison.columns]
        assert len(names) == len(set(names))
        for entry in comparison.entries:
            assert entry.variants <= set(comparison.columns)
    assert sorted(entry.key for comparison in found for entry in comparison.entries) == ["a", "b", "c", "d"]


def test_models_without_a_common_task_have_tables_of_their_own(make_runs):
    runs = make_runs(
        RunPlan("a", "a", [TaskPlan(COUNTING)]),
        RunPlan("b", "b", [TaskPlan(CAPTION)]),
        RunPlan("c", "c", [TaskPlan(COUNTING)]),
    )
    why = ("No model here shares a task with a model of another table.",)
    assert tables(runs) == [(["a", "c"], why), (["b"], why)]


def test_a_floor_stands_wherever_it_was_scored_and_is_never_lost(make_runs):
    runs = make_runs(
        RunPlan("a", "a", [TaskPlan(COUNTING)]),
        RunPlan("b", "b", [TaskPlan(COUNTING, digest=OTHER)]),
        RunPlan("f", "floor/prior", [TaskPlan(COUNTING), TaskPlan(CAPTION)], kind="floor"),
        RunPlan("g", "floor/prior", [TaskPlan(COUNTING, digest="f" * 64)], kind="floor"),
    )
    assert [keys for keys, _ in tables(runs)] == [["a", "f"], ["b"], ["g"]]


def test_nothing_gives_nothing():
    assert comparisons(()) == ()
