import json
import re

import pytest

from sarbench.board.errata import FILE, read_errata
from sarbench.board.model import make_board
from sarbench.board.rows import entries
from sarbench.board.standings import standings
from sarbench.errors import InputError
from sarbench.site import make_site
from tests.board.board_runs import COUNTING, REFERRING, RunPlan, TaskPlan, write_run

REASON = "The harness cut answers short; the model was <b>run</b> again."
BOTH = [TaskPlan(COUNTING, samples=12), TaskPlan(REFERRING, samples=12)]


def withdrawing(folder, *runs, tasks=(), date="2026-06-02", reason=REASON):
    lines = [f"date = {date}", f"reason = {json.dumps(reason)}", f"runs = {list(runs)}", f"tasks = {list(tasks)}"]
    with (folder / FILE).open("a") as file:
        file.write("[[erratum]]\n" + "\n".join(lines) + "\n")
    return read_errata(folder)


def test_a_withdrawn_run_stays_and_the_next_one_ranks(make_runs, tmp_path):
    runs = make_runs(*(RunPlan(name, "m", BOTH) for name in "abc"), RunPlan("n", "n", BOTH))
    before = make_board(runs).tables[0]
    assert {row.entry.key for row in before.ranked} == {"a", "n"}
    (after,) = make_board(runs, withdrawing(tmp_path, "a")).tables
    assert {row.entry.key for row in after.ranked} == {"b", "n"}
    (gone,) = after.unranked
    assert gone.entry.key == "a"
    assert gone.remarks == (f"withdrawn 2026-06-02: {REASON}",)
    (late,) = after.other_prompt
    assert late.remarks == ("a further run of this model; the one begun first ranks: b",)


def test_one_task_of_a_run_is_withdrawn_and_its_others_keep_their_rank(make_runs, tmp_path):
    first, again = make_runs(RunPlan("a", "m", BOTH), RunPlan("b", "m", BOTH[:1]))
    errata = withdrawing(tmp_path, "a", tasks=[COUNTING])
    rows = entries([first, again], errata)
    ranks = {
        (result.task.task, result.run.manifest.run_id)
        for row in rows
        for result in row.results
        if standings(result.variant, rows).cells[row.key].rank
    }
    assert ranks == {(COUNTING, "b"), (REFERRING, "a")}
    (table,) = make_board([first, again], errata).tables
    assert [row.entry.key for row in table.ranked] == [f"a:{REFERRING}+b"], "together they are whole"
    assert [row.entry.key for row in table.unranked] == [f"a:{COUNTING}"]


def test_withdrawn_floors_and_blind_runs_are_no_measure(make_runs, tmp_path):
    plans = [
        RunPlan("a", "m", [TaskPlan(COUNTING, 0.6)]),
        RunPlan("a-blind", "m", [TaskPlan(COUNTING, 0.3)], perturbation="blank"),
        RunPlan("high", "floor/high", [TaskPlan(COUNTING, 0.5)], kind="floor"),
        RunPlan("low", "floor/low", [TaskPlan(COUNTING, 0.1)], kind="floor"),
    ]
    rows = entries(make_runs(*plans), withdrawing(tmp_path, "high", "a-blind"))
    held = standings(rows[0].results[0].variant, rows)
    assert (held.cells["a"].lift, held.cells["a"].no_lift) == (None, "blind run withdrawn")
    assert held.floor == held.cells["low"].estimate


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    for name in "ab":
        write_run(folder, RunPlan(name, "org/m", BOTH))
    return folder


