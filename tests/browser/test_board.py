"""The site in a real browser, opened from disk: what the script adds, and that nothing needs it."""

import re

import pytest

from tests.board.board_runs import COUNTING, REFERRING

pytestmark = pytest.mark.browser

TABLE = "board-1"
ROWS = """
    const table = document.getElementById("board-1");
    const names = (body) => Array.from(table.querySelector("tbody." + body).rows)
        .filter((row) => !row.hidden && !row.classList.contains("group"))
        .map((row) => row.querySelector(".name").textContent);
    const head = (key) => table.querySelector('th[data-key="' + key + '"]');
"""


def test_buttons_sort_within_groups_and_the_url_remembers(visit):
    found = visit(
        "index.html",
        script=ROWS
        + f"""
        const steps = [];
        const note = (step) => steps.push({{ step: step, ranked: names("ranked"), floors: names("floors"),
            sort: head("{COUNTING}").getAttribute("aria-sort"), url: location.search, bodies: table.tBodies.length }});
        note("start");
        const button = head("{COUNTING}").querySelector("button");
        button.focus();
        const focused = document.activeElement === button && button.tabIndex === 0 && button.type === "button";
        button.click(); note("first");
        button.click(); note("second");
        document.querySelector("form[data-tools]").reset(); note("reset");
        return {{ steps: steps, focused: focused }};
        """,
    )
    start, first, second, reset = found.result["steps"]
    assert found.result["focused"]
    assert start["ranked"] == ["radar-vl-7b", "generalist-8b-instruct", "small-2b", start["ranked"][3]]
    assert (first["sort"], second["sort"], reset["sort"]) == ("descending", "ascending", None)
    assert first["ranked"] == second["ranked"][::-1] == start["ranked"]
    assert first["floors"] == second["floors"][::-1]
    assert f"{TABLE}%3A{COUNTING}%3Aascending" in second["url"]
    assert reset["url"] == ""
    assert reset["ranked"] == start["ranked"]
    assert found.console == []


def test_a_link_restores_sorting_and_filter(visit):
    query = f"?q=small&sort={TABLE}:{REFERRING}:ascending"
    script = ROWS + (
        f'return {{ ranked: names("ranked"), blind: names("blind"), floors: table.querySelector("tbody.floors").hidden,'
        f' sort: head("{REFERRING}").getAttribute("aria-sort"), filter: document.getElementById("filter").value,'
        ' status: document.querySelector("[role=status]").textContent };'
    )
    found = visit("index.html", query=query, script=script).result
    assert found["ranked"] == found["blind"] == ["small-2b"]
    assert found["floors"]
    assert found["sort"] == "ascending"
    assert found["filter"] == "small"
    assert found["status"].startswith("2 of ")
    assert found["status"].endswith("sorted by rebuilt referring, ascending")


def test_a_query_that_makes_no_sense_changes_nothing(visit):
    query = "?sort=board-1:nothing:ascending&sort=zzz&sort=board-1:model:sideways&q=%3Cscript%3E"
    found = visit("index.html", query=query, script=ROWS + 'return names("ranked").length;')
    assert found.result == 1
    assert found.console == []


def test_typing_filters_and_values_without_a_number_stay_last(visit):
    found = visit(
        "index.html",
        script=ROWS
        + f"""
        const filter = document.getElementById("filter");
        filter.value = "RADAR 7b"; filter.dispatchEvent(new Event("input"));
        const filtered = {{ ranked: names("ranked"), blind: names("blind"), url: location.search }};
        filter.value = ""; filter.dispatchEvent(new Event("input"));
        const last = ["ascending", "descending"].map((direction) => {{
            head("{REFERRING}").querySelector("button").click();
            return names("unranked").at(-1);
        }});
        return {{ filtered: filtered, last: last }};
        """,
    ).result
    assert found["filtered"]["ranked"] == found["filtered"]["blind"] == ["radar-vl-7b"]
    assert found["filtered"]["url"] == "?q=RADAR+7b"
    assert found["last"] == ["incomplete-3b", "incomplete-3b"]


@pytest.mark.parametrize("page", ["index.html", f"tasks/{REFERRING}.html", "models/radar-vl-7b.html", "methods.html"])
def test_every_table_is_whole_without_script(visit, site, page):
    script = """
        for (const folded of document.querySelectorAll("details")) folded.open = true;
        const drawn = (selector) => Array.from(document.querySelectorAll(selector))
            .filter((each) => each.getClientRects().length > 0).length;
        return { cells: drawn("th, td"), buttons: drawn("button, input") };
    """
    text = (site / page).read_text(encoding="utf-8")
    found = visit(page, bare=True, script=script).result
    assert found == {"cells": len(re.findall("<t[hd][ >]", text)), "buttons": 0}
    assert found["cells"] > 10


def test_runs_on_changed_images_open_without_script_and_sort_with_it(visit):
    shown = """
        const fold = document.querySelector("details.changed");
        const drawn = () => Array.from(fold.querySelectorAll("td.result, dd a"))
            .filter((each) => each.checkVisibility());
        const before = drawn().length;
        fold.querySelector("summary").click();
    """
    for page in ("index.html", f"tasks/{COUNTING}.html"):
        found = visit(page, bare=True, script=shown + "return [before, drawn().length];").result
        assert found == [0, 1], page
    sorting = 'return fold.querySelectorAll("th button").length;'
    assert visit(f"tasks/{COUNTING}.html", script=shown + sorting).result > 5


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_scrolls_sideways(visit, site, width):
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    script = f"""
        const measured = [];
        for (const page of {pages!r}) {{
            const frame = document.createElement("iframe");
            frame.style.cssText = "width: {width}px; height: 844px; border: 0";
            const loaded = new Promise((done) => frame.addEventListener("load", done));
            frame.src = page;
            document.body.append(frame);
            await loaded;
            const inner = frame.contentDocument;
            measured.push([page, inner.documentElement.clientWidth, inner.documentElement.scrollWidth,
                inner.querySelectorAll(".scroll").length]);
            frame.remove();
        }}
        return measured;
    """
    measured = visit("methods.html", script=script).result
    assert len(measured) == len(pages)
    for page, client, scroll, regions in measured:
        assert client in {width, width - 15}, page
        assert scroll == client, page
        assert regions > 0, page


