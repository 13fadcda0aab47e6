"""`sarbench export`."""

from pathlib import Path
from typing import Annotated

import typer

from sarbench.cli.options import out_path


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.")],
    to: Annotated[
        str,
        typer.Option(
            "--to", help="csv (every number), markdown or latex (those over all samples), every-eval-ever, or hub."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            parser=out_path,
            metavar="PATH",
            help="The file to write; hub: a new folder; every-eval-ever: a .json file, or a folder for it all.",
        ),
    ],
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="every-eval-ever: the organisation that evaluated.")
    ] = "unknown",
    relationship: Annotated[
        str,
        typer.Option(
            "--relationship",
            help="every-eval-ever: first_party, third_party, collaborative or other, to the model's developer.",
        ),
    ] = "other",
) -> None:
    """Write the scores of a run, with intervals and protocol, as a table or for a public collection of results."""
    from sarbench.export import export_run

    for path in export_run(run, to=to, out=out, by=by, relationship=relationship):
        typer.echo(f"Wrote {path}")
