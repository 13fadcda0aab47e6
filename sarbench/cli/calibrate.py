"""`sarbench calibrate`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from sarbench.cli.options import names
from sarbench.cli.tables import print_table
from sarbench.errors import UnknownNameError


def calibrate(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|FILE", help="A run on train or validation items, or a file of answers to such items."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="The calibration as JSON, for --coords @FILE.")],
    tasks: Annotated[
        list[str] | None, typer.Option("--tasks", help="FILE: the tasks whose items were asked. RUN: only these.")
    ] = None,
    split: Annotated[
        str, typer.Option("--split", help="FILE: train or validation, whichever was asked.")
    ] = "validation",
    candidates: Annotated[
        list[str] | None,
        typer.Option("--candidate", help="A convention to try beside the usual ones; may be repeated."),
    ] = None,
) -> None:
    """Estimate the coordinate convention of a model from items with truth, never from a test split."""
    from sarbench.calibrate import CANDIDATES, items_of_file, items_of_run, save_calibration
    from sarbench.calibrate import calibrate as estimate

    chosen = names(tasks)
    if source.is_dir():
        found = items_of_run(source, tasks=chosen)
    elif chosen:
        found = items_of_file(source, chosen, split=split)
    else:
        fix = "Add --tasks with the tasks whose items it answers"
        raise UnknownNameError(where=source, problem="does not say which tasks it answers", fix=fix)
    calibration = estimate(found.items, candidates=[*CANDIDATES, *(candidates or ())])
    save_calibration(out, calibration, found)
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("convention", "mean IoU", "95 % interval", "F1@0.5", "in the image", "p", ""):
        table.add_column(column, justify="left" if column in ("convention", "") else "right", no_wrap=True)
    for each in calibration.candidates:
        interval = "" if each.low is None or each.high is None else f"{each.low:.3f} to {each.high:.3f}"
        remark = "chosen" if each.convention == calibration.convention else "reads these alike" if each.alike else ""
        p, numbers = "" if each.p is None else f"{each.p:.4f}", (each.mean_iou or 0.0, each.f1 or 0.0)
        cells = (f"{numbers[0]:.3f}", interval, f"{numbers[1]:.3f}", str(each.in_range), p, remark)
        table.add_row(each.convention, *cells)
    print_table(table)
    typer.echo(f"{'Clear' if calibration.clear else 'NOT CLEAR'}: {calibration.why}. Wrote {out}")
