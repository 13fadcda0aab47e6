"""`sarbench robustness`."""

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

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

    The curves are written into scores.json of CLEAN, for the board.
    """
    from sarbench.compare import with_intervals
    from sarbench.runs.robustness import record_curves, severity_curves

    curves = with_intervals(clean, perturbed, severity_curves(clean, perturbed))
    if json:
        typer.echo(json_module.dumps([curve.as_dict() for curve in curves], indent=2))
    else:
        _print(curves)
    record_curves(clean, curves)


def _print(curves: "tuple[Curve, ...]") -> None:
    print_table(_table(curves))
    for curve in curves:
        missing = [spec for spec, score in curve.scores if score is None]
        if missing:
            typer.secho(f"{curve.task}: no score with --perturb {', '.join(missing)}", err=True)


def _table(curves: "tuple[Curve, ...]") -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.title = (
        "area: mean score along the curve; retained, worst: share of the clean score, above the floor; "
        "95 % intervals by images"
    )
    for column in ("task", "metric", "perturbation", "clean", "mild → strong", "floor", "area", "retained", "worst"):
        left = column in ("task", "metric", "perturbation")
        table.add_column(column, justify="left" if left else "right", no_wrap=True)
    for curve in curves:
        found, known = curve.found, curve.intervals
        along = " ".join(_number(score) for _, score in curve.scores)
        floor = "no blind run" if curve.floor_run is None else _number(curve.floor)
        values = (found.area, found.retained, found.worst) if found else (None, None, None)
        limits = (known.area, known.retained, known.worst) if known else (None, None, None)
        table.add_row(
            *(curve.task, curve.metric, curve.perturbation, _number(curve.clean), along, floor),
            *(_number(value) + _interval(pair) for value, pair in zip(values, limits, strict=True)),
        )
    return table


def _interval(limits: tuple[float, float] | None) -> str:
    return "" if limits is None else f" ({limits[0]:.4f} to {limits[1]:.4f})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
