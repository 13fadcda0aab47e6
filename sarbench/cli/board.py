"""`sarbench board`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from sarbench import paths
from sarbench.cli.options import out_path


def board(
    out: Annotated[Path, typer.Option("--out", parser=out_path, metavar="PATH", help="The site's folder.")],
    results: Annotated[
        Path | None,
        typer.Option(
            "--results",
            help="A folder with runs at any depth, and its errata.toml. Default: the leaderboard's own.",
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="A folder of built sets: adds the chips, for local use.")
    ] = None,
) -> None:
    """Write the static leaderboard: it opens from disk, without a server or a network."""
    from sarbench.site import make_site

    index = make_site(results or paths.leaderboard() / "results", out, data=data)
    typer.echo(f"Wrote {index}")


def board_command(results: Path) -> str:
    """Return the command that shows a run with the chips of the data it was asked on."""
    return f"sarbench board --results {shlex.quote(str(results))} --data {shlex.quote(str(paths.home()))} --out site"
