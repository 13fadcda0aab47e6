"""`sarbench score`."""

import json as json_module
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

import typer

from sarbench.catalogue import read_catalogue
from sarbench.cli.options import names
from sarbench.cli.retrievable import means_retrieval, recorded
from sarbench.cli.tables import outcomes_line, print_table, scores_table, shortfalls
from sarbench.errors import InputError, UnknownNameError
from sarbench.runs.record import Manifest, Scores, TaskScores
from sarbench.runs.subset import CLEAN


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
    else:
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
    from sarbench.runs.store import load_manifest, load_scores

    manifest = load_manifest(run)
    held = [task.task for task in manifest.tasks]
    only = _named(tasks, held) if tasks else held
    missing = set(only) - set(held)
    if missing:
        fix = f"Name tasks of this run: {', '.join(held)}"
        raise UnknownNameError(where=run, problem=f"holds no task named {', '.join(sorted(missing))}", fix=fix)
    before = None
    with suppress(InputError):  # a run that was never scored
        before = load_scores(run)
    scores = rescore_run(run, clean=clean, protocols=protocols)
    for line in _stale(run, manifest, before, scores) if before else ():
        typer.secho(line, err=True)
    return [scored for scored in scores.tasks if scored.task in only]


def _named(wanted: Sequence[str], held: Sequence[str]) -> list[str]:
    """Resolve names of tasks, groups and wildcards; retrieval is in no catalogue, only in the run that holds it."""
    from sarbench.questions.retrieval import is_retrieval

    retrieval = [task for task in held if is_retrieval(task)]
    found: list[str] = []
    for name in wanted:
        matches = [task for task in retrieval if fnmatchcase(task, recorded(name))]
        if not matches and means_retrieval(name):
            matches = [name]
        found += matches or [spec.name for spec in read_catalogue().select([name])]
    return found


def _stale(run: Path, manifest: Manifest, before: Scores, after: Scores) -> Iterator[str]:
    """Say what was made from this run's former numbers and those of others, and how it is made again."""
    from sarbench.runs.carried import dropped

    curves, spreads = dropped(before, after)
    points = [point.run_id for curve in curves for point in curve.points] + [curve.floor_run_id for curve in curves]
    asked = [wording.run_id for spread in spreads for wording in spread.wordings]
    for what, ids, command in (
        ("severity curves", points, "robustness"),
        ("spreads over wordings", asked, "wordings"),
    ):
        others = [_place(run, name) for name in dict.fromkeys(ids) if name and name != manifest.run_id]
        if others:
            yield (
                f"Stale, and dropped: {what}. To make them again, score {', '.join(others)} too, then run "
                f"`sarbench {command} {run} RUN …` with their folders"
            )


def _place(run: Path, run_id: str) -> str:
    """Return the folder of a wording that lies inside the run; of any other run only the name is known."""
    from sarbench.runs.store import WORDINGS

    inside = run / WORDINGS / run_id
    return str(inside) if inside.is_dir() else run_id


def _score_file(
    file: Path, tasks: Sequence[str] | None, coords: str, clean: Path | None, protocols: Sequence[str]
) -> list[TaskScores]:
    from sarbench.answer_file import score_file
    from sarbench.task_data import askable

    if clean is not None:
        raise UnknownNameError(where=file, problem="is no run, which --clean is for", fix="Leave --clean out")
    if not file.exists():
        fix = "Give the folder of a run, or a file of answers; /dev/stdin is what a pipe brings"
        raise InputError(where=file, problem="there is no such file or folder", fix=fix)
    if not tasks:
        fix = "Add --tasks with the tasks that it answers; `sarbench tasks` lists them"
        raise UnknownNameError(where=file, problem="does not say which tasks it answers", fix=fix)
    for name in tasks:
        if means_retrieval(name):
            fix = "Run `sarbench retrieve`, then `sarbench score` on the run"
            raise UnknownNameError(where=name, problem="is scored from embeddings, not from texts", fix=fix)
    specs, left_out = askable(read_catalogue().select(tasks), tasks)
    for name, why in left_out.items():
        typer.secho(f"{name} is left out: {why}", err=True)
    return score_file(file, specs, coords=coords, protocols=protocols)
