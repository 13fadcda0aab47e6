"""Tables of scores in the terminal: one unit for rates in all of them."""

from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from sarbench.cli.tables import results_table, scores_table
from sarbench.runs.record import Score, Scores, TaskScores

COUNTING = "sarbench_sarchat_counting"


def number(metric: str, value: float | None, **given: Any) -> Score:
    kept = {"unit": "fraction", "low": None, "high": None, "n": 8, "clusters": 4, "method": "none", **given}
    named = {"task": COUNTING, "metric": metric, "protocol": "strict", "slice": "all", "higher_is_better": True}
    return Score(value=value, **{"headline": False, "note": None, **named, **kept})


def lines(table: Table) -> list[str]:
    title, table.title = str(table.title), None
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table)
    return [title, *(" ".join(line.split()) for line in captured.get().splitlines())]


def test_rates_are_percent_and_other_numbers_say_their_unit() -> None:
    title, header, exact, mae, lacking = lines(
        scores_table(
            [
                number("exact", 0.25, low=0.125, high=0.5, headline=True),
                number("mae", 1.5, unit="objects"),
                number("bleu", None, note="no Java"),
            ]
        )
    )
    assert "rates in percent" in title
    assert header == "task metric protocol value unit 95 % interval n images"
    assert exact == f"{COUNTING} exact * strict 25.00 % 12.50 to 50.00 8 4"
    assert mae == f"{COUNTING} mae strict 1.500 objects 8 4"
    assert lacking == f"{COUNTING} bleu strict unavailable % 8 4"


@pytest.mark.parametrize(
    ("unit", "shown", "said"),
    [
        ("fraction", ("50.0", "25.0–75.0"), "percent, 95"),
        ("CIDEr", ("0.50", "0.25–0.75"), "percent, x in its own unit"),
    ],
)
def test_a_headline_that_is_no_rate_is_no_percent(unit: str, shown: tuple[str, str], said: str) -> None:
    score = number("x", 0.5, low=0.25, high=0.75, unit=unit, headline=True)
    of_task = TaskScores(task=COUNTING, samples=8, outcomes={"ok": 8}, scores=(score,))
    run = SimpleNamespace(manifest=SimpleNamespace(run_id="one"), scores=Scores(sarbench_version="1", tasks=(of_task,)))
    title, _, value, interval = lines(results_table([run]))  # type: ignore[list-item]
    assert said in title
    assert (value.split()[-1], interval) == shown


@pytest.mark.parametrize(("images", "said"), [(1, "no interval, 1 image"), (4, "no interval")])
def test_a_value_without_an_interval_says_so(images: int, said: str) -> None:
    score = number("exact", 0.5, clusters=images, headline=True)
    of_task = TaskScores(task=COUNTING, samples=8, outcomes={"ok": 8}, scores=(score,))
    run = SimpleNamespace(manifest=SimpleNamespace(run_id="one"), scores=Scores(sarbench_version="1", tasks=(of_task,)))
    *_, interval = lines(results_table([run]))  # type: ignore[list-item]
    assert interval == said
    assert ("none: 1 image" in lines(scores_table([score]))[-1]) == (images == 1)
    assert "1 image" not in lines(scores_table([number("bleu", None, clusters=1)]))[-1]
