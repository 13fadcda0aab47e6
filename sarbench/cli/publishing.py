"""`sarbench push` and `script`."""

from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from sarbench.cli.data import Name
from sarbench.cli.options import out_path


def push(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `sarbench build` wrote.")],
    repo_id: Annotated[str, typer.Argument(metavar="REPO_ID", help="owner/name of the dataset repository.")],
    private: Annotated[bool, typer.Option("--private", help="Create the repository as a private one.")] = False,
    i_have_permission: Annotated[
        bool,
        typer.Option(
            "--i-have-permission", help="The rights holders allow you to publish what their licence does not."
        ),
    ] = False,
) -> None:
    """Publish a built set on the Hub. Refuses where the licence does not allow it."""
    from sarbench.build import read_index
    from sarbench.hub.push import push as run_push
    from sarbench.sources import get

    card = get(read_index(folder).name).CARD
    with tqdm(desc="pushing", unit="file") as bar:
        url = run_push(
            folder, repo_id, card=card, private=private, have_permission=i_have_permission, progress=bar.update
        )
    typer.echo(f"Pushed {folder} to {url}")


def script(
    name: Name,
    out: Annotated[
        Path, typer.Option("--out", parser=out_path, metavar="PATH", help="A new folder; the script gets its name.")
    ],
) -> None:
    """Write a loading script for datasets < 4, which reads the authors' files."""
    from sarbench.hub.script import write_script

    path = write_script(name, out)
    typer.echo(
        f"Wrote {path}; with datasets 3.x: load_dataset({str(out)!r}, CONFIG, data_dir=…, trust_remote_code=True)"
    )
