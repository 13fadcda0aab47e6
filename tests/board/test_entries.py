import pytest

from sarbench.board.entries import entries
from sarbench.errors import InputError
from tests.board.board_runs import CAPTION, COUNTING, REFERRING, RunPlan, TaskPlan, write_run


def test_runs_of_one_model_on_different_tasks_share_a_row(make_runs):
    runs = make_runs(
        RunPlan("a", "org/m", [TaskPlan(COUNTING)]),
        RunPlan("b", "org/m", [TaskPlan(REFERRING)]),
        RunPlan("c", "org/m", [TaskPlan(REFERRING), TaskPlan(CAPTION)]),
    )
    assert [entry.key for entry in entries(runs)] == ["a+b", "c"]
    assert entries(runs) == entries(runs[::-1])


@pytest.mark.parametrize(
    "other", [{"coords": "norm1000"}, {"revision": "other"}, {"perturbation": "blank"}, {"kind": "floor"}]
)
def test_another_configuration_is_another_row(make_runs, other):
    runs = make_runs(RunPlan("a", "org/m", [TaskPlan(COUNTING)]), RunPlan("b", "org/m", [TaskPlan(REFERRING)], **other))
    assert [entry.key for entry in entries(runs)] == ["a", "b"]


def changed(run, *, backend=None, task=None):
    """The run with other values in its backend or in every task."""
    manifest = run.manifest
    run.manifest = manifest.model_copy(
        update={
            "backend": manifest.backend.model_copy(update=backend or {}),
            "tasks": tuple(each.model_copy(update=task or {}) for each in manifest.tasks),
        }
    )
    return run


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ({"backend": {"name": "vllm"}}, ["a", "b"]),
        ({"backend": {"generation": {"temperature": "0.7"}}}, ["a", "b"]),
        ({"backend": {"batch_size": 8}}, ["a+b"]),
        ({"task": {"prompt_id": "authors"}}, ["a", "b"]),
        ({"task": {"prompt_version": "2.0"}}, ["a", "b"]),
        ({"task": {"prompt_version": "1.3"}}, ["a+b"]),
    ],
)
def test_backend_generation_and_prompt_tell_rows_apart(make_runs, change, rows):
    first, second = make_runs(RunPlan("a", "org/m", [TaskPlan(COUNTING)]), RunPlan("b", "org/m", [TaskPlan(REFERRING)]))
    assert [entry.key for entry in entries([first, changed(second, **change)])] == rows


def test_a_prompt_is_named_where_it_is_not_the_plain_one(make_runs):
    first, second, third = make_runs(
        *(RunPlan(name, f"org/{name[0]}", [TaskPlan(COUNTING)]) for name in ("m1", "m2", "n"))
    )
    rows = entries([first, changed(second, task={"prompt_id": "authors"}), third])
    assert [row.asked_shown for row in rows] == ["", "prompt authors 1.x", ""]
    assert len({row.results[0].variant for row in rows}) == 1


def test_roles(make_runs):
    task = [TaskPlan(COUNTING)]
    runs = make_runs(
        RunPlan("a", "m", task),
        RunPlan("b", "m", task, perturbation="blank"),
        RunPlan("c", "m", task, perturbation="speckle:4"),
        RunPlan("d", "floor/prior", task, kind="floor"),
    )
    assert [entry.role for entry in entries(runs)] == ["model", "blind", "perturbed", "floor"]


def test_a_model_holds_one_rank_by_the_plain_prompt(make_runs):
    task = [TaskPlan(COUNTING)]
    runs = make_runs(
        RunPlan("a", "m", task),
        RunPlan("b", "m", task, prompt="sarbench-2"),
        RunPlan("c", "m", task, prompt="authors"),
        RunPlan("d", "m", task, history="gold"),
        RunPlan("e", "m", task, prompt="sarbench-2", perturbation="blank"),
        RunPlan("f", "n", task, prompt="sarbench-4"),
        RunPlan("g", "n", task, prompt="unknown"),
    )
    rows = entries(runs)
    assert [row.role for row in rows] == ["model", *["other_prompt"] * 3, "blind", *["other_prompt"] * 2]
    assert [row.asked_shown for row in rows[:4]] == [
        "",
        "prompt sarbench-2 1.x",
        "prompt authors 1.x",
        "prompt sarbench 1.x, history gold",
    ]


@pytest.mark.parametrize(
    ("other", "role"),
    [
        (RunPlan("b", "m", [TaskPlan(REFERRING)]), "model"),
        (RunPlan("b", "m", [TaskPlan(COUNTING, limit=60)]), "model"),
        (RunPlan("b", "m", [TaskPlan(COUNTING, scored=False)]), "model"),
        (RunPlan("b", "other", [TaskPlan(COUNTING)]), "model"),
        (RunPlan("b", "m", [TaskPlan(COUNTING)], perturbation="blank"), "model"),
        (RunPlan("b", "m", [TaskPlan(COUNTING)]), "other_prompt"),
    ],
)
def test_a_model_asked_in_the_authors_words_alone_ranks_by_them(make_runs, other, role):
    runs = make_runs(RunPlan("a", "m", [TaskPlan(COUNTING)], prompt="authors"), other)
    assert entries(runs)[0].role == role
    assert entries(runs)[0].asked_shown == "prompt authors 1.x"


def test_retrieval_where_nothing_is_asked_is_plain(make_runs):
    (row,) = entries(make_runs(RunPlan("a", "m", [TaskPlan(COUNTING)], prompt="none")))
    assert (row.role, row.asked_shown) == ("model", "")


def test_two_versions_of_the_plain_prompt_are_told_apart(make_runs):
    first, second = make_runs(*(RunPlan(name, "m", [TaskPlan(COUNTING)]) for name in "ab"))
    rows = entries([first, changed(second, task={"prompt_version": "2.0"})])
    assert [row.asked_shown for row in rows] == ["prompt sarbench 1.x", "prompt sarbench 2.x"]


def test_settings_are_named_where_rows_of_one_model_differ_in_them(make_runs):
    runs = make_runs(*(RunPlan(name, "m" if name in "ab" else "n", [TaskPlan(COUNTING)]) for name in "abc"))
    settings = ({"temperature": "0.7", "top_k": "1"}, {"top_k": "1"}, {"top_k": "9"})
    for run, generation in zip(runs, settings, strict=True):
        changed(run, backend={"generation": generation})
    assert [row.asked_shown for row in entries(runs)] == ["temperature 0.7", "temperature not set", ""]


def test_two_folders_with_one_run_id_are_refused(tmp_path):
    plan = RunPlan("same", "m", [TaskPlan(COUNTING)])
    runs = [write_run(tmp_path / name, plan) for name in ("one", "two")]
    with pytest.raises(InputError, match=r"same run id as .*one.*: same") as caught:
        entries(runs)
    assert "two" in caught.value.where


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
