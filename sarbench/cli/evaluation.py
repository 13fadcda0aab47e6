"""`sarbench tasks`, `tasks-path`, `eval`, `floors` and `score`."""

import json as json_module
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from tqdm import tqdm

from sarbench import paths
from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.cli.options import names
from sarbench.cli.tables import outcomes_line, print_table, results_table, scores_table, shortfalls
from sarbench.errors import InputError, UnknownNameError
from sarbench.runs.record import TaskScores
from sarbench.runs.subset import CLEAN

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
        str, typer.Option("--prompt", help="sarbench, sarbench-2, sarbench-3, sarbench-4 or authors.")
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
    from sarbench.cli.progress import AnswerBars
    from sarbench.lmms.evaluation import Evaluation
    from sarbench.lmms.launcher import evaluate
    from sarbench.lmms.settings import Settings
    from sarbench.runs.store import load_run

    asked = Evaluation(
        model=model,
        model_args=model_args,
        tasks=_chosen(tasks),
        out=out,
        settings=Settings(
            prompt=prompt, coords=_declared(coords, model, model_args), perturbation=perturb, history=history
        ),
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


def score(
    source: Annotated[Path, typer.Argument(metavar="RUN|FILE", help="A run's folder, or a file of answers.")],
    tasks: Annotated[
        list[str] | None, typer.Option("--tasks", help="FILE: the tasks it answers. RUN: only print these.")
    ] = None,
    coords: Annotated[
        str | None, typer.Option("--coords", help="FILE: coordinate convention of the boxes; pixel if not given.")
    ] = None,
    protocols: Annotated[
        list[str] | None,
        typer.Option("--protocols", help="strict,paper; for captions also coco,nltk (Java, WordNet); or all."),
    ] = None,
    clean: Annotated[
        Path | None,
        typer.Option("--clean", help="RUN: REPORT-clean of `sarbench leakage`: also score the rows it lists."),
    ] = None,
    slices: Annotated[bool, typer.Option("--slices", help="Print the parts of each task too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Read and score answers offline: a run's again, or a file of {"id", "prediction"} lines from any harness."""
    from sarbench.runs.tally import ALWAYS, WHOLE, protocols_named

    wanted = protocols_named(names(protocols) or ALWAYS)
    if source.is_dir():
        if coords is not None:
            fix = "Leave --coords out; it is for files of answers"
            raise UnknownNameError(where=source, problem="is a run, which has its convention", fix=fix)
        scored = _score_run(source, names(tasks), clean, wanted)
    else:
        scored = _score_file(source, names(tasks), coords or "pixel", clean, wanted)
    if json:
        typer.echo(json_module.dumps([task.model_dump(mode="json") for task in scored], indent=2))
        return
    shown = [number for task in scored for number in task.scores if number.protocol in wanted]
    print_table(scores_table([number for number in shown if slices or number.slice in (WHOLE, CLEAN)]))
    for task in scored:
        for line in (*outcomes_line(task), *shortfalls(task)):
            typer.secho(line, err=True)
    if not any(task.samples for task in scored):
        raise InputError(where=source, problem="holds no answer to these tasks", fix="Give a file with answers")


def _score_run(
    run: Path, tasks: Sequence[str] | None, clean: Path | None, protocols: Sequence[str]
) -> list[TaskScores]:
    from sarbench.runs.scoring import rescore_run

    scores = rescore_run(run, clean=clean, protocols=protocols)
    only = [spec.name for spec in read_catalogue().select(tasks)] if tasks else None
    missing = set(only or ()) - {scored.task for scored in scores.tasks}
    if missing:
        raise UnknownNameError(
            where=run, problem=f"holds no {', '.join(sorted(missing))}", fix="Name tasks of this run"
        )
    return [scored for scored in scores.tasks if only is None or scored.task in only]


def _score_file(
    file: Path, tasks: Sequence[str] | None, coords: str, clean: Path | None, protocols: Sequence[str]
) -> list[TaskScores]:
    from sarbench.answer_file import score_file

    if clean is not None:
        raise UnknownNameError(where=file, problem="is no run, which --clean is for", fix="Leave --clean out")
    if not file.is_file():
        fix = "Give the folder of a run, or a file of answers"
        raise InputError(where=file, problem="there is no such file or folder", fix=fix)
    if not tasks:
        fix = "Add --tasks with the tasks that it answers; `sarbench tasks` lists them"
        raise UnknownNameError(where=file, problem="does not say which tasks it answers", fix=fix)
    return score_file(file, read_catalogue().select(tasks), coords=coords, protocols=protocols)
