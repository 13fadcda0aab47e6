"""`sarbench calibrate`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from sarbench.cli.options import names, out_path
from sarbench.cli.tables import print_table
from sarbench.errors import UnknownNameError

if TYPE_CHECKING:
    from sarbench.calibrate import Calibration, Source
    from sarbench.lmms.evaluation import Evaluation

Given = Annotated[
    Path | None,
    typer.Argument(metavar="RUN|FILE", help="A run on train or validation items, or a file of answers to such items."),
]
Model = Annotated[str | None, typer.Option("--model", help="Ask this backend of lmms-eval, where no RUN or FILE is.")]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="--model: questions of each task, from all over the split. [200]")
]
Tasks = Annotated[
    list[str] | None,
    typer.Option("--tasks", help="--model, FILE: the tasks whose items are or were asked. RUN: only these."),
]
Split = Annotated[
    str | None, typer.Option("--split", help="train or validation. Default: validation; with --model, else train.")
]
Candidates = Annotated[
    list[str] | None,
    typer.Option("--candidate", help="A convention to try beside the usual ones; may be repeated."),
]


def calibrate(
    out: Annotated[
        Path,
        typer.Option("--out", parser=out_path, metavar="PATH", help="The calibration as JSON, for --coords @FILE."),
    ],
    source: Given = None,
    model: Model = None,
    model_args: Annotated[str, typer.Option("--model_args", help="key=value,… as lmms-eval takes them.")] = "",
    tasks: Tasks = None,
    split: Split = None,
    limit: Limit = None,
    batch_size: Annotated[int, typer.Option("--batch_size", min=1)] = 1,
    device: Annotated[str | None, typer.Option("--device", help="cpu, cuda, cuda:0 …")] = None,
    gen_kwargs: Annotated[str | None, typer.Option("--gen_kwargs", help="Generation settings, key=value,…")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the model, and of the choice of questions.")] = 0,
    coords: Annotated[
        str | None, typer.Option("--coords", help="--model: the convention that is asked for. Default: the family's.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="--model: go on with the answers beside --out.")] = False,
    candidates: Candidates = None,
) -> None:
    """Estimate the coordinate convention of a model from items with truth, never from a test split.

    With --model, the model is asked; its answers are kept beside FILE as the run FILE-run (less FILE's suffix).
    """
    from sarbench.calibrate import LIMIT, save_calibration
    from sarbench.calibrate import calibrate as estimate
    from sarbench.lmms.evaluation import Evaluation

    chosen = names(tasks) or ()
    failed = 0
    if model is None or source is not None:
        found = _given(source, model, chosen, split or "validation")
    else:
        asked = Evaluation(
            model=model,
            model_args=model_args,
            tasks=(),
            out=out.with_name(f"{out.stem}-run"),
            limit=limit or LIMIT,
            batch_size=batch_size,
            device=device,
            gen_kwargs=gen_kwargs,
            seed=seed,
            resume=resume,
            command=("sarbench", *sys.argv[1:]),
        )
        found, failed = _asked(asked, chosen, split, coords)
    named = (*_spoken(found, model, model_args, source), *(candidates or ()))
    calibration = estimate(found.items, candidates=_tried(named))
    save_calibration(out, calibration, found)
    print_table(_table(calibration))
    chance = calibration.fit.chance
    if chance is not None:
        typer.echo(f"The same answers given to other images: mean IoU {chance:.3f}")
    typer.echo(f"{'Clear' if calibration.clear else 'NOT CLEAR'}: {calibration.why}. Wrote {out}")
    if failed:
        typer.secho(f"{failed} samples failed in the harness and were left out", err=True)
        raise typer.Exit(3)


def _given(source: Path | None, model: str | None, tasks: Sequence[str], split: str) -> "Source":
    """Read answers that there are already."""
    from sarbench.calibrate import items_of_file, items_of_run

    if source is None:
        fix = "Give a run, a file of answers, or --model with --tasks"
        raise UnknownNameError(where="calibrate", problem="has no answers and no model to ask", fix=fix)
    if model is not None:
        fix = "Leave out --model to read these answers, or the path to ask the model"
        raise UnknownNameError(where=source, problem=f"holds answers, and --model {model} would give others", fix=fix)
    if source.is_dir():
        return items_of_run(source, tasks=tasks or None)
    if not tasks:
        fix = "Add --tasks with the tasks whose items it answers"
        raise UnknownNameError(where=source, problem="does not say which tasks it answers", fix=fix)
    return items_of_file(source, tasks, split=split)


def _asked(asked: "Evaluation", tasks: Sequence[str], split: str | None, coords: str | None) -> tuple["Source", int]:
    """Ask the model, or go on where it was stopped; return its answers, and how many failed."""
    from sarbench.calibrate import items_of_run
    from sarbench.cli.progress import AnswerBars
    from sarbench.lmms.calibration import calibration_run
    from sarbench.lmms.launcher import evaluate

    asked = calibration_run(asked, tasks, split=split, coords=coords)
    typer.secho(f"The prompts ask for {asked.settings.coords}; the answers are kept in {asked.out}", err=True)
    with AnswerBars() as bars:
        manifest = evaluate(asked, listen=bars.listen)
    names_asked = [spec.name for spec in asked.tasks]
    runs = [run for run in manifest.tasks if run.task in names_asked]
    if any(run.simulated for run in runs):
        typer.secho("The items are simulated: what a model says of real images may differ", err=True)
    return items_of_run(asked.out, tasks=names_asked), sum(run.failed for run in runs)


def _spoken(found: "Source", model: str | None, model_args: str, source: Path | None) -> tuple[str, ...]:
    """Return the convention that the answers were asked in, and what the model's family declares, where known."""
    from sarbench.lmms.conventions import convention_for
    from sarbench.lmms.model_args import parse_model_args
    from sarbench.runs.store import load_manifest

    if source is not None and source.is_dir():
        backend = load_manifest(source).backend
        declared = convention_for(backend.name, backend.args)
    else:
        declared = convention_for(model, parse_model_args(model_args)) if model is not None else None
    known = (found.asked_in, declared.convention if declared else None)
    return tuple(convention for convention in known if convention is not None)


def _tried(named: Sequence[str]) -> tuple[str, ...]:
    """Put the usual conventions first, in whose order equals are preferred; what is named twice is tried once."""
    from sarbench.calibrate import CANDIDATES
    from sarbench.coords import parse_convention

    return tuple(dict.fromkeys((*CANDIDATES, *(parse_convention(name).name for name in named))))


def _table(calibration: "Calibration") -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in ("convention", "mean IoU", "95 % interval", "F1@0.5", "in the image", "p", ""):
        table.add_column(column, justify="left" if column in ("convention", "") else "right", no_wrap=True)
    for each in calibration.candidates:
        interval = "" if each.low is None or each.high is None else f"{each.low:.3f} to {each.high:.3f}"
        remark = "chosen" if each.convention == calibration.convention else "reads these alike" if each.alike else ""
        p, numbers = "" if each.p is None else f"{each.p:.4f}", (each.mean_iou or 0.0, each.f1 or 0.0)
        cells = (f"{numbers[0]:.3f}", interval, f"{numbers[1]:.3f}", str(each.in_range), p, remark)
        table.add_row(each.convention, *cells)
    return table
