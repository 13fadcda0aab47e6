import itertools

import pytest

from sarbench.board.ranking import RankRange
from sarbench.board.rows import entries
from sarbench.board.standings import standings
from sarbench.errors import InputError
from tests.board.board_runs import CAPTION, COUNTING, REFERRING, RunPlan, TaskPlan, write_run


def test_runs_of_one_model_on_different_tasks_share_a_row(make_runs):
    runs = make_runs(
        RunPlan("a", "org/m", [TaskPlan(COUNTING)]),
        RunPlan("b", "org/m", [TaskPlan(REFERRING)]),
        RunPlan("c", "org/m", [TaskPlan(REFERRING), TaskPlan(CAPTION)]),
    )
    assert [entry.key for entry in entries(runs)] == ["a+b+c:" + CAPTION, "c:" + REFERRING]
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


def begun(run, started, **backend):
    """The run with another start, and other values in its backend."""
    changed(run, backend=backend)
    run.manifest = run.manifest.model_copy(update={"started": started})
    return run


EARLY, LATE = "2026-01-01T09:00:00+00:00", "2026-06-01T09:00:00+00:00"


def test_of_several_runs_of_one_model_the_first_begun_ranks_and_not_the_best(make_runs):
    values = {"a": 0.9, "b": 0.8, "c": 0.3, "d": 0.7, "e": 0.6}
    runs = make_runs(*(RunPlan(name, "m", [TaskPlan(COUNTING, value=value)]) for name, value in values.items()))
    settings = ({"generation": {"temperature": "1"}}, {"name": "vllm"}, {}, {}, {})
    for run, backend in zip(runs, settings, strict=True):
        begun(run, EARLY if run.manifest.run_id == "c" else LATE, **backend)
    runs[3].manifest = runs[3].manifest.model_copy(update={"coords": "norm1"})
    rows = entries(runs)
    assert [(row.key, row.role, len(row.further)) for row in rows] == [
        ("a", "other_prompt", 1),
        ("b", "other_prompt", 1),
        ("c", "model", 0),
        ("d", "other_prompt", 1),
        ("e", "other_prompt", 1),
    ]
    held = standings(rows[0].results[0].variant, rows)
    assert {key: cell.rank for key, cell in held.cells.items() if cell.rank} == {"c": RankRange(1, 1)}
    assert [cell.further for cell in held.cells.values()].count(True) == 4
    assert rows[1].asked_shown == "temperature not set, backend vllm"


def test_a_copy_under_another_run_id_ranks_not(make_runs):
    rows = entries(make_runs(*(RunPlan(name, "m", [TaskPlan(COUNTING)]) for name in "ab")))
    assert [row.role for row in rows] == ["model", "other_prompt"]


def test_starts_are_points_in_time_and_not_texts(make_runs):
    runs = make_runs(*(RunPlan(name, "m", [TaskPlan(COUNTING)]) for name in "ab"))
    begun(runs[0], "2026-01-01T10:00:00+00:00"), begun(runs[1], "2026-01-01T10:30:00+02:00")
    assert [row.role for row in entries(runs)] == ["other_prompt", "model"]


def test_revisions_rank_apart_and_an_unknown_one_is_one(make_runs):
    revisions = {"a": "one", "b": "two", "c": None, "d": None, "e": "one"}
    rows = entries(make_runs(*(RunPlan(n, "m", [TaskPlan(COUNTING)], revision=r) for n, r in revisions.items())))
    assert [row.role for row in rows] == ["model", "model", "model", "other_prompt", "other_prompt"]
    assert [row.asked_shown.split(",")[0] for row in rows[:3]] == ["revision one", "revision two", "revision unknown"]


def test_floors_all_keep_their_place(make_runs):
    rows = entries(make_runs(*(RunPlan(name, "floor/prior", [TaskPlan(COUNTING)], kind="floor") for name in "ab")))
    assert [(row.role, row.further) for row in rows] == [("floor", frozenset())] * 2


def test_a_first_try_on_one_task_leaves_the_whole_run_its_place(make_runs):
    whole = [TaskPlan(task) for task in (COUNTING, REFERRING, CAPTION)]
    for first, more in itertools.product((whole[:1], whole[1:2]), (EARLY, LATE)):
        trial, run = make_runs(RunPlan("a", "m", first), RunPlan("b", "m", whole))
        rows = entries([begun(trial, more), begun(run, "2026-03-01T09:00:00+00:00")])
        ranking = [row for row in rows if row.role == "model"]
        assert len(ranking) == 1
        assert {result.task.task for result in ranking[0].results} == {COUNTING, REFERRING, CAPTION}
        by = {result.task.task: result.run.manifest.run_id for result in ranking[0].results}
        assert by[first[0].task] == ("a" if more == EARLY else "b")
        assert len({row.key for row in rows}) == len(rows) == 2


def test_a_partial_result_neither_ranks_nor_stands_in_the_way(make_runs):
    early, late = make_runs(
        RunPlan("a", "m", [TaskPlan(COUNTING, limit=60), TaskPlan(REFERRING)]),
        RunPlan("b", "m", [TaskPlan(COUNTING), TaskPlan(REFERRING)]),
    )
    rows = entries([begun(early, EARLY), begun(late, LATE)])
    by = {row.key: (row.role, [r.run.manifest.run_id for r in row.results], len(row.further)) for row in rows}
    assert by[f"a:{REFERRING}+b:{COUNTING}"] == ("model", ["a", "b"], 0)
    assert by[f"b:{REFERRING}+a:{COUNTING}"] == ("other_prompt", ["b", "a"], 1)


def test_a_run_that_is_first_on_some_tasks_ranks_on_these(make_runs):
    one, other = make_runs(
        RunPlan("a", "m", [TaskPlan(COUNTING)]), RunPlan("b", "m", [TaskPlan(COUNTING), TaskPlan(REFERRING)])
    )
    rows = entries([begun(one, EARLY), begun(other, LATE, name="vllm")])
    assert [(row.key, row.role, {variant.task for variant in row.further}) for row in rows] == [
        ("a", "model", set()),
        ("b", "model", {COUNTING}),
    ]


def test_runs_on_other_data_share_no_row_and_rank_each_in_its_table(make_runs):
    old, new = make_runs(
        RunPlan("a", "m", [TaskPlan(COUNTING, digest="a" * 64)]),
        RunPlan("b", "m", [TaskPlan(COUNTING, digest="b" * 64), TaskPlan(REFERRING)]),
    )
    assert [(row.key, row.role) for row in entries([old, new])] == [("a", "model"), ("b", "model")]
