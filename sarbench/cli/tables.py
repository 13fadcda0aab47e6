"""Results as a table in the terminal."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from textwrap import wrap

from rich.console import Console
from rich.table import Table

from sarbench.cli.amounts import RATES, amount, span, unit_text
from sarbench.runs.record import Score, TaskScores
from sarbench.runs.store import Run
from sarbench.runs.wholeness import left_out


def print_table(table: Table, *, narrow: int = 0) -> None:
    """Print a table without cutting names or numbers, however narrow the terminal is.

    Args:
        table: The table.
        narrow: Columns wrap to stay within this width, where it is more than the terminal's; 0: none does.
    """
    console = Console()
    if table.title:  # above the table, not wrapped into its width
        console.print(table.title, soft_wrap=True, highlight=False)
        table.title = None
    wanted = console.measure(table, options=console.options.update(width=10_000)).maximum
    width = max(console.width, min(wanted, narrow or wanted))
    Console(width=width).print(table)


def results_table(runs: Sequence[Run]) -> Table:
    """One row a task, one column a run: the headline, rates in percent, and its 95 % interval below it."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("task", no_wrap=True)
    table.add_column("headline", no_wrap=True)
    for run in runs:
        table.add_column("\n".join(wrap(run.manifest.run_id, 12)), justify="right", no_wrap=True)
    headlines = [
        {task.task: number for task in run.scores.tasks for number in task.scores if number.headline} for run in runs
    ]
    names = list(dict.fromkeys(name for of_run in headlines for name in of_run))
    shared = _shared_words(names)
    others = sorted({number.metric for of_run in headlines for number in of_run.values() if number.unit != "fraction"})
    units = "percent" + (f", {', '.join(others)} in its own unit" if others else "")
    table.title = f"{shared}_*: {units}, 95 % interval clustered by image"
    for task in names:
        metric = next(of_run[task].metric for of_run in headlines if task in of_run)
        cells = (_cell(of_run.get(task)) for of_run in headlines)
        table.add_row(task.removeprefix(f"{shared}_"), metric, *cells)
    return table


def scores_table(numbers: Sequence[Score]) -> Table:
    """One row a number, rates in percent, headlines in bold; a column of slices where there is more than the whole."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    sliced = len({number.slice for number in numbers}) > 1
    table.title = f"{RATES}, 95 % interval clustered by image; * is the headline"
    slice_ = ["slice"] if sliced else []
    for column in ("task", "metric", "protocol", *slice_, "value", "unit", "95 % interval", "n", "images"):
        table.add_column(column, justify="right" if column in ("value", "n", "images") else "left", no_wrap=True)
    for number in numbers:
        alone = "none: 1 image" if number.value is not None and number.clusters == 1 else ""
        interval = span(number.low, number.high, number.unit) or alone
        value = amount(number.value, number.unit, absent="unavailable" if number.note else "none")
        metric = f"[bold]{number.metric} *[/bold]" if number.headline else number.metric
        slices = [number.slice] if sliced else []
        cells = (value, unit_text(number.unit), interval, str(number.n), str(number.clusters))
        table.add_row(number.task, metric, number.protocol, *slices, *cells)
    return table


def outcomes_line(task: TaskScores) -> Iterator[str]:
    """Say what became of the answers, where not all of them could be read.

    >>> list(outcomes_line(TaskScores(task="t", samples=4, outcomes={"ok": 1, "out_of_range": 3}, scores=())))
    ['t: of 4 answers 1 ok, 3 out_of_range. Most boxes miss the image: is --coords what the model speaks?']
    """
    counted = {name: number for name, number in task.outcomes.items() if number}
    if task.samples and counted.get("ok") != task.samples:
        hint = ""
        if 2 * (task.outcomes.get("out_of_range", 0) + task.outcomes.get("degenerate", 0)) > task.samples:
            hint = ". Most boxes miss the image: is --coords what the model speaks?"
        listed = ", ".join(f"{number} {name}" for name, number in counted.items())
        yield f"{task.task}: of {task.samples} answers {listed}{hint}"


def shortfalls(task: TaskScores) -> Iterator[str]:
    """Say what a reader must know before trusting the numbers of a task.

    >>> list(shortfalls(TaskScores(task="t", samples=6, missing=2, outcomes={"ok": 6}, scores=())))
    ['t: PARTIAL, 2 of 8 samples (25.0 %) have no answer']
    """
    yield from left_out(task)
    for (note, computed), names in _notes(task).items():
        yield f"{task.task}: {', '.join(names)}{'' if computed else ' not computed'}: {note}"


def _notes(task: TaskScores) -> dict[tuple[str, bool], list[str]]:
    found: dict[tuple[str, bool], list[str]] = {}
    for number in task.scores:
        if number.note and number.slice == "all":
            place = (number.note, number.value is not None)
            found.setdefault(place, []).append(f"{number.metric} ({number.protocol})")
    return found


def _shared_words(names: Sequence[str]) -> str:
    """The words that every task name begins with, at most all but the last.

    >>> _shared_words(["sarbench_sarchat_counting", "sarbench_sarchat_referring"])
    'sarbench_sarchat'
    """
    words = [name.split("_")[:-1] for name in names]
    kept = takewhile(lambda same: len(set(same)) == 1, zip(*words, strict=False))
    return "_".join(same[0] for same in kept)


def _cell(number: Score | None) -> str:
    if number is None or number.value is None:
        return "–"
    value, low, high = (amount(each, number.unit, places=1) for each in (number.value, number.low, number.high))
    if number.low is None or number.high is None:
        return f"{value}\n[dim]no interval{', 1 image' if number.clusters == 1 else ''}[/dim]"
    return f"{value}\n[dim]{low}–{high}[/dim]"
