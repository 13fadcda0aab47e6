"""Pages with rows that do not rank, and with odd records."""

import json
import re

from sarbench.board import render_site
from sarbench.board.errata import Erratum
from tests.board.board_runs import COUNTING, REFERRING, RunPlan, TaskPlan


def test_further_runs_of_a_model_say_so_and_take_no_rank(make_runs, tmp_path):
    both = [TaskPlan(COUNTING), TaskPlan(REFERRING)]
    first, again, other = make_runs(RunPlan("a", "m", both), RunPlan("b", "m", both), RunPlan("n", "n", both))
    named = again.manifest.backend.model_copy(update={"name": "vllm"})
    again.manifest = again.manifest.model_copy(update={"backend": named})
    render_site([first, again, other], tmp_path / "site")
    words = "a further run of this model; the one begun first ranks: a<"
    index = (tmp_path / "site/index.html").read_text()
    bodies = dict(re.findall(r'<tbody class="([a-z_-]+)">(.*?)</tbody>', index, re.DOTALL))
    assert bodies["other-prompt"].count(words) == 1
    assert "backend vllm" in bodies["other-prompt"]
    assert "rank " not in bodies["other-prompt"]
    assert words not in bodies["ranked"]
    page = (tmp_path / f"site/tasks/{COUNTING}.html").read_text()
    assert page.count(words) == 1
    (table,) = json.loads((tmp_path / "site/board.json").read_text())["tables"]
    assert {tuple(row["run_ids"]) for row in table["overall"]} == {("a",), ("n",)}
    assert "the one begun first ranks" in (tmp_path / "site/methods.html").read_text()


def test_runs_on_changed_images_fold_away(make_runs, tmp_path):
    task = [TaskPlan(COUNTING, samples=12)]
    specs = [f"speckle:looks={looks}" for looks in range(1, 25)]
    plans = [RunPlan(f"m-{spec}", "org/m", task, perturbation=spec) for spec in specs]
    runs = make_runs(RunPlan("m", "org/m", task), *plans, RunPlan("m-blind", "org/m", task, perturbation="blank"))
    render_site(runs, tmp_path / "site")
    index, page = tmp_path / "site/index.html", tmp_path / f"site/tasks/{COUNTING}.html"
    tables = "".join(re.findall(r"<table.*?</table>", index.read_text(), re.DOTALL))
    assert "speckle" not in tables
    assert ">m-blind</a>" in tables
    (folded,) = re.findall(r'<details class="changed">(.*?)</details>', index.read_text(), re.DOTALL)
    assert "24 rows of models" in folded
    assert re.findall(r'<a href="models/[^"]+">(speckle[^<]+)</a>', folded) == sorted(specs)
    (table,) = re.findall(r'<details class="changed">(.*?)</details>', page.read_text(), re.DOTALL)
    assert table.count('<td class="result') == 24
    assert page.read_text().count('<td class="result') == 26
    assert [page.count(">speckle:looks=3<") for page in (folded, table)] == [1, 2], "in the table and its plot"
    assert "m-speckle:looks=3" in (tmp_path / "site/board.csv").read_text()


def test_a_board_of_changed_images_alone_shows_them(make_run, tmp_path):
    render_site([make_run(RunPlan("a", "m", [TaskPlan(COUNTING)], perturbation="speckle:L=1"))], tmp_path / "site")
    assert '<details class="changed" open>' in (tmp_path / f"site/tasks/{COUNTING}.html").read_text()
    assert "1 row of models" in (tmp_path / "site/index.html").read_text()


def test_no_control_character_of_a_record_reaches_a_page(make_runs, tmp_path):
    odd = "x\x00\u202ey"
    runs = make_runs(RunPlan("a", "m", [TaskPlan(COUNTING)]), RunPlan("b", "n", [TaskPlan(COUNTING)]))
    for run, version in zip(runs, ("1.0", f"{odd}.0"), strict=True):
        update = dict.fromkeys(("data_digest", "dataset", "config", "split", "prompt_id", "ended", "started"), odd)
        (task,) = run.manifest.tasks
        new = task.model_copy(update=update | {"version": version, "prompt_version": odd})
        update = {"tasks": (new,), "coords": odd, "perturbation": None, "ended": odd, "notes": (odd,), "history": odd}
        run.manifest = run.manifest.model_copy(update=update)
        (scores,) = run.scores.tasks
        made = tuple(
            each.model_copy(update={"metric": each.metric + odd, "protocol": odd, "unit": odd, "method": odd})
            for each in scores.scores
        )
        run.scores = run.scores.model_copy(
            update={"tasks": (scores.model_copy(update={"scores": made}),), "sarbench_version": odd}
        )
    errata = [Erratum(date="2026-06-02", reason=odd, runs=("a", odd), tasks=(COUNTING, odd))]
    render_site(runs, tmp_path / "site", left_out={odd: odd}, errata=errata)
    assert "Results 2 of 2" in (tmp_path / f"site/tasks/{COUNTING}.html").read_text()
    for path in (tmp_path / "site").rglob("*.html"):
        text = path.read_bytes().decode()
        assert "\x00" not in text, path
        assert "\u202e" not in text, path
    assert "x␀⟨U+202E⟩y" in (tmp_path / f"site/tasks/{COUNTING}.html").read_text()
