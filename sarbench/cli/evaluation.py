"""`sarbench tasks`, `tasks-path`, `eval` and `floors`."""

import json as json_module
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from tqdm import tqdm

from sarbench import paths
from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.cli.options import names
from sarbench.cli.tables import print_table, results_table

if TYPE_CHECKING:
    from sarbench.lmms.evaluation import Evaluation
    from sarbench.runs.record import Manifest

EVERY = "all"
"""What `--prompt` takes for every wording of the zero-shot prompt."""

Tasks = Annotated[list[str], typer.Option("--tasks", help="Tasks, groups or wildcards, comma-separated.")]
Out = Annotated[Path, typer.Option("--out", help="The run's folder.")]


def tasks(json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List what can be evaluated, and whether its data is built here."""
    from sarbench.task_data import why_not

    catalogue = read_catalogue()
    reasons = {spec.name: why_not(spec) for spec in catalogue.tasks.values()}
    listed = [
        {**asdict(spec), "built": reasons[spec.name] is None, "why_not": reasons[spec.name]}
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
        everything = {"tasks": listed, "groups": dict(catalogue.groups), "metrics": metrics, "rules": rule_versions()}
        typer.echo(json_module.dumps(everything, indent=2))
        return
    from sarbench.questions.kinds import KINDS

    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("task", "version", "question", "headline", "rows", "built here"):
        table.add_column(column, no_wrap=True)
    for task in listed:
        rows = f"{task['dataset']} {task['config']} {task['split']}" + (f" {task['asks']}" if task["asks"] else "")
        headline = KINDS[task["family"]].headline.name
        built = "yes" if task["built"] else "no"
        table.add_row(task["name"], task["version"], task["family"], headline, rows, built)
    print_table(table)
    for name, members in catalogue.groups.items():
        typer.echo(f"group {name}: {', '.join(members)}")


def tasks_path() -> None:
    """Print the folder of the task YAMLs, for lmms-eval's --include_path."""
    typer.echo(paths.tasks())


def _chosen(tasks: list[str]) -> tuple[TaskSpec, ...]:
    """Select tasks; what a group or a wildcard brings along and cannot be asked is said and left out."""
    from sarbench.task_data import askable

    wanted = names(tasks) or ()
    specs, left_out = askable(read_catalogue().select(wanted), wanted)
    for name, why in left_out.items():
        typer.secho(f"{name} is left out: {why}", err=True)
    return specs


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
    coords: Annotated[
        str | None,
        typer.Option("--coords", help="Convention of the model's boxes, or @FILE of `sarbench calibrate`."),
    ] = None,
    prompt: Annotated[
        str,
        typer.Option(
            "--prompt", help="sarbench, sarbench-2, sarbench-3, sarbench-4 or authors; all: the first four, a run each."
        ),
    ] = "sarbench",
    history: Annotated[str, typer.Option("--history", help="Earlier turns of a dialogue: none, or gold.")] = "none",
    perturb: Annotated[
        str | None,
        typer.Option(
            "--perturb", help="speckle, looks, gsd, range, ghost, blank or shuffle, e.g. speckle:L=1+gsd:factor=2."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
) -> None:
    """Evaluate a model through lmms-eval, one process a task, and write a run record."""
    from sarbench.lmms.evaluation import Evaluation
    from sarbench.lmms.settings import Settings

    settings = Settings(
        prompt="sarbench" if prompt == EVERY else prompt,
        coords=_declared(coords, model, model_args),
        perturbation=perturb,
        history=history,
    )
    asked = Evaluation(
        model=model,
        model_args=model_args,
        tasks=_chosen(tasks),
        out=out,
        settings=settings,
        limit=limit,
        batch_size=batch_size,
        device=device,
        gen_kwargs=gen_kwargs,
        seed=seed,
        resume=resume,
        may_build=frozenset(names(tasks) or ()),
        command=("sarbench", *sys.argv[1:]),
    )
    made = _ask_every_wording(asked) if prompt == EVERY else _ask(asked)
    if _say_what_failed(made):
        raise typer.Exit(3)


def _say_what_failed(made: "Mapping[Path, Manifest]") -> bool:
    failed = {folder: sum(run.failed for run in manifest.tasks) for folder, manifest in made.items()}
    for folder, number in failed.items():
        if number:
            typer.secho(f"{number} samples failed in the harness; see `outcome` in {folder}/samples", err=True)
    return any(failed.values())


def _ask(asked: "Evaluation") -> "Mapping[Path, Manifest]":
    from sarbench.cli.progress import AnswerBars
    from sarbench.lmms.launcher import evaluate
    from sarbench.runs.store import load_run

    with AnswerBars() as bars:
        manifest = evaluate(asked, listen=bars.listen)
    print_table(results_table([load_run(asked.out)]))
    typer.echo(f"The run record is {asked.out}. To see it: sarbench board --results {asked.out} --out site")
    return {asked.out: manifest}


def _ask_every_wording(asked: "Evaluation") -> "Mapping[Path, Manifest]":
    from sarbench.cli.progress import AnswerBars
    from sarbench.cli.wordings import print_spreads
    from sarbench.lmms.wordings import evaluate_wordings
    from sarbench.prompts import PARAPHRASES
    from sarbench.runs.store import WORDINGS, load_scores

    with ExitStack() as stack:
        bars: dict[str, AnswerBars] = {prompt: stack.enter_context(AnswerBars(f"{prompt}: ")) for prompt in PARAPHRASES}
        made = evaluate_wordings(asked, listen=lambda prompt, spec, event: bars[prompt].listen(spec, event))
    print_spreads(load_scores(asked.out).wordings)
    typer.echo(
        f"The run record is {asked.out}, under the default wording; the others lie in {asked.out / WORDINGS}. "
        f"To see it: sarbench board --results {asked.out} --out site"
    )
    return made


def _declared(coords: str | None, model: str, model_args: str) -> str:
    """Return the convention that was named, or that of the model's family; pixels where neither says anything."""
    from sarbench.calibrate import coords_option
    from sarbench.lmms.conventions import convention_for
    from sarbench.lmms.model_args import parse_model_args

    if coords is not None:
        return coords_option(coords)
    declared = convention_for(model, parse_model_args(model_args))
    if declared is None:
        typer.secho("No --coords, and the family of the model is not known: its boxes are read as pixels", err=True)
        return "pixel"
    typer.secho(f"Boxes are read as {declared.convention} ({declared.source})", err=True)
    return declared.convention


def floors(
    tasks: Tasks,
    out: Annotated[Path, typer.Option("--out", help="One run record per floor is written into this folder.")],
    seed: Annotated[int, typer.Option("--seed")] = 0,
) -> None:
    """Answer the tasks without a model: the majority answer, a prior draw, a random draw."""
    from sarbench.baselines import FLOORS, floor_run
    from sarbench.runs.store import load_run

    specs = _chosen(tasks)
    with tqdm(desc="floors", unit="run", total=len(FLOORS)) as bar:
        for floor in FLOORS:
            floor_run(floor, specs, out / f"floor-{floor}", seed=seed, command=("sarbench", *sys.argv[1:]))
            bar.update()
    print_table(results_table([load_run(out / f"floor-{floor}") for floor in FLOORS]))
