"""`sarbench export`."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.")],
    to: Annotated[str, typer.Option("--to", help="csv (every number), markdown or latex (those over all samples).")],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
) -> None:
    """Write the scores of a run, with intervals and protocol, as CSV, Markdown or LaTeX."""
    from sarbench.export import export_run

    export_run(run, to=to, out=out)
    typer.echo(f"Wrote {out}")
