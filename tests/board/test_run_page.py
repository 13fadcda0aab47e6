from sarbench.board.run_page import run_page
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan


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
