"""`sarbench eval` and `floors`."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm

from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.cli.board import board_command
from sarbench.cli.options import names, out_path
from sarbench.cli.tables import print_table, results_table
from sarbench.errors import InputError

if TYPE_CHECKING:
    from sarbench.lmms.evaluation import Evaluation
    from sarbench.runs.record import Manifest

_RESIZE = (
    'Give --coords "pixel_resized(28,MIN,MAX)" with min_pixels and max_pixels of its image processor, '
    "or --coords @FILE of `sarbench calibrate`, or a folder of the model that holds preprocessor_config.json"
)
_SHOWN = ("identification", "region")
"""Kinds of questions that are put with boxes and answered without."""
EVERY = "all"
"""What `--prompt` takes for every wording of the zero-shot prompt."""

Tasks = Annotated[list[str], typer.Option("--tasks", help="Tasks, groups or wildcards, comma-separated.")]
Out = Annotated[Path, typer.Option("--out", parser=out_path, metavar="PATH", help="The run's folder.")]
Coords = Annotated[
    str | None, typer.Option("--coords", help="Convention of the model's boxes, or @FILE of `sarbench calibrate`.")
]
PromptId = Annotated[
    str,
    typer.Option(
        "--prompt", help="sarbench, sarbench-2, sarbench-3, sarbench-4 or authors; all: the first four, a run each."
    ),
]
Perturb = Annotated[
    str | None,
    typer.Option(
        "--perturb",
        help="speckle:L=8|4|2|1, looks:L=4|9|16|25, gsd:factor=2|3|4|8, range:db=24|18|12|6, ghost:db=20|13|6|3, blank "
        "or shuffle: the severities of `robustness`. Also other values, and several: speckle:L=1+gsd:factor=2.",
    ),
]
ModelInfoFile = Annotated[
    Path | None,
    typer.Option(
        "--model-info",
        metavar="FILE",
        help="JSON with what only you know of the model: licence, open_weights, training_sets, id, parameters.",
    ),
]
CheckBatches = Annotated[
    int,
    typer.Option(
        "--check-batches",
        min=0,
        metavar="N",
        help="sarbench_hf: first ask N questions of each task one by one and in batches; note how many differ.",
    ),
]


def _chosen(tasks: list[str]) -> tuple[TaskSpec, ...]:
    """Select tasks; what a group or a wildcard brings along and cannot be asked is said and left out."""
    from sarbench.task_data import askable

    wanted = names(tasks) or ()
    selected = read_catalogue().select(wanted)
    specs, left_out = askable(selected, wanted)
    for line in (*_left_out(selected, left_out), *_fallen_back(specs)):
        typer.secho(line, err=True)
    return specs


def _left_out(specs: Sequence[TaskSpec], reasons: Mapping[str, str]) -> list[str]:
    """Say what is left out and why, what has one reason in one line."""
    from sarbench.task_data import build_commands, is_missing

    left_out = [spec for spec in specs if spec.name in reasons]
    missing = [spec for spec in left_out if is_missing(spec)]
    grouped: dict[str, list[str]] = {}
    if missing:
        commands = "; ".join(f"`{command}`" for command in build_commands(missing))
        grouped[f"not built. Build it: {commands}"] = [spec.name for spec in missing]
    for spec in left_out:
        if spec not in missing:
            grouped.setdefault(reasons[spec.name].replace(spec.name, "it"), []).append(spec.name)
    return [f"Left out: {_some(found)}: {why}" for why, found in grouped.items()]


def _fallen_back(specs: Sequence[TaskSpec]) -> list[str]:
    """Say which tasks are asked on another split than their own, since that is not built."""
    from sarbench.task_data import asked_split

    found: dict[tuple[str, str], list[str]] = {}
    for spec in specs:
        if (split := asked_split(spec)) != spec.split:
            found.setdefault((split, spec.split), []).append(spec.name)
    return [
        f"Asked on the split {split}, for no {own} split is built: {_some(names_)}. A model may have learned from it: "
        "the board shows the numbers without a rank"
        for (split, own), names_ in found.items()
    ]


def _some(found: Sequence[str], *, most: int = 4) -> str:
    """Name the first of many."""
    more = len(found) - most
    return ", ".join(found[:most]) + (f" and {more} other{'s' * (more > 1)}" if more > 0 else "")


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
    coords: Coords = None,
    prompt: PromptId = "sarbench",
    history: Annotated[str, typer.Option("--history", help="Earlier turns of a dialogue: none, or gold.")] = "none",
    perturb: Perturb = None,
    model_info: ModelInfoFile = None,
    check_batches: CheckBatches = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
) -> None:
    """Evaluate a model through lmms-eval, one process a task, and write a run record."""
    from sarbench.lmms.evaluation import Evaluation
    from sarbench.lmms.model_info import Told, read_told
    from sarbench.lmms.preflight import require_backend
    from sarbench.lmms.settings import Settings

    settings = Settings(prompt="sarbench" if prompt == EVERY else prompt, perturbation=perturb, history=history)
    require_backend(model)
    if line := _no_severity(settings.perturbation):
        typer.secho(line, err=True)
    specs = _chosen(tasks)
    settings = replace(settings, coords=_declared(coords, model, model_args, specs))
    asked = Evaluation(
        model=model,
        model_args=model_args,
        tasks=specs,
        out=out,
        settings=settings,
        limit=limit,
        batch_size=batch_size,
        device=device,
        gen_kwargs=gen_kwargs,
        seed=seed,
        resume=resume,
        check_batches=check_batches,
        may_build=frozenset(names(tasks) or ()),
        told=read_told(model_info) if model_info else Told(),
        command=("sarbench", *sys.argv[1:]),
    )
    made = _ask_every_wording(asked) if prompt == EVERY else _ask(asked)
    if _say_what_failed(made, asked):
        raise typer.Exit(3)


def _no_severity(spec: str | None) -> str:
    """Say that a perturbation is part of no severity curve; empty where it is, and where there is none."""
    from sarbench.perturb import LEVELS, parse_spec

    found = parse_spec(spec)
    if found is None or found.spec in LEVELS[found.name]:
        return ""
    return (
        f"--perturb {found.spec} is no standard severity: it can be compared, and `sarbench robustness` does not take "
        f"it. Those of {found.name}: {', '.join(LEVELS[found.name])}"
    )


def _say_what_failed(made: "Mapping[Path, Manifest]", asked: "Evaluation") -> bool:
    """Say how many answers failed in the harness, what most of them say, and how they are asked again."""
    from sarbench.lmms.failures import commonest_failure
    from sarbench.lmms.secrets import hiding

    hide = hiding(asked.arguments, asked.generation)
    failed = {folder: [run for run in manifest.tasks if run.failed] for folder, manifest in made.items()}
    for folder, runs in failed.items():
        if runs:
            number = sum(run.failed for run in runs)
            said = commonest_failure(folder, [run.task for run in runs], hide=hide)
            typer.secho(
                f"{number} samples failed in the harness, most often with: {said}\n"
                f"The same command with --resume asks them again; see `outcome` in {folder}/samples",
                err=True,
            )
    return any(failed.values())


def _ask(asked: "Evaluation") -> "Mapping[Path, Manifest]":
    from sarbench.cli.progress import AnswerBars
    from sarbench.lmms.launcher import evaluate
    from sarbench.runs.store import load_run

    with AnswerBars() as bars:
        manifest = evaluate(asked, listen=bars.listen)
    print_table(results_table([load_run(asked.out)]))
    typer.echo(f"The run record is {asked.out}. To see it: {board_command(asked.out)}")
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
        f"To see it: {board_command(asked.out)}"
    )
    return made


def _declared(coords: str | None, model: str, model_args: str, tasks: Sequence[TaskSpec]) -> str:
    """Return the convention that was named, or that of the model's family; pixels where neither says anything.

    Raises:
        InputError: A task asks for boxes, and the family speaks pixels of an image whose resize is not known: read as
            any others they would be wrong.
    """
    from sarbench.calibrate import coords_option
    from sarbench.lmms.conventions import convention_for, family_of
    from sarbench.lmms.model_args import model_id, parse_model_args
    from sarbench.questions.score import BOX_KINDS

    if coords is not None:
        return coords_option(coords, model=model_id(model, parse_model_args(model_args)))
    args = parse_model_args(model_args)
    declared = convention_for(model, args)
    if declared is not None:
        typer.secho(f"Boxes are read as {declared.convention} ({declared.source})", err=True)
        return declared.convention
    family = family_of(model, args)
    if family is None:
        if any(spec.family in (*BOX_KINDS, *_SHOWN) for spec in tasks):
            typer.secho("No --coords, and the family of the model is not known: its boxes are read as pixels", err=True)
        return "pixel"
    problem = f"{family.name} answers in pixels of the image after a resize that is not known here"
    boxes = [spec.name for spec in tasks if spec.family in BOX_KINDS]
    if boxes:
        raise InputError(where=f"--model {model}", problem=f"{problem}, and {boxes[0]} asks for boxes", fix=_RESIZE)
    typer.secho(f"{problem}; no task asks for boxes, and those in questions are written as pixels", err=True)
    return "pixel"


def floors(
    tasks: Tasks,
    out: Annotated[
        Path,
        typer.Option(
            "--out", parser=out_path, metavar="PATH", help="One run record per floor is written into this folder."
        ),
    ],
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
