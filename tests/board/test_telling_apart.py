import re

import pytest

from sarbench.board import render_site
from sarbench.board.rows import entries
from tests.board.board_runs import COUNTING, REFERRING, RunPlan, TaskPlan

TASK = [TaskPlan(COUNTING, samples=12)]


def begun(run, started, **backend):
    manifest = run.manifest
    update = {"started": started, "backend": manifest.backend.model_copy(update=backend)}
    run.manifest = manifest.model_copy(update=update)
    return run


def shown(runs):
    return {row.key: row.asked_shown for row in entries(runs)}


def test_a_row_alone_says_nothing_of_itself(make_runs):
    plans = [
        RunPlan("a", "m", TASK),
        RunPlan("a-blind", "m", TASK, perturbation="blank"),
        RunPlan("b", "n", TASK, coords="norm1000"),
        RunPlan("f", "floor/prior", TASK, kind="floor"),
    ]
    assert set(shown(make_runs(*plans)).values()) == {""}


def test_runs_that_are_alike_are_named_with_when_they_began(make_runs):
    runs = make_runs(*(RunPlan(name, "m", TASK) for name in "ab"))
    days = [begun(run, f"2026-05-0{place}T10:00:00+00:00") for place, run in enumerate(runs, start=1)]
    assert shown(days) == {"a": "run a, begun 2026-05-01", "b": "run b, begun 2026-05-02"}
    hours = [begun(run, f"2026-05-01T1{place}:00:00+00:00") for place, run in enumerate(runs, start=1)]
    assert shown(hours) == {"a": "run a, begun 2026-05-01 11:00", "b": "run b, begun 2026-05-01 12:00"}


@pytest.mark.parametrize("kind", [{"perturbation": "blank"}, {"perturbation": "speckle:4"}, {"kind": "floor"}])
def test_blind_and_perturbed_runs_and_floors_are_told_apart_too(make_runs, kind):
    both = shown(make_runs(*(RunPlan(name, "m", TASK, **kind) for name in "ab")))
    assert [text[:5] for text in both.values()] == ["run a", "run b"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"dtype": "bfloat16"}, ["dtype not set", "dtype bfloat16"]),
        ({"args": {"pretrained": "elsewhere", "load_in_4bit": "True"}}, ["load_in_4bit not set", "load_in_4bit True"]),
    ],
)
def test_what_the_backend_was_told_differently_is_said_before_the_date(make_runs, settings, said):
    one, other = make_runs(*(RunPlan(name, "m", TASK) for name in "ab"))
    assert list(shown([one, begun(other, other.manifest.started, **settings)]).values()) == said


def test_coordinates_are_said_where_nothing_else_differs(make_runs):
    runs = make_runs(RunPlan("a", "m", TASK), RunPlan("b", "m", TASK, coords="norm1000"))
    assert list(shown(runs).values()) == ["boxes in pixel", "boxes in norm1000"]


def test_no_two_rows_of_a_page_read_alike(make_runs, tmp_path):
    both = [*TASK, TaskPlan(REFERRING, samples=12)]
    partial = [TaskPlan(COUNTING, samples=12, limit=12), TaskPlan(REFERRING, samples=12)]
    plans = [RunPlan(name, "org/m", tasks) for name, tasks in (("a", both), ("b", both), ("c", partial), ("d", TASK))]
    plans += [RunPlan(f"{name}-blind", "org/m", both, perturbation="blank") for name in "ab"]
    render_site(make_runs(*plans), tmp_path / "site")
    for page in ("index.html", f"tasks/{COUNTING}.html"):
        text = (tmp_path / "site" / page).read_text()
        (table,) = re.findall(r'<table class="board.*?</table>', text, re.DOTALL)
        rows = re.findall(
            r'<th scope="row"[^>]*>(.*?)<span class="detail"|<th scope="row"[^>]*>(.*?)</th>', table, re.S
        )
        names = [re.sub(r"<[^>]+>|\s+", " ", "".join(found)) for found in rows]
        assert len(names) >= 5
        assert len(set(names)) == len(names), page
