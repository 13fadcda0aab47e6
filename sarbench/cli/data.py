"""`sarbench list`, `show`, `check` and `build`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from tqdm import tqdm

from sarbench import paths
from sarbench.cli.options import Engine, Layout, assignments, names, out_path
from sarbench.cli.tables import print_table
from sarbench.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from sarbench.sources import DatasetCard

Name = Annotated[str, typer.Argument(help="A dataset, as `sarbench list` names it.")]
Configs = Annotated[
    list[str] | None, typer.Option("--configs", help="Configs or prefixes of them, comma-separated. Default: all.")
]
Splits = Annotated[list[str] | None, typer.Option("--splits", help="Splits, comma-separated. Default: all.")]
Options = Annotated[
    list[str] | None,
    typer.Option("--option", help="NAME=VALUE: a choice in reading the files, as `sarbench show` lists them."),
]


def list_() -> None:
    """List the datasets: configs, licence, where the files are, and what is built here."""
    from sarbench.sources import CARDS

    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("name", "title", "configs", "the authors count", "files", "licence", "built here"):
        table.add_column(column, no_wrap=column in ("name", "built here"))
    for card in CARDS.values():
        counts = ", ".join(f"{count:,} {what}" for what, count in card.counts.items())
        row = (card.name, card.title, str(len(card.configs)), counts, card.access, card.licence, _built_here(card))
        table.add_row(*row)
    print_table(table, narrow=140)
    typer.echo("\n`sarbench show NAME` says what each holds, under which terms, and how to get its files.")


def _built_here(card: "DatasetCard") -> str:
    """Say how many of a dataset's configs are built; a folder that cannot be read is no built set."""
    from sarbench.build import INDEX_NAME, read_index

    folder = paths.built(card.name)
    if not (folder / INDEX_NAME).is_file():
        return "no"
    try:
        index = read_index(folder)
    except InputError:
        return "damaged"
    known = {config.name for config in card.configs}
    return f"{len(known & index.configs.keys())} of {len(known)}" + " (simulated)" * index.simulated


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
    for option in card.options:
        choices = ", ".join(option.choices)
        typer.echo(f"--option {option.name}=…  {option.summary}: {choices} (default: {option.default})")
    for caveat in card.caveats:
        typer.echo(f"- {caveat}")
    typer.echo(f"\n{card.citation}")


def check(
    name: Name,
    data_dir: Annotated[Path, typer.Option("--data-dir", help="The folder with the authors' files.")],
    configs: Configs = None,
    splits: Splits = None,
    option: Options = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Read everything, every pixel included, and report what is missing or wrong. Exit code 1 where `build` has it."""
    from sarbench.build import check as run_check

    with tqdm(desc="reading", unit="row", disable=json) as bar:
        result = run_check(
            name,
            data_dir,
            configs=names(configs),
            splits=names(splits),
            options=assignments(option),
            progress=lambda _, rows: bar.update(rows),
        )
    typer.echo(result.to_json() if json else result.to_text())
    if not result.complete:  # as `build`, which leaves the same parts out
        raise typer.Exit(1)


def build(
    name: Name,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", help="The authors' files. Default: fetched from their Hub repository, if any."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", parser=out_path, metavar="PATH", help="Default: $SARBENCH_HOME/NAME.")
    ] = None,
    configs: Configs = None,
    splits: Splits = None,
    lite: Annotated[
        int | None, typer.Option("--lite", min=1, help="Also write CONFIG-lite: at least N test rows a score.")
    ] = None,
    layout: Annotated[
        Layout, typer.Option("--layout", help="flat: an image in every row; joined: each image once, apart.")
    ] = Layout.AUTO,
    workers: Annotated[int, typer.Option("--workers", min=1, max=1024, help="Processes that read and write.")] = 1,
    engine: Annotated[
        Engine, typer.Option("--engine", help="ray spreads the work over a Ray cluster (extra: ray).")
    ] = Engine.LOCAL,
    option: Options = None,
    revision: Annotated[
        str | None, typer.Option("--revision", help="Commit of the authors' Hub repository. Default: a pinned one.")
    ] = None,
) -> None:
    """Turn the authors' files into a Parquet repository that plain `datasets.load_dataset` reads."""
    from sarbench.build import build as run_build

    folder = out or paths.built(name)
    options = assignments(option)
    if data_dir and revision:
        fix = "Leave out --data-dir to fetch that commit, or --revision to read the folder"
        raise UnknownNameError(where="--revision", problem="says nothing about a folder of your own", fix=fix)
    raw = data_dir or _fetched(name, names(configs), options, revision)
    with tqdm(desc="building", unit="row") as bar:
        index = run_build(
            name,
            data_dir=raw,
            out=folder,
            configs=names(configs),
            splits=names(splits),
            lite=lite,
            layout=layout.value,
            workers=workers,
            engine=engine.value,
            options=options,
            progress=lambda _, rows: bar.update(rows),
        )
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("config", "split", "rows", "images", "layout", "problems"):
        table.add_column(column, justify="left" if column in ("config", "split", "layout") else "right")
    for config, by_split in index.configs.items():
        for split, built in by_split.items():
            problems = str(sum(built.problems.values()))
            table.add_row(config, split, f"{built.rows:,}", f"{built.images:,}", built.layout, problems)
    print_table(table)
    typer.echo(f"Built {folder}")
    for note in index.notes:
        typer.echo(note)
    for place, reason in index.left_out.items():
        typer.secho(f"Left out {place}: {reason}", err=True, fg=typer.colors.YELLOW)
    typer.echo(f"What the quality gate found is in {folder / 'QUALITY.md'}")
    if index.left_out:  # what could be built is there; a file that could not be used is still wrong input
        raise typer.Exit(1)


def _fetched(name: str, configs: tuple[str, ...] | None, options: dict[str, str], revision: str | None) -> Path:
    """Fetch what the configs need from the authors' Hub repository; return the folder."""
    from sarbench.hub.fetch import ensure_download
    from sarbench.sources import get, select_configs

    card = get(name).CARD
    with tqdm(desc="fetching", unit="B", unit_scale=True) as bar:
        return ensure_download(
            card, select_configs(card, configs), revision=revision, options=options, progress=bar.update
        )
