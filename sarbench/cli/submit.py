"""`sarbench submit`."""

from pathlib import Path
from typing import Annotated

import typer


def submit(
    run: Annotated[
        Path, typer.Argument(metavar="RUN|LOGS", help="A run's folder, or what lmms-eval's --output_path named.")
    ],
    to: Annotated[Path, typer.Option("--to", help="The folder of results: leaderboard/results in the repository.")],
) -> None:
    """Check a run, score it again and copy it to the results of the leaderboard."""
    from sarbench.submit import submit_run

    done = submit_run(run, to=to)
    for line in done.changed:
        typer.secho(line, err=True)
    for line in done.unchecked:
        typer.echo(line)
    typer.echo(f"{done.manifest.run_id}: {len(done.manifest.tasks)} tasks are in {done.folder}")
