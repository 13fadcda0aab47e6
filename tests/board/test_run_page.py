from sarbench.board.run_page import run_page
from tests.board.board_runs import COUNTING, JUDGE, REFERRING, RunPlan, TaskPlan


def test_the_manifest_is_shown_whole_and_unknowns_are_left_out(make_run):
    run = make_run(RunPlan("a", "org/a", [TaskPlan(COUNTING)], revision=None, perturbation="blank"))
    page = run_page(run)
    shown = {label: value for _, pairs in page.provenance for label, value in pairs}
    assert shown["model"] == "org/a"
    assert "revision" not in shown
    assert shown["perturbation of images"] == "blank"
    assert shown["command"] == "sarbench eval --model llava_hf"
    assert shown["seed: torch"] == "0"
    assert shown["transformers"] == "4.57.0"
    assert shown["GPUs"] == "Example GPU 80 GB"
    ((task, rows),) = page.scores
    assert task == COUNTING
    assert len(rows) == len(run.scores.tasks[0].scores)


def test_curves_and_spreads_stand_under_their_tasks(make_run):
    over = {"sarbench": 1.0, "sarbench-2": 0.5}
    tasks = [TaskPlan(COUNTING, curves={"speckle": (0.5,)}), TaskPlan(REFERRING, wordings=over)]
    page = run_page(make_run(RunPlan("a", "m", tasks)))
    assert [(task, [curve.perturbation for curve in found]) for task, found in page.curves] == [(COUNTING, ["speckle"])]
    assert [(task, len(found.wordings)) for task, found in page.spreads] == [(REFERRING, 2)]


def test_judged_scores_and_lower_bounds_are_marked(make_run):
    page = run_page(make_run(RunPlan("a", "m", [TaskPlan(COUNTING, undecided=0.25)])))
    ((_, rows),) = page.scores
    assert [row.remark.kind for row in rows if row.remark] == ["bound"]
    judged = run_page(make_run(RunPlan("b", "m", [TaskPlan(COUNTING, undecided=0.25, judged=0.5)])))
    ((_, rows),) = judged.scores
    assert [row.metric for row in rows][:2] == ["accuracy", "accuracy, judged"]
    assert [row.remark.text for row in rows if row.remark] == [JUDGE]
