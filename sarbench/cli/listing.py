"""`sarbench tasks` and `tasks-path`."""

import json as json_module
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from textwrap import wrap
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sarbench import paths
from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.cli.retrievable import listed as retrievable
from sarbench.cli.tables import print_table
from sarbench.schema import LITE_SUFFIX


def tasks(json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List what can be evaluated, whether its data is built here, and if not, what to do."""
    from sarbench.task_data import asked_split, why_not

    catalogue = read_catalogue()
    reasons = {spec.name: why_not(spec) for spec in catalogue.tasks.values()}
    listed = [
        {
            **asdict(spec),
            "asked_split": asked_split(spec),
            "built": reasons[spec.name] is None,
            "why_not": reasons[spec.name],
        }
        for spec in catalogue.tasks.values()
    ]
    if json:
        from sarbench.questions.kinds import all_metrics, rule_versions

        metrics = {
            kind: [
                {**asdict(metric), "headline": place == 0 and kind != "library"} for place, metric in enumerate(of_kind)
            ]
            for kind, of_kind in all_metrics().items()
        }
        everything = {
            "tasks": listed,
            "retrieval": retrievable(),
            "groups": dict(catalogue.groups),
            "metrics": metrics,
            "rules": rule_versions(),
        }
        typer.echo(json_module.dumps(everything, indent=2))
        return
    from sarbench.questions.kinds import KINDS

    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("task", "version", "question", "headline", "rows", "built here"):
        table.add_column(column, no_wrap=True)
    captions = retrievable()
    for task in (*listed, *captions):
        split = task.get("asked_split", task["split"])
        rows = f"{task['dataset']} {task['config']} {split}" + (f" {task['asks']}" if task["asks"] else "")
        headline = KINDS[task["family"]].headline.name
        built = "yes" if task["built"] else "no"
        table.add_row(task["name"], task["version"], task["family"], headline, rows, built)
    print_table(table)
    for task in captions:
        if task["why_not"]:
            typer.echo(f"no: {task['name']}: {task['why_not']}")
    if captions:
        typer.echo("retrieval is run by `sarbench retrieve --encoder MODEL --tasks NAME --out RUN`, all else by `eval`")
    for line in reasons_lines(catalogue.tasks.values(), reasons, width=Console().width):
        typer.echo(line)
    for name, members in catalogue.groups.items():
        typer.echo(f"group {name}: {', '.join(members)}")


def reasons_lines(specs: Iterable[TaskSpec], reasons: Mapping[str, str | None], *, width: int = 80) -> Iterator[str]:
    """Say why tasks cannot be asked: each reason once, and below it the tasks that it concerns.

    Args:
        specs: Tasks.
        reasons: Task → why not, or None, as `sarbench.task_data.why_not` says it.
        width: Names are wrapped to it; reasons are not, so that the commands in them can be copied.
    """
    from sarbench.task_data import LITE_ROWS, build_command, is_missing

    missing: dict[tuple[str, str, bool], list[TaskSpec]] = {}
    others: dict[str, list[str]] = {}
    for spec in specs:
        why = reasons[spec.name]
        if why is None:
            continue
        if is_missing(spec):
            key = (spec.dataset, _text_origin(spec), spec.config.endswith(LITE_SUFFIX))
            missing.setdefault(key, []).append(spec)
        else:
            others.setdefault(f"{spec.dataset}: {why.replace(spec.name, 'the task')}", []).append(spec.name)
    for (dataset, _, lite), tasks in missing.items():
        configs = list(dict.fromkeys(spec.config.removesuffix(LITE_SUFFIX) for spec in tasks))
        command = build_command(dataset, configs, lite=LITE_ROWS if lite else None)
        yield f"no: {dataset}: not built. Build it: `{command}`"
        yield from _named([spec.name for spec in tasks], width)
    for why, names in others.items():
        yield f"no: {why}"
        yield from _named(names, width)


def _text_origin(spec: TaskSpec) -> str:
    """Tell configs apart that are built from different files of one data set: the authors' texts, and ours."""
    from sarbench.sources import CARDS

    whole = spec.config.removesuffix(LITE_SUFFIX)
    return next((str(config.text_origin) for config in CARDS[spec.dataset].configs if config.name == whole), "")


def _named(names: Sequence[str], width: int) -> list[str]:
    return wrap(", ".join(names), width, initial_indent=" " * 4, subsequent_indent=" " * 4)


def tasks_path() -> None:
    """Print the folder of the task YAMLs, for lmms-eval's --include_path."""
    typer.echo(paths.tasks())
