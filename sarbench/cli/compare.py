"""`sarbench compare`."""

import json as json_module
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from sarbench.cli.amounts import RATES, amount, span, unit_text
from sarbench.cli.options import names
from sarbench.cli.tables import print_table

if TYPE_CHECKING:
    from sarbench.compare import Comparison, Difference, TaskComparison

_LONGEST_ANSWER = 60


def compare(
    run_a: Annotated[Path, typer.Argument(metavar="RUN_A", help="Folder of a run.")],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="Folder of the run that it is held against.")],
    tasks: Annotated[
        list[str] | None, typer.Option("--tasks", help="Only these; all that both have if absent.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--every-metric", help="Also every strict metric that is a mean, unadjusted.")
    ] = False,
    differing: Annotated[
        int, typer.Option("--differing", min=0, help="Print the first N samples that differ in each headline.")
    ] = 3,
    json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON, with all samples that differ.")
    ] = False,
) -> None:
    """Compare two runs pair by pair: difference A − B, 95 % interval, test by images, samples that differ."""
    from sarbench.compare import compare_runs

    found = compare_runs(run_a, run_b, tasks=names(tasks), every=every)
    if json:
        typer.echo(json_module.dumps(found.as_dict(), indent=2, ensure_ascii=False))
        return
    print_table(_table(found))
    for task in found.tasks:
        for line in _samples(task, differing):
            typer.echo(line)
    for line in _remarks(found):
        typer.secho(line, err=True)


def _table(found: "Comparison") -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.title = (
        f"A = {found.a}, B = {found.b}; {RATES}, differences in percentage points; "
        "detectable: difference found in 8 of 10 cases at 5 %"
    )
    words, numbers = ("task", "metric", "unit"), ("A", "B", "A − B", "95 % interval", "p", "p (Holm)", "n", "images")
    for column in (*words, *numbers, "design effect", "detectable"):
        table.add_column(column, justify="left" if column in words else "right", no_wrap=True)
    for task in found.tasks:
        for number in task.differences:
            table.add_row(task.task, *_cells(number))
    return table


def _cells(number: "Difference") -> Iterator[str]:
    yield number.metric + (" (lower is better)" if number.higher_is_better is False else "")
    yield unit_text(number.unit)
    yield from (amount(value, number.unit, absent="") for value in (number.a, number.b))
    yield amount(number.difference, number.unit, sign=True, absent="")
    yield span(number.low, number.high, number.unit, sign=True)
    yield from (_number(value, "{:.4f}") for value in (number.p, number.p_holm))
    yield from (str(number.n), str(number.images))
    yield _number(number.design_effect, "{:.2f}")
    yield amount(number.detectable, number.unit, absent="–" if number.images else "")


def _number(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _samples(task: "TaskComparison", shown: int) -> Iterator[str]:
    total = len(task.differing)
    if total and shown:
        yield f"\n{task.task}: {total} of {task.pairs} samples differ in {task.headline.metric}; some of them:"
    for sample in task.differing[:shown]:
        yield f"  {sample.id}"
        for side, answer, outcome in (
            ("A", sample.answer_a, sample.outcome_a),
            ("B", sample.answer_b, sample.outcome_b),
        ):
            yield f"    {side} ({outcome}): {_short(answer)}"


def _short(answer: str) -> str:
    line = " ".join(answer.split())
    return line if len(line) <= _LONGEST_ANSWER else line[: _LONGEST_ANSWER - 1] + "…"


def _remarks(found: "Comparison") -> Iterator[str]:
    from sarbench.compare.difference import edge_note, no_spread_note

    yield from (f"NOT COMPARED {task}: {reason}" for task, reason in found.refused.items())
    yield from (f"note: {note}" for note in found.notes)
    for task in found.tasks:
        yield from (f"{task.task}: {note}" for note in task.notes)
        said = (note(number) for number in task.differences for note in (edge_note, no_spread_note))
        yield from (f"{task.task}: {line}" for line in said if line)
        if task.simulated:
            yield f"{task.task}: simulated data, no benchmark result"
        left = {"only in A": task.only_a, "only in B": task.only_b, "failed in the harness": task.failed}
        uncounted = ", ".join(f"{count} {why}" for why, count in left.items() if count)
        if uncounted:
            yield f"{task.task}: left out of both: {uncounted}"
