"""`sarbench wordings`, and the table of `sarbench eval --prompt all`."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from sarbench.cli.amounts import RATES, amount, unit_text
from sarbench.cli.tables import print_table
from sarbench.runs.record import WordingSpread


def wordings(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run that the result is written into.")],
    others: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[RUN …]", help="Folders of its runs under other wordings; those inside it if none."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Say how much a model's headlines hang on the wording of the prompt: mean, lowest and highest."""
    from sarbench.runs.wordings import record_wordings, wording_spreads, wordings_inside

    spreads = wording_spreads(run, others or wordings_inside(run))
    if json:
        typer.echo(json_module.dumps([spread.model_dump(mode="json") for spread in spreads], indent=2))
    else:
        print_spreads(spreads)
    record_wordings(run, spreads)


def print_spreads(spreads: Sequence[WordingSpread]) -> None:
    """Print a row a task; on stderr, which wordings a task lacks."""
    print_table(_table(spreads))
    for spread in spreads:
        missing = [wording.prompt_id for wording in spread.wordings if wording.value is None]
        if missing:
            typer.secho(f"{spread.task}: no score with --prompt {', '.join(missing)}", err=True)


def _table(spreads: Sequence[WordingSpread]) -> Table:
    prompts = list(dict.fromkeys(wording.prompt_id for spread in spreads for wording in spread.wordings))
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.title = f"the headline under each wording of the prompt, and over all of them; {RATES}"
    for column in ("task", "metric", "unit", *prompts, "mean", "lowest – highest"):
        table.add_column(column, justify="left" if column in ("task", "metric", "unit") else "right", no_wrap=True)
    for spread in spreads:
        found = {wording.prompt_id: wording.value for wording in spread.wordings}
        numbers = [amount(found.get(prompt), spread.unit) for prompt in prompts]
        mean, lowest, highest = (amount(each, spread.unit) for each in (spread.mean, spread.lowest, spread.highest))
        span = "–" if spread.mean is None else f"{lowest} – {highest}"
        table.add_row(spread.task, spread.metric, unit_text(spread.unit), *numbers, mean, span)
    return table
