"""`sarbench tasks`, `tasks-path`, `eval`, `floors` and `score`."""

import json as json_module
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from tqdm import tqdm

from sarbench import paths
from sarbench.catalogue import read_catalogue
from sarbench.cli.options import names
from sarbench.cli.tables import print_table, results_table
from sarbench.errors import UnknownNameError

Tasks = Annotated[list[str], typer.Option("--tasks", help="Tasks, groups or wildcards, comma-separated.")]
Out = Annotated[Path, typer.Option("--out", help="The run's folder.")]


def tasks(json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List what can be evaluated, and whether its data is built here."""
    catalogue = read_catalogue()
    listed = [{**asdict(spec), "built": _is_built(spec.dataset, spec.config)} for spec in catalogue.tasks.values()]
    if json:
        typer.echo(json_module.dumps({"tasks": listed, "groups": dict(catalogue.groups)}, indent=2))
        return
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("task", "version", "rows", "built here"):
        table.add_column(column, no_wrap=True)
    for task in listed:
        rows = f"{task['dataset']} {task['config']} {task['split']}"
        table.add_row(task["name"], task["version"], rows, "yes" if task["built"] else "no")
    print_table(table)
    for name, members in catalogue.groups.items():
        typer.echo(f"group {name}: {', '.join(members)}")


def tasks_path() -> None:
    """Print the folder of the task YAMLs, for lmms-eval's --include_path."""
    typer.echo(paths.tasks())


def eval_(
    model: Annotated[str, typer.Option("--model", help="lmms-eval's name of the backend, e.g. llava_hf.")],
    tasks: Tasks,
    out: Out,
    model_args: Annotated[str, typer.Option("--model_args", help="key=value,… as lmms-eval takes them.")] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N samples of each task.")] = None,
    batch_size: Annotated[int, typer.Option("--batch_size", min=1)] = 1,
    device: Annotated[str | None, typer.Option("--device", help="cpu, cuda, cuda:0 …")] = None,
    gen_kwargs: Annotated[str | None, typer.Option("--gen_kwargs", help="Generation settings, key=value,…")] = None,
    seed: Annotated[int, typer.Option("--seed")] = 0,
    coords: Annotated[str, typer.Option("--coords", help="Coordinate convention of the model's boxes.")] = "pixel",
    prompt: Annotated[str, typer.Option("--prompt", help="Prompt id: sarbench or authors.")] = "sarbench",
    perturb: Annotated[str | None, typer.Option("--perturb", help="Perturbation; blank = without the image.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
) -> None:
    """Evaluate a model through lmms-eval, one process a task, and write a run record."""
    from sarbench.cli.progress import AnswerBars
    from sarbench.lmms.launcher import Evaluation, evaluate
    from sarbench.lmms.settings import Settings
    from sarbench.runs.store import load_run

    asked = Evaluation(
        model=model,
        model_args=model_args,
        tasks=read_catalogue().select(names(tasks) or ()),
        out=out,
        settings=Settings(prompt=prompt, coords=coords, perturbation=perturb),
        limit=limit,
        batch_size=batch_size,
        device=device,
        gen_kwargs=gen_kwargs,
        seed=seed,
        resume=resume,
        command=("sarbench", *sys.argv[1:]),
    )
    with AnswerBars() as bars:
        manifest = evaluate(asked, listen=bars.listen)
    print_table(results_table([load_run(out)]))
    typer.echo(f"The run record is {out}. To see it: sarbench board --results {out} --out site")
    failed = sum(run.failed for run in manifest.tasks)
    if failed:
        typer.secho(f"{failed} samples failed in the harness; see `outcome` in {out}/samples", err=True)
        raise typer.Exit(3)


def floors(
    tasks: Tasks,
    out: Annotated[Path, typer.Option("--out", help="One run record per floor is written into this folder.")],
    seed: Annotated[int, typer.Option("--seed")] = 0,
) -> None:
    """Answer the tasks without a model: the majority answer, a prior draw, a random draw."""
    from sarbench.baselines import FLOORS, floor_run
    from sarbench.runs.store import load_run

    specs = read_catalogue().select(names(tasks) or ())
    with tqdm(desc="floors", unit="run", total=len(FLOORS)) as bar:
        for floor in FLOORS:
            floor_run(floor, specs, out / f"floor-{floor}", seed=seed, command=("sarbench", *sys.argv[1:]))
            bar.update()
    print_table(results_table([load_run(out / f"floor-{floor}") for floor in FLOORS]))


def score(
    run: Annotated[Path, typer.Argument(help="The folder of a run.")],
    tasks: Annotated[list[str] | None, typer.Option("--tasks", help="Only print these tasks.")] = None,
    clean: Annotated[
        Path | None,
        typer.Option("--clean", help="REPORT-clean of `sarbench leakage`: also score the rows it lists, as a slice."),
    ] = None,
) -> None:
    """Read and score the recorded answers again: offline, without a GPU, without lmms-eval."""
    from sarbench.runs.scoring import rescore_run
    from sarbench.runs.store import load_run

    rescore_run(run, clean=clean)
    wanted = names(tasks)
    only = [spec.name for spec in read_catalogue().select(wanted)] if wanted else None
    loaded = load_run(run)
    missing = set(only or ()) - {scored.task for scored in loaded.scores.tasks}
    if missing:
        raise UnknownNameError(
            where=run, problem=f"holds no {', '.join(sorted(missing))}", fix="Name tasks of this run"
        )
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("task", "metric", "slice", "value", "95 % interval", "n", "images"):
        table.add_column(column, justify="right" if column in ("value", "n", "images") else "left", no_wrap=True)
    for scored in loaded.scores.tasks:
        if only is None or scored.task in only:
            for number in scored.scores:
                interval = "" if number.low is None or number.high is None else f"{number.low:.4f} to {number.high:.4f}"
                value = "none" if number.value is None else f"{number.value:.4f}"
                table.add_row(
                    scored.task, number.metric, number.slice, value, interval, str(number.n), str(number.clusters)
                )
    print_table(table)


def _is_built(dataset: str, config: str) -> bool:
    return any((paths.built(dataset) / config).glob("test-*.parquet"))
