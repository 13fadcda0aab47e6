"""`sarbench leakage`."""

from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from sarbench.cli.options import out_path


def leakage(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR …", help="Folders that `sarbench build` wrote.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out", parser=out_path, metavar="REPORT", help="The report as JSON; a readable one lies beside."
        ),
    ],
) -> None:
    """Find images that datasets and splits share: equal, re-encoded, turned, re-speckled or cropped."""
    from sarbench.leakage_scan import report_paths, scan

    with tqdm(desc="looking", unit="image") as bar:
        report = scan(folders, out=out, progress=bar.update)
    typer.echo(report.to_text())
    typer.echo(f"Wrote {' and '.join(map(str, report_paths(out)))}")
