"""Results as a table in the terminal."""

from collections.abc import Sequence
from itertools import takewhile
from textwrap import wrap

from rich.console import Console
from rich.table import Table

from sarbench.runs.record import Score
from sarbench.runs.store import Run


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
    """One row a task, one column a run: the headline in percent, its 95 % interval below it."""
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
    table.title = f"{shared}_*: percent, 95 % interval clustered by image"
    for task in names:
        metric = next(of_run[task].metric for of_run in headlines if task in of_run)
        cells = (_cell(of_run.get(task)) for of_run in headlines)
        table.add_row(task.removeprefix(f"{shared}_"), metric, *cells)
    return table


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
    if number.low is None or number.high is None:
        return f"{100 * number.value:.1f}"
    return f"{100 * number.value:.1f}\n[dim]{100 * number.low:.1f}–{100 * number.high:.1f}[/dim]"