A4_LANDSCAPE = 1031
"""Pixels between the margins."""


def test_no_column_is_cut_off_on_paper(visit, site):
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    script = f"""
        const measured = [];
        for (const page of {pages!r}) {{
            const frame = document.createElement("iframe");
            frame.style.cssText = "width: {A4_LANDSCAPE}px; height: 700px; border: 0";
            const loaded = new Promise((done) => frame.addEventListener("load", done));
            frame.src = page;
            document.body.append(frame);
            await loaded;
            const inner = frame.contentDocument;
            for (const rule of inner.styleSheets[0].cssRules)
                if (rule.media && rule.media.mediaText === "print") rule.media.mediaText = "all";
            for (const folded of inner.querySelectorAll("details")) folded.open = true;
            for (const row of inner.querySelectorAll("table.task tr:not(.group)"))
                while (row.cells.length < 20) row.append(row.cells[4].cloneNode(true));
            const right = Array.from(inner.querySelectorAll("table")).map((each) => each.getBoundingClientRect().right);
            measured.push([page, Math.max(...right)]);
            frame.remove();
        }}
        return measured;
    """
    measured = visit("methods.html", script=script).result
    assert len(measured) == len(pages)
    assert [(page, right) for page, right in measured if right > A4_LANDSCAPE] == []


@pytest.mark.parametrize("width", [390, 1280])
def test_a_forest_plot_is_readable_at_any_width(visit, width):
    script = f"""
        const frame = document.createElement("iframe");
        frame.style.cssText = "width: {width}px; height: 844px; border: 0";
        const loaded = new Promise((done) => frame.addEventListener("load", done));
        frame.src = "tasks/{COUNTING}.html";
        document.body.append(frame);
        await loaded;
        const inner = frame.contentDocument;
        const plot = inner.querySelector(".forest");
        const frameOf = (each) => {{ const box = each.getBoundingClientRect(); return [box.left, box.right]; }};
        const ends = Array.from(plot.querySelectorAll("*")).filter((each) => each.tagName !== "title").map(frameOf);
        const rows = Array.from(plot.querySelectorAll(".line:not(.axis)"));
        const shapes = rows.map((row) => {{
            const [drawn, line] = [row.querySelector(".plot > svg"), row.querySelector(".whisker")].map(frameOf);
            return [drawn[1] - drawn[0], line ? (line[1] - line[0]) / (drawn[1] - drawn[0]) : 0];
        }});
        const texts = Array.from(plot.querySelectorAll(".name, .numbers, .axis text, .small"));
        return {{
            width: inner.documentElement.clientWidth, shapes: shapes, rows: rows.length,
            sizes: texts.map((each) => parseFloat(inner.defaultView.getComputedStyle(each).fontSize)),
            left: Math.min(...ends.map((end) => end[0])), right: Math.max(...ends.map((end) => end[1])),
        }};
    """
    found = visit("methods.html", script=script).result
    assert found["rows"] > 10
    assert min(found["sizes"]) >= 12
    assert found["left"] >= 0
    assert found["right"] <= found["width"]
    assert all(drawn >= 0.4 * min(found["width"], 760) for drawn, _ in found["shapes"])
    assert any(0.05 < part < 1 for _, part in found["shapes"]), "lines are drawn to scale"
    if width == 390:
        assert all(drawn >= 0.8 * found["width"] for drawn, _ in found["shapes"])


def test_images_load_and_lie_exactly_under_their_boxes(visit):
    found = visit(
        f"tasks/{REFERRING}.html",
        script="""
        const images = Array.from(document.querySelectorAll(".chip img"));
        for (const image of images) image.loading = "eager";
        await Promise.all(images.map((image) => image.decode()));
        return images.map((image) => {
            const one = image.getBoundingClientRect();
            const other = image.parentElement.querySelector("svg").getBoundingClientRect();
            const differences = ["x", "y", "width", "height"].map((name) => one[name] - other[name]);
            return [image.naturalWidth, ...differences, one.width / one.height];
        });
        """,
    )
    assert len(found.result) > 4
    for natural, *differences, aspect in found.result:
        assert natural == 256
        assert differences == [0, 0, 0, 0]
        assert abs(aspect - 1) < 0.01
    assert found.console == []


def test_the_console_is_watched(visit):
    """Errors of a page do reach `console`, so that an empty one means something."""
    assert visit("methods.html", script="setTimeout(() => missing(), 0); return 1;").console


def test_dark_and_light_follow_the_system(visit):
    script = "return getComputedStyle(document.body).backgroundColor;"
    light = visit("index.html", "--blink-settings=preferredColorScheme=1", script=script).result
    dark = visit("index.html", "--blink-settings=preferredColorScheme=0", script=script).result
    assert light == "rgb(253, 252, 250)"
    assert dark == "rgb(20, 24, 28)"
