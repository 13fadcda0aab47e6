"""`sarbench robustness`."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from sarbench.cli.amounts import RATES, amount, span, unit_text
from sarbench.cli.tables import print_table

if TYPE_CHECKING:
    from sarbench.runs.robustness import Curve


def robustness(
    clean: Annotated[Path, typer.Argument(metavar="CLEAN", help="Folder of the run on unchanged images.")],
    perturbed: Annotated[
        list[Path], typer.Argument(metavar="RUN …", help="Folders of its runs with --perturb; blank gives the floor.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Sum up how a model's headlines fall with the severity of a perturbation: area, fraction retained, worst.

    The curves are written into scores.json of CLEAN, for the board; a whole one stays where this one is a part.
    """
    from sarbench.compare import with_intervals
    from sarbench.runs.robustness import record_curves, severity_curves

    curves = with_intervals(clean, perturbed, severity_curves(clean, perturbed))
    if json:
        typer.echo(json_module.dumps([curve.as_dict() for curve in curves], indent=2))
    else:
        _print(curves)
    for kept in record_curves(clean, curves):
        typer.secho(
            f"{kept.task}: kept the whole curve of {kept.perturbation} that is there. To replace it, give the runs at "
            "all severities, and the blind one where it has a floor",
            err=True,
        )


def _print(curves: "tuple[Curve, ...]") -> None:
    print_table(_table(curves))
    for curve in curves:
        missing = [spec for spec, score in curve.scores if score is None]
        if missing:
            there = len(curve.scores) - len(missing)
            typer.secho(
                f"{curve.task}: part of a curve, {there} of {len(curve.scores)} severities, so it has no area: "
                f"no score with --perturb {', '.join(missing)}",
                err=True,
            )


def _table(curves: "tuple[Curve, ...]") -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.title = (
        "area: mean score along the curve; retained, worst: share of the clean score, above the floor, in percent; "
        f"{RATES}; 95 % intervals by images"
    )
    words = ("task", "metric", "unit", "perturbation")
    for column in (*words, "clean", "mild → strong", "floor", "area", "retained", "worst"):
        table.add_column(column, justify="left" if column in words else "right", no_wrap=True)
    for curve in curves:
        found, known = curve.found, curve.intervals
        along = " ".join(amount(score, curve.unit) for _, score in curve.scores)
        floor = "no blind run" if curve.floor_run is None else amount(curve.floor, curve.unit)
        values = (found.area, found.retained, found.worst) if found else (None, None, None)
        limits = (known.area, known.retained, known.worst) if known else (None, None, None)
        shown = zip(values, limits, (curve.unit, "fraction", "fraction"), strict=True)
        table.add_row(
            *(curve.task, curve.metric, unit_text(curve.unit), curve.perturbation),
            *(amount(curve.clean, curve.unit), along, floor),
            *(amount(value, unit) + _interval(pair, unit) for value, pair, unit in shown),
        )
    return table


def _interval(limits: tuple[float, float] | None, unit: str) -> str:
    return "" if limits is None else f" ({span(*limits, unit)})"
