"""`sarbench list`, `show`, `check` and `build`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from tqdm import tqdm

from sarbench import paths
from sarbench.cli.options import names
from sarbench.cli.tables import print_table

Name = Annotated[str, typer.Argument(help="A dataset, as `sarbench list` names it.")]
Configs = Annotated[
    list[str] | None, typer.Option("--configs", help="Configs or prefixes of them, comma-separated. Default: all.")
]
Splits = Annotated[list[str] | None, typer.Option("--splits", help="Splits, comma-separated. Default: all.")]


def list_() -> None:
    """List the datasets: configs, licence, release status, and whether they are built here."""
    from sarbench.sources import CARDS

    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("name", "configs", "licence", "built here", "title"):
        table.add_column(column, no_wrap=column in ("name", "built here"))
    for card in CARDS.values():
        built = "yes" if (paths.built(card.name) / "sarbench.json").is_file() else "no"
        table.add_row(card.name, str(len(card.configs)), card.licence, built, card.title)
    print_table(table)


def show(name: Name) -> None:
    """Show one dataset: what it is, its configs, its licence and where its files come from."""
    from sarbench.sources import get

    card = get(name).CARD
    typer.echo(f"{card.title} ({card.name})\n{card.homepage}\n\n{card.summary}\n")
    typer.echo(f"Licence: {card.licence}\nReleased: {card.released}\nFiles: {card.obtain}\n")
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("config", "task", "splits", "summary"):
        table.add_column(column, no_wrap=column != "summary")
    for config in card.configs:
        table.add_row(config.name, config.task or "several", ", ".join(config.splits), config.summary)
    print_table(table, narrow=120)
    for caveat in card.caveats:
        typer.echo(f"- {caveat}")
    typer.echo(f"\n{card.citation}")


def check(
    name: Name,
    data_dir: Annotated[Path, typer.Option("--data-dir", help="The folder with the authors' files.")],
    configs: Configs = None,
    splits: Splits = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Read everything, every pixel included, and report what is missing or wrong. Exit code 1 when unusable."""
    from sarbench.build import check as run_check

    with tqdm(desc="reading", unit="row", disable=json) as bar:
        result = run_check(
            name, data_dir, configs=names(configs), splits=names(splits), progress=lambda _, rows: bar.update(rows)
        )
    typer.echo(result.to_json() if json else result.to_text())
    if not result.usable:
        raise typer.Exit(1)


def build(
    name: Name,
    data_dir: Annotated[Path, typer.Option("--data-dir", help="The folder with the authors' files.")],
    out: Annotated[Path | None, typer.Option("--out", help="Default: $SARBENCH_HOME/NAME.")] = None,
    configs: Configs = None,
    splits: Splits = None,
) -> None:
    """Turn the authors' files into a Parquet repository that plain `datasets.load_dataset` reads."""
    from sarbench.build import build as run_build

    folder = out or paths.built(name)
    with tqdm(desc="building", unit="row") as bar:
        index = run_build(
            name,
            data_dir=data_dir,
            out=folder,
            configs=names(configs),
            splits=names(splits),
            progress=lambda _, rows: bar.update(rows),
        )
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("config", "split", "rows", "images", "problems"):
        table.add_column(column, justify="left" if column in ("config", "split") else "right")
    for config, by_split in index.configs.items():
        for split, built in by_split.items():
            table.add_row(config, split, str(built.rows), str(built.images), str(sum(built.problems.values())))
    print_table(table)
    typer.echo(f"Built {folder}")
    for place, reason in index.left_out.items():
        typer.secho(f"Left out {place}: {reason}", err=True, fg=typer.colors.YELLOW)
    if any(built.problems for by_split in index.configs.values() for built in by_split.values()):
        typer.echo(f"Skipped and flagged records are listed in {folder / 'quality.json'}")
    if index.left_out:  # what could be built is there; a file that could not be used is still wrong input
        raise typer.Exit(1)
