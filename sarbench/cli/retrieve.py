"""`sarbench retrieve`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from sarbench.cli.board import board_command
from sarbench.cli.options import names, out_path
from sarbench.cli.tables import print_table, scores_table


def retrieve(
    encoder: Annotated[
        str,
        typer.Option(
            "--encoder", help="Model folder, Hub id (org/model or org/model@revision), or open_clip:ARCH:PRETRAINED."
        ),
    ],
    tasks: Annotated[
        list[str],
        typer.Option(
            "--tasks",
            help="Built captions as DATASET/CONFIG/SPLIT, or as a run names them; comma-separated; wildcards match.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", parser=out_path, metavar="PATH", help="The run's folder.")],
    batch_size: Annotated[int, typer.Option("--batch_size", min=1)] = 64,
    device: Annotated[str | None, typer.Option("--device", help="cpu, cuda, cuda:0 …")] = None,
    protocols: Annotated[list[str] | None, typer.Option("--protocols", help="strict,paper; both if not given.")] = None,
    cache: Annotated[
        Path | None, typer.Option("--cache", help="Where embeddings are kept; $SARBENCH_HOME/embeddings.")
    ] = None,
) -> None:
    """Rank texts for images and images for texts with a CLIP-style encoder, and write a run record.

    The same command again goes on where it was stopped.
    """
    from sarbench import retrieval
    from sarbench.runs.store import load_run

    chosen = retrieval.select(names(tasks) or ())
    loaded = retrieval.open_encoder(encoder, device=device)
    with tqdm(unit="item") as bar:

        def show(task: retrieval.RetrievalTask, kind: str, done: int, total: int) -> None:
            label = f"{task.name} {kind}"
            if bar.desc != f"{label}: ":
                bar.reset(total)
                bar.set_description(label)
            bar.update(done)

        manifest = retrieval.retrieve(
            retrieval.Retrieval(
                encoder=loaded,
                tasks=chosen,
                out=out,
                batch_size=batch_size,
                protocols=names(protocols) or retrieval.PROTOCOLS,
                cache=cache,
                command=("sarbench", *sys.argv[1:]),
            ),
            progress=show,
        )
    print_table(scores_table([number for task in load_run(out).scores.tasks for number in task.scores]))
    for note in manifest.notes:
        typer.secho(note, err=True)
    typer.echo(f"The run record is {out}. To see it: {board_command(out)}")
    if any(run.failed for run in manifest.tasks):
        raise typer.Exit(3)
