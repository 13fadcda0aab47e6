"""Runs → rows of the board, and which row of a model ranks on which task."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from sarbench.board.entries import Entry, Result, Role, Variant
from sarbench.board.errata import Erratum, withdrawal
from sarbench.board.identity import Identity, identity
from sarbench.board.telling_apart import telling_apart
from sarbench.errors import InputError
from sarbench.runs.record import Manifest
from sarbench.runs.store import Run


def entries(runs: Sequence[Run], errata: Sequence[Erratum] = ()) -> tuple[Entry, ...]:
    """Bring results together into rows, in an order that does not depend on the order of `runs`.

    Results share a row where identity and perturbation agree, as long as no task stands in it twice: whole ones go
    first, then those of runs that were begun earlier. So a task that was run again alone completes the row of the
    others. Runs that were asked one task on other data, or by other rules, share no row.

    On each task, one row of a model and revision ranks (an unknown revision is one revision): of those by the prompt
    that ranks, the one whose run was begun first and is not withdrawn by `errata`, never the one that scored best.
    Choosing among settings by the truth of the test split would be tuning on it.

    Raises:
        InputError: Two runs have the same id.
    """
    ordered = sorted(runs, key=lambda run: run.manifest.run_id)
    for run, following in pairwise(ordered):
        if run.manifest.run_id == following.manifest.run_id:
            problem = f"has the same run id as {run.folder}: {run.manifest.run_id}"
            raise InputError(where=following.folder, problem=problem, fix="Keep one of the two folders")
    rows: dict[tuple[Role, str, Identity], list[Entry]] = {}
    for result in sorted(_results(ordered, errata), key=lambda result: (not result.whole, *result.begun)):
        manifest = result.run.manifest
        _add(rows.setdefault((_role(manifest), manifest.perturbation or "", identity(manifest)), []), result)
    made = sorted((entry for row in rows.values() for entry in row), key=lambda entry: entry.key)
    return tuple(telling_apart(_ranking_once(_ranking_by_one_prompt(made))))


def _results(runs: Sequence[Run], errata: Sequence[Erratum]) -> list[Result]:
    scored = [{scores.task: scores for scores in run.scores.tasks} for run in runs]
    return [
        Result(run, task, held.get(task.task), withdrawal(errata, run.manifest, task.task))
        for run, held in zip(runs, scored, strict=True)
        for task in run.manifest.tasks
    ]


def _add(rows: list[Entry], result: Result) -> None:
    """Add a result to the first of the rows that admits it, or as a row of its own."""
    run = result.run
    for index, row in enumerate(rows):
        if _admits(row, result):
            joined = row.runs if any(each is run for each in row.runs) else (*row.runs, run)
            rows[index] = replace(row, runs=joined, results=(*row.results, result))
            return
    manifest = run.manifest
    rows.append(Entry(_role(manifest), manifest.model, manifest.perturbation, identity(manifest), (run,), (result,)))


def _admits(row: Entry, result: Result) -> bool:
    free = all(held.task.task != result.task.task for held in row.results)
    return free and all(_agree(run, result.run) for run in row.runs)


def _agree(one: Run, other: Run) -> bool:
    """Whether two runs were asked the same questions on every task that both did."""
    asked = {task.task: Variant.of(task) for task in one.manifest.tasks}
    return all(asked.get(task.task, Variant.of(task)) == Variant.of(task) for task in other.manifest.tasks)


def _ranking_by_one_prompt(rows: Sequence[Entry]) -> list[Entry]:
    """Let a model rank by the plain prompt, or by the authors' where nothing whole was asked plainly."""
    plain = [row for row in rows if row.role == "model" and row.identity.is_plain]
    return [
        replace(row, role="other_prompt")
        if row.role == "model" and not row.identity.is_plain and not _ranks_by_authors(row, plain)
        else row
        for row in rows
    ]


def _ranks_by_authors(row: Entry, plain: Sequence[Entry]) -> bool:
    if not row.identity.by_authors:
        return False
    same = [other for other in plain if other.holder == row.holder]
    whole = {result.variant for other in same for result in other.results if result.whole}
    return whole.isdisjoint(row.variants)


def _ranking_once(rows: Sequence[Entry]) -> list[Entry]:
    """Set aside, task by task, the rows of a model whose runs were begun after the first one."""
    first: dict[tuple[tuple[str, str], Variant], tuple[datetime, str]] = {}
    for row in rows:
        for result in row.results:
            if row.role == "model" and result.whole:
                place = (row.holder, result.variant)
                first[place] = min(first.get(place, result.begun), result.begun)
    return [_without_further(row, first) if row.role == "model" else row for row in rows]


def _without_further(row: Entry, first: dict[tuple[tuple[str, str], Variant], tuple[datetime, str]]) -> Entry:
    whole = [result for result in row.results if result.whole]
    further = frozenset(result.variant for result in whole if first[row.holder, result.variant] != result.begun)
    ranks = any(result.variant not in further for result in whole)
    return replace(row, role="other_prompt" if further and not ranks else "model", further=further)


def _role(manifest: Manifest) -> Role:
    if manifest.kind == "floor":
        return "floor"
    if manifest.perturbation is None:
        return "model"
    return "blind" if manifest.perturbation == "blank" else "perturbed"
