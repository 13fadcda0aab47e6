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
    from sarbench.export import HUB, export_run
    from sarbench.export.hub import not_on_the_hub
    from sarbench.runs.store import load_run

    for path in export_run(run, to=to, out=out, by=by, relationship=relationship):
        typer.echo(f"Wrote {path}")
    for name in not_on_the_hub(load_run(run)) if to == HUB else ():
        said = f"No .eval_results for {name}, which is no repository on the Hub: its numbers are in the card alone"
        typer.secho(said, err=True)
