import pytest

from sarbench.board.rows import entries
from sarbench.board.wordings import spread
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan


def result(make_run, **more):
    over = {"sarbench": 1.0, "sarbench-2": 0.75, "sarbench-3": 1.25} | more
    task = TaskPlan(COUNTING, value=0.4, half_width=0.1, wordings=over)
    return entries([make_run(RunPlan("a", "m", [task]))])[0].results[0]


def test_a_spread_is_written_in_the_units_of_the_board(make_run):
    found = spread(result(make_run))
    assert (found.headline.text, found.mean, found.span) == ("40", "40", "30–50")
    assert [(each.prompt, each.text) for each in found.wordings] == [
        ("sarbench", "40"),
        ("sarbench-2", "30"),
        ("sarbench-3", "50"),
    ]


def test_without_one_of_the_numbers_there_is_no_mean(make_run):
    found = spread(result(make_run, **{"sarbench-2": None}))
    assert (found.mean, found.span) == ("", "")
    assert found.wordings[1].text == "–"


def test_the_key_is_that_of_all_runs_of_a_spread(make_run):
    assert spread(result(make_run)).key[1] == ("sarbench-2", "a-sarbench-2")


@pytest.mark.parametrize("stale", [{"sarbench": 0.9}, {"sarbench": None}])
def test_a_spread_whose_own_number_is_not_the_headline_is_not_shown(make_run, stale):
    assert spread(result(make_run, **stale)) is None


def test_a_run_without_scores_or_wordings_has_none(make_run):
    plans = [TaskPlan(COUNTING, scored=False), TaskPlan(COUNTING)]
    rows = entries([make_run(RunPlan(name, "m", [plan])) for name, plan in zip("ab", plans, strict=True)])
    assert [spread(row.results[0]) for row in rows] == [None, None]