def test_the_site_shows_what_was_withdrawn_when_and_why(results, tmp_path):
    withdrawing(results, "a")
    withdrawing(results, "b", tasks=[REFERRING], reason="Odd boxes.", date="2026-06-01")
    withdrawing(results, date="2026-07-01", reason="A page named the wrong paper.")
    site = make_site(results, tmp_path / "site").parent
    index = (site / "index.html").read_text()
    log = index[index.index('id="errata"') :]
    assert log.index("A page named the wrong paper.") < log.index("The harness cut"), "newest first"
    assert '<a href="models/a.html">a</a>' in log
    assert re.findall(r'href="#errata">([^<]+)</a>', index) == ["withdrawn", "withdrawn in part"]
    assert "1 of 2 results withdrawn 2026-06-01: Odd boxes." in index
    for page in ("index.html", "models/a.html", f"tasks/{COUNTING}.html"):
        text = (site / page).read_text()
        assert "2026-06-02" in text, page
        assert "was &lt;b&gt;run&lt;/b&gt; again" in text, page
    page = (site / f"tasks/{COUNTING}.html").read_text()
    sections = {name: page[page.index(f">{name}") :] for name in ("What became", "Slices", "Samples")}
    for name, section in sections.items():
        assert '<span class="badge warn">withdrawn</span>' in re.split("<h3|<footer", section)[0], name
    assert re.search(r'<span class="small">[^<]*, withdrawn</span>', page), "in the forest plot"
    board = json.loads((site / "board.json").read_text())
    assert [each["date"] for each in board["errata"]] == ["2026-07-01", "2026-06-02", "2026-06-01"]
    taken = {(line["run_id"], line["task"]) for line in board["results"] if line["withdrawn"]}
    assert taken == {("a", COUNTING), ("a", REFERRING), ("b", REFERRING)}
    assert {(line["run_id"], line["task"]) for line in board["results"] if line["rank_best"]} == {("b", COUNTING)}


def test_a_board_without_corrections_says_so(results, tmp_path):
    index = make_site(results, tmp_path / "site").read_text()
    assert "No result on this board was corrected or withdrawn." in index


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[erratum]]\n", "erratum 1 date: is not given; it is a date alone, such as 2026-06-02"),
        ('[[erratum]]\ndate = 2026-06-02\nreason = " "\n', "erratum 1 reason"),
        ('[[erratum]]\ndate = "soon"\nreason = "x"\n', "erratum 1 date"),
        (
            '[[erratum]]\ndate = 2026-06-02\nreason = "x"\nrun = ["a"]\n',
            "erratum 1 run: is no word of it; there is date, reason",
        ),
        ("[[errata]]\n", "errata: is no word of it; there is erratum"),
        ("erratum = 5\n", "erratum: is not entries that each begin with the line [[erratum]]"),
        ("[erratum]\ndate = 2026-06-02\n", "erratum: is not entries that each begin with the line [[erratum]]"),
        ("erratum = [5]\n", "erratum 1: is not entries that each begin with the line [[erratum]]"),
        ('[[erratum]]\ndate = 2026-06-02T10:00:00\nreason = "x"\n', "erratum 1 date: is not a date alone"),
        ('[[erratum]]\ndate = 2026-06-02\nreason = "x"\nruns = "a"\n', "erratum 1 runs: is not a list of run ids"),
        ('[[erratum]]\ndate = 2026-06-02\nreason = "x"\nruns = ["a", 5]\n', "erratum 1 runs 2: is not a list of"),
        (
            '[[erratum]]\ndate = 2026-06-02\nreason = "x"\ntasks = ["counting"]\n',
            "there are tasks, and no runs. Add runs",
        ),
        ("date = = 1\n", "cannot be read"),
        ('[[erratum]]\ndate = 2026-06-02\nreason = "x"\nruns = ["z"]\n', "withdraws the run z, which is not there"),
        (
            '[[erratum]]\ndate = 2026-06-02\nreason = "x"\nruns = ["a"]\ntasks = ["counting"]\n',
            "withdraws counting, which none of its runs did",
        ),
    ],
)
def test_a_correction_that_would_reach_nothing_stops_the_board(results, tmp_path, text, words):
    (results / FILE).write_text(text)
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        make_site(results, tmp_path / "site")
    assert caught.value.where == str(results / FILE)
    assert not (tmp_path / "site").exists()


def test_a_run_that_cannot_be_read_may_be_withdrawn_by_its_folder(results, tmp_path):
    broken = results / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{")
    withdrawing(results, "broken", tasks=[COUNTING])
    assert "broken" in make_site(results, tmp_path / "site").read_text()


def test_the_example_in_the_leaderboard_s_own_page_is_read(tmp_path):
    from sarbench import paths

    (example,) = re.findall(r"```toml\n(.*?)```", (paths.leaderboard() / "errata.md").read_text(), re.DOTALL)
    (tmp_path / FILE).write_text(example)
    (erratum,) = read_errata(tmp_path)
    assert erratum.runs
