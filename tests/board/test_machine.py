import csv
import io
import json

from sarbench.board.machine import records, to_csv, to_json
from sarbench.board.model import make_board
from tests.board.board_runs import COUNTING, JUDGE, RunPlan, TaskPlan


def test_csv_and_json_hold_every_cell_of_the_tables_and_agree(all_runs):
    board = make_board(all_runs)
    cells = [cell for table in board.tables for row in table.rows for cell in row.cells if cell is not None]
    lines = list(csv.DictReader(io.StringIO(to_csv(board))))
    content = json.loads(to_json(board, title="t"))
    assert len(lines) == len(content["results"]) == len(cells)
    for line, result, cell in zip(lines, content["results"], cells, strict=True):
        assert set(line) == set(result)
        for key, value in result.items():
            assert line[key] == ("" if value is None else json.dumps(value) if isinstance(value, bool) else str(value))
        assert float(line["value"]) == result["value"] == cell.estimate.score.value
        assert float(line["low"]) == cell.estimate.score.low


def test_lift_is_the_difference_of_two_records(all_runs):
    found = {(each["run_id"], each["task"]): each for each in records(make_board(all_runs))}
    seeing = found["radar-vl-7b", "sarbench_sarchat_rebuilt_counting"]
    blind = found["radar-vl-7b-blind", "sarbench_sarchat_rebuilt_counting"]
    assert abs(seeing["lift"] - (seeing["value"] - blind["value"])) < 1e-12
    assert blind["lift"] is None


def test_no_cell_of_the_csv_is_a_formula(make_run):
    run = make_run(RunPlan("+1+1", "=HYPERLINK(0)", [TaskPlan(COUNTING)], revision="-12", coords="@here"))
    board = make_board([run])
    (line,) = csv.DictReader(io.StringIO(to_csv(board)))
    assert (line["model"], line["run_id"], line["coords"]) == ("'=HYPERLINK(0)", "'+1+1", "'@here")
    assert line["revision"] == "-12"
    assert records(board)[0]["model"] == "=HYPERLINK(0)"


def test_programs_see_which_run_is_a_further_one(make_runs):
    runs = make_runs(*(RunPlan(name, "m", [TaskPlan(COUNTING)]) for name in "ab"))
    found = {each["run_id"]: each for each in records(make_board(runs))}
    assert [(found[name]["further_run"], found[name]["rank_best"]) for name in "ab"] == [(False, 1), (True, None)]


def test_an_empty_board_is_valid():
    board = make_board([])
    assert to_csv(board) == ""
    assert json.loads(to_json(board, title="t"))["results"] == []


def test_programs_see_how_a_model_was_asked_and_what_a_judge_says(make_runs):
    runs = make_runs(
        RunPlan("a", "a", [TaskPlan(COUNTING, undecided=0.25, judged=0.7)]),
        RunPlan("b", "a", [TaskPlan(COUNTING, undecided=0.25)], prompt="sarbench-2"),
        RunPlan("c", "a", [TaskPlan(COUNTING, undecided=0.25)], history="gold"),
    )
    a, b, c = sorted(records(make_board(runs)), key=lambda each: each["run_id"])
    assert [each["kind"] for each in (a, b, c)] == ["model", "other_prompt", "other_prompt"]
    assert [(each["prompt_id"], each["history"]) for each in (b, c)] == [("sarbench-2", "none"), ("sarbench", "gold")]
    assert (a["judged"], a["judged_by"], a["lower_bound"]) == (0.7, f"clustered-t; {JUDGE}", "")
    assert (b["judged"], b["lower_bound"]) == (None, "rules only, undecided counts as wrong (25.0 % undecided)")
