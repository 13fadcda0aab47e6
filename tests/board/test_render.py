import csv
import filecmp
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from sarbench.board import DatasetNote, render_site
from sarbench.board.numbers import MINUS
from sarbench.board.texts import SIMULATED
from sarbench.errors import InputError
from tests.board.board_runs import CAPTION, COUNTING, PRESENCE, REFERRING, RunPlan, TaskPlan, speckle
from tests.board.conftest import NOTES, chips

GOLDEN = Path(__file__).parent / "golden"
REFRESH = "SARBENCH_REFRESH_GOLDEN"
VOID = {"meta", "link", "img", "input", "br", "wbr", "hr"}


class Page(HTMLParser):
    """Collects links and ids, and checks that tags are balanced; SVG's empty tags close themselves."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self.open == [], path

    def handle_starttag(self, tag, attrs):
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._note(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def _note(self, tag, attrs):
        found = dict(attrs)
        assert len(found) == len(attrs), f"<{tag}> has an attribute twice"
        self.tags.append((tag, found))
        self.links += [found[name] for name in ("href", "src") if found.get(name) is not None]
        if "id" in found:
            self.ids.append(found["id"])


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_every_page_is_there(site, all_runs):
    names = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert {"index.html", "methods.html", "board.json", "board.csv", ".sarbench-site"} <= names
    assert sum(name.startswith("models/") for name in names) == len(all_runs)
    assert sum(name.startswith("tasks/") for name in names) == 4
    assert sum(name.startswith("assets/chips/") for name in names) > 5


def test_pages_are_well_formed_and_ids_are_unique(pages):
    for path, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), path


def test_every_link_stays_inside_the_site_and_leads_somewhere(site, pages):
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            assert not parts.scheme, link
            assert not parts.netloc, link
            assert not parts.path.startswith("/"), link
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_relative_to(site.resolve()), link
            assert target.is_file(), link
            if parts.fragment:
                assert parts.fragment in pages[target].ids, link


def test_tables_have_captions_and_scopes(pages):
    for page in pages.values():
        names = [tag for tag, _ in page.tags]
        assert names.count("table") == names.count("caption")
        assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
        assert all(attributes.get("alt") for tag, attributes in page.tags if tag == "img")
        assert all(attributes.get("loading") == "lazy" for tag, attributes in page.tags if tag == "img")


def test_nothing_of_a_name_becomes_markup(site, pages):
    for path, page in pages.items():
        scripts = [attributes for tag, attributes in page.tags if tag == "script"]
        assert [list(attributes) for attributes in scripts] == [["src", "defer"]], path
        assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
        assert "\u202e" not in path.read_text(encoding="utf-8")
    index = (site / "index.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;/" in index
    counting = (site / f"tasks/{COUNTING}.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;sea&lt;/b&gt; &amp; clutter" in counting


def test_the_same_runs_give_the_same_bytes_in_any_order(site, all_runs, tmp_path):
    render_site(all_runs[::-1], tmp_path / "again", notes=NOTES, chips=chips)
    assert equal(filecmp.dircmp(site, tmp_path / "again", ignore=[]))


def equal(found):
    same = not (found.left_only or found.right_only or found.funny_files)
    _, different, errors = filecmp.cmpfiles(found.left, found.right, found.common_files, shallow=False)
    return same and not different and not errors and all(equal(inner) for inner in found.subdirs.values())


def test_the_table_agrees_with_the_csv(site):
    lines = list(csv.DictReader((site / "board.csv").open(encoding="utf-8")))
    text = (site / "index.html").read_text(encoding="utf-8")
    shown = re.findall(r'<td class="result[^"]*" data-v="([^"]+)">\s*<span class="value">([^<]+)<', text)
    lines = [line for line in lines if line["kind"] != "perturbed"]
    assert len(shown) == len(lines)
    for line, (exact, written) in zip(lines, shown, strict=True):
        scale = 100 if line["unit"] == "fraction" else 1
        assert float(exact) == pytest.approx(float(line["value"]) * scale)
        places = len(written.partition(".")[2])
        assert float(written.replace(MINUS, "-")) == pytest.approx(float(exact), abs=0.5 * 10**-places + 1e-9)


def test_simulated_data_are_called_so_on_every_page_that_shows_them(site, tmp_path, make_run):
    for path in site.rglob("*.html"):
        if path.name != "methods.html":
            assert f"<strong>{SIMULATED}</strong>" in path.read_text(encoding="utf-8"), path
    real = make_run(RunPlan("real", "m", [TaskPlan(COUNTING, simulated=False)]))
    render_site([real], tmp_path / "real")
    assert not any(SIMULATED in path.read_text() for path in (tmp_path / "real").rglob("*.html"))


def test_licences_are_those_of_real_data_alone(site, make_run, tmp_path):
    real = make_run(RunPlan("real", "m", [TaskPlan(CAPTION, simulated=False)]))
    render_site([real], tmp_path / "real", notes=NOTES)
    for name in ("methods.html", f"tasks/{CAPTION}.html"):
        text = (tmp_path / "real" / name).read_text(encoding="utf-8")
        assert "&lt;i&gt;odd&lt;/i&gt; &amp; free" in text
        assert "Hub page" in text
        simulated = (site / name).read_text(encoding="utf-8")
        assert "simulated by sarbench.simulate" in simulated
        assert "&lt;i&gt;odd" not in simulated
        assert "Hub page" not in simulated


def test_runs_left_out_are_named(make_run, tmp_path):
    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING)]))
    render_site([run], tmp_path / "site", left_out={"runs/<b>": "scores.json is not JSON"})
    assert "Left out: runs/&lt;b&gt; (scores.json is not JSON)." in (tmp_path / "site/index.html").read_text()
    render_site([run], tmp_path / "site")
    assert "Left out" not in (tmp_path / "site/index.html").read_text()


def test_derived_tasks_say_so_on_their_page_and_once_on_the_index(make_run, tmp_path):
    sentence = "Questions are made by sarbench's rules; never to be compared with the paper's numbers."
    derived = {"rebuilt-counting": sentence, "rebuilt-referring": sentence}
    note = DatasetNote("sarchat-2m", "SARChat-2M", "CC BY-NC 4.0", "", may_show_texts=False, derived=derived)
    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING), TaskPlan(REFERRING), TaskPlan(CAPTION)]))
    render_site([run], tmp_path / "site", notes={"sarchat-2m": note})
    shown = sentence.replace("'", "&#39;")
    assert (tmp_path / "site/index.html").read_text().count(f"{COUNTING}, {REFERRING}: {shown}") == 1
    for task, times in ((COUNTING, 1), (REFERRING, 1), (CAPTION, 0)):
        assert (tmp_path / f"site/tasks/{task}.html").read_text().count(shown) == times


def test_what_a_floor_notes_stands_below_the_tables(site):
    for name in ("index.html", f"tasks/{COUNTING}.html"):
        text = (site / name).read_text(encoding="utf-8")
        notes = re.findall(r'<p class="small floor-note">† ([^:]+): ([^<]+)</p>', text)
        words = "The floor took its answers from the test split, since nothing else is built."
        assert set(notes) == {("floor/majority", words)}
        assert f'title="{words}">†</span>' in text


@pytest.mark.parametrize(
    ("page", "curves", "wordings"),
    [
        (f"tasks/{COUNTING}.html", True, True),
        ("models/radar-vl-7b.html", True, True),
        (f"tasks/{PRESENCE}.html", False, False),
        ("models/small-2b.html", False, False),
    ],
)
def test_curves_and_wordings_stand_where_a_run_has_them_and_nowhere_else(site, page, curves, wordings):
    text = (site / page).read_text(encoding="utf-8")
    assert ("Under perturbations</h" in text) == ('class="severity"' in text) == curves
    assert ("Over wordings of the prompt</h" in text) == wordings
    assert ("and does not rank." in text) == (curves or wordings)
    assert "<i>x</i>" not in text
    if curves:
        assert "&lt;i&gt;x&lt;/i&gt;" in text
        assert '<a href="../models/radar-vl-7b-sarbench-3.html">sarbench-3</a>' in text
        assert not re.search(r"<a[^>]*>sarbench-2</a>", text), "there is no such run on the board"


def test_judged_numbers_name_the_judge_and_others_say_what_they_are(site):
    page = (site / f"tasks/{PRESENCE}.html").read_text(encoding="utf-8")
    judge = "judge &lt;b&gt;m&lt;/b&gt;-9, prompt strict 1.0 (abcd1234)"
    assert page.count(f'<sup title="{judge}">1</sup>') == 1
    assert f"<sup>1</sup> {judge[0].upper()}{judge[1:]}." in page
    assert page.count(">lower bound: 37.0 % undecided<") == page.count(">lower bound: 20.0 % undecided<") == 1
    assert "Lower bound: rules only, undecided counts as wrong." in page
    assert judge in (site / "models/wordy-judged.html").read_text(encoding="utf-8")
    bound = "lower bound: rules only, undecided counts as wrong (37.0 % undecided)"
    assert bound in (site / "models/terse.html").read_text(encoding="utf-8")
    assert re.search(r">judged 71 \(58–84\)<", (site / "index.html").read_text(encoding="utf-8"))


def test_every_model_row_shows_its_lift_or_says_that_there_is_no_blind_run(site):
    seeing = {"ranked", "unranked", "model", "other-prompt", "other_prompt"}
    for page in ("index.html", f"tasks/{COUNTING}.html"):
        text = (site / page).read_text(encoding="utf-8")
        for body, rows in re.findall(r'<tbody class="([a-z_-]+)">(.*?)</tbody>', text, re.DOTALL):
            told = rows.count(" on blind") + rows.count("no blind run")
            assert told == (rows.count('<td class="result') if body in seeing else 0), body


def test_rows_asked_in_another_way_stand_apart_without_a_rank(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    rows = next(found for found in re.findall(r'<tbody class="other-prompt">(.*?)</tbody>', text, re.DOTALL))
    assert rows.count("<tr>") == 2
    assert "shown, not ranked" in rows
    assert "prompt sarbench-3 1.x" in rows
    assert "prompt sarbench 1.x, history gold" in rows
    assert "rank " not in rows
    overall = json.loads((site / "board.json").read_text(encoding="utf-8"))["tables"][0]["overall"]
    assert [row["run_ids"] for row in overall if row["model"] == "example-org/radar-vl-7b"] == [["radar-vl-7b"]]


def test_no_page_names_a_command_that_does_not_exist(site):
    assert "sarbench compare" not in (site / "methods.html").read_text(encoding="utf-8")


def test_texts_that_may_not_be_shown_are_nowhere_on_the_site(make_run, tmp_path):
    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING, simulated=False), TaskPlan(REFERRING, simulated=False)]))
    render_site([run], tmp_path / "site", notes=NOTES)
    texts = [path.read_text() for path in (tmp_path / "site").rglob("*") if path.is_file()]
    for words in ("How many ships", "There are ", "Where are the ships", "cannot tell"):
        assert not any(words in text for text in texts)
    page = (tmp_path / f"site/tasks/{REFERRING}.html").read_text()
    assert "does not let this page show its questions" in page
    assert 'class="truth"' in page
    assert "<img" not in page


def test_chips_are_named_by_their_content_and_asked_for_once_per_task(make_run, tmp_path):
    asked = []

    def counting_chips(task, image_ids):
        asked.append((task.task, tuple(image_ids)))
        return {image: speckle("same") for image in image_ids}

    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING)]))
    render_site([run], tmp_path / "site", chips=counting_chips, samples_per_task=4)
    ((task, images),) = asked
    assert task == COUNTING
    assert list(images) == sorted(images)
    assert len(list((tmp_path / "site/assets/chips").iterdir())) == 1


def test_an_empty_board_and_runs_without_scores_still_make_a_site(make_run, tmp_path):
    render_site([], tmp_path / "empty")
    assert "There are no runs yet" in (tmp_path / "empty/index.html").read_text()
    run = make_run(RunPlan("a", "m", [TaskPlan(COUNTING, scored=False, write_samples=False)]))
    render_site([run], tmp_path / "bare")
    assert "n/a" in (tmp_path / "bare/index.html").read_text()


def test_a_folder_that_is_no_site_is_refused_before_anything_is_written(all_runs, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError):
        render_site(all_runs, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_pages_are_light(site):
    for path in site.rglob("*.html"):
        assert path.stat().st_size < 300_000, path


def test_board_json_names_the_order(site):
    content = json.loads((site / "board.json").read_text(encoding="utf-8"))
    assert [entry["rank"] for entry in content["tables"][0]["overall"]] == [1, 2, 3, 4]


@pytest.mark.parametrize("name", ["index.html", "task.html", "run.html"])
def test_golden_pages(make_runs, tmp_path, name):
    def plan(run_id, model, skill, *, judged=None, curves=(), wordings=(), **more):
        found = {"judged": judged, "curves": dict(curves), "wordings": dict(wordings)}
        task = TaskPlan(COUNTING, skill, samples=12, value=skill, half_width=0.125, undecided=0.125, **found)
        return RunPlan(run_id, model, [task], **more)

    runs = make_runs(
        plan(
            "radar-vl",
            "org/radar-vl",
            0.75,
            judged=0.8125,
            curves={"speckle": (0.75, 0.5)},
            wordings={"sarbench": 1.0, "sarbench-2": 0.75},
        ),
        plan("radar-vl-blind", "org/radar-vl", 0.25, perturbation="blank"),
        plan("floor", "floor/majority", 0.125, kind="floor", revision=None),
    )
    note = DatasetNote("sarchat-2m", "SARChat-2M", "CC BY-NC 4.0", "From the authors.", may_show_texts=False)
    out = tmp_path / "site"
    render_site(runs, out, notes={"sarchat-2m": note}, samples_per_task=1)
    made = out / {"task.html": f"tasks/{COUNTING}.html", "run.html": "models/radar-vl.html"}.get(name, name)
    if os.environ.get(REFRESH):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_bytes(made.read_bytes())
    assert made.read_text() == (GOLDEN / name).read_text(), f"set {REFRESH}=1 to accept the new page"
