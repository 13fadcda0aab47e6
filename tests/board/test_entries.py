import pytest

from sarbench.board.rows import entries
from sarbench.catalogue import read_catalogue
from tests.board.board_runs import COUNTING, RunPlan, TaskPlan


@pytest.mark.parametrize(
    ("plan", "flaw"),
    [
        (TaskPlan(COUNTING), None),
        (TaskPlan(COUNTING, limit=60), "limited to 60 samples"),
        (TaskPlan(COUNTING, samples=100, failed=1), None),
        (TaskPlan(COUNTING, samples=100, failed=2), "2 of 100 samples failed"),
    ],
)
def test_what_makes_a_result_partial(make_run, plan, flaw):
    (entry,) = entries([make_run(RunPlan("a", "m", [plan]))])
    assert entry.results[0].flaws == (() if flaw is None else (flaw,))


def test_unfinished_results_are_partial(make_run):
    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING)]))
    run.manifest = run.manifest.model_copy(
        update={"tasks": (run.manifest.tasks[0].model_copy(update={"samples": 70}),)}
    )
    assert entries([run])[0].results[0].flaws == ("10 of 70 samples without an answer",)


@pytest.mark.parametrize(("failed", "flaws"), [(0, 0), (1, 1)])
def test_failures_that_scoring_alone_found_count(make_run, failed, flaws):
    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING, failed=failed)]))
    run.manifest = run.manifest.model_copy(update={"tasks": (run.manifest.tasks[0].model_copy(update={"failed": 0}),)})
    (result,) = entries([run])[0].results
    assert result.failed == failed
    assert result.flaws == (f"{failed} of 60 samples failed",) * flaws


@pytest.mark.parametrize(
    ("split", "flaw"),
    [
        ("test", None),
        ("validation", "asked on the split validation, which is for calibration"),
        ("train", "asked on the split train, which is for calibration"),
        ("dev", "asked on the split dev, not on test"),
    ],
)
def test_another_split_than_the_tasks_is_a_flaw(make_run, split, flaw):
    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING)]))
    run.manifest = run.manifest.model_copy(
        update={"tasks": (run.manifest.tasks[0].model_copy(update={"split": split}),)}
    )
    assert entries([run])[0].results[0].flaws == (() if flaw is None else (flaw,))


def test_the_split_that_a_task_asks_is_no_flaw_and_one_in_its_place_is(make_run):
    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING)]))
    specs = read_catalogue().tasks.values()
    assert any(spec.split == "train" for spec in specs)  # a dataset without another
    assert any(spec.fallback_split == "train" for spec in specs)
    for spec in specs:
        for split in spec.splits:
            task = run.manifest.tasks[0].model_copy(update={"task": spec.name, "split": split})
            run.manifest = run.manifest.model_copy(update={"tasks": (task,)})
            flaws = entries([run])[0].results[0].flaws
            in_its_place = "asked on the split train, which a model may have learned from"
            assert flaws == (() if split == spec.split else (in_its_place,))
