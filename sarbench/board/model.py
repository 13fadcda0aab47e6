"""The board as values: computed once from the runs, then only written down."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sarbench.board.comparability import Comparison, comparisons
from sarbench.board.entries import Entry, Result, Variant, interval
from sarbench.board.errata import Erratum
from sarbench.board.names import metric_label, task_label
from sarbench.board.ranking import Standing, borda
from sarbench.board.rows import entries
from sarbench.board.standings import Cell, Standings, standings
from sarbench.board.texts import further
from sarbench.runs.store import Run


@dataclass(frozen=True)
class Column:
    """One task of a table."""

    key: str
    label: str
    metric: str
    unit: str
    top: float
    """End of the scale that the interval bars of this column share, which starts at 0."""
    standings: Standings


@dataclass(frozen=True)
class Row:
    """One model, blind run, floor, or model asked or shown something else."""

    entry: Entry
    standing: Standing | None
    cells: tuple[Cell | None, ...]
    """One per column."""
    not_ok: float | None
    """Share of answers whose outcome is not `ok`; None where there is no answer."""
    failed: int
    remarks: tuple[str, ...]
    """Why a model is not in the overall order, and what was withdrawn."""

    @property
    def date(self) -> str:
        """The day its last run ended, ISO 8601."""
        return max(run.manifest.ended for run in self.entry.runs)[:10]

    @property
    def scored_by(self) -> str:
        """The sarbench versions that computed its scores."""
        return ", ".join(sorted({run.scores.sarbench_version for run in self.entry.runs}))

    @property
    def task_versions(self) -> str:
        """The versions of the tasks that it did."""
        return ", ".join(sorted({result.task.version for result in self.entry.results}))


@dataclass(frozen=True)
class Table:
    """Rows that may be compared with each other."""

    id: str
    title: str
    reasons: tuple[str, ...]
    columns: tuple[Column, ...]
    counted: tuple[str, ...]
    """Tasks that the overall order is taken over, from left to right."""
    ranked: tuple[Row, ...]
    unranked: tuple[Row, ...]
    other_prompt: tuple[Row, ...]
    blind: tuple[Row, ...]
    floors: tuple[Row, ...]
    perturbed: tuple[Row, ...]
    verdict: str
    """Who leads, by how much, and whether the intervals say so."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows from top to bottom."""
        return (*self.ranked, *self.unranked, *self.other_prompt, *self.blind, *self.floors, *self.perturbed)

    @property
    def changed(self) -> tuple[tuple[str, tuple[Run, ...]], ...]:
        """Every model with its runs on changed images, which a severity curve makes too many for rows of their own."""
        runs = {run.manifest.run_id: run for row in self.perturbed for run in row.entry.runs}
        ordered = sorted(runs.values(), key=lambda run: (run.manifest.perturbation or "", run.manifest.run_id))
        models = sorted({run.manifest.model.id for run in ordered})
        return tuple((model, tuple(run for run in ordered if run.manifest.model.id == model)) for model in models)

    @property
    def datasets(self) -> tuple[tuple[str, int], ...]:
        """Datasets from left to right, with how many columns each spans."""
        names = [column.standings.task.dataset for column in self.columns]
        return tuple((name, names.count(name)) for name in dict.fromkeys(names))


@dataclass(frozen=True)
class Board:
    """Everything that the site shows, but samples."""

    runs: tuple[Run, ...]
    tables: tuple[Table, ...]
    standings: Mapping[Variant, Standings]
    simulated: tuple[str, ...]
    """Tasks that were run on simulated data."""
    errata: tuple[Erratum, ...] = ()
    """Corrections, newest first."""

    @property
    def withdrawn(self) -> dict[str, str]:
        """Run id → how much of the run was withdrawn: all of it, or part."""
        reached = [(run, erratum) for erratum in self.errata for run in erratum.runs]
        whole = {run for run, erratum in reached if not erratum.tasks}
        return {run: "withdrawn" if run in whole else "withdrawn in part" for run, _ in reached}

    def variants(self, task: str) -> tuple[Standings, ...]:
        """Everything known about one task: one element per comparable set of results, the largest first."""
        found = [held for variant, held in self.standings.items() if variant.task == task]
        return tuple(sorted(found, key=lambda held: (-len(held.entries), held.variant)))


def make_board(runs: Sequence[Run], errata: Sequence[Erratum] = ()) -> Board:
    """Compute the board.

    Raises:
        InputError: Two runs have the same id.
    """
    rows = entries(runs, errata)
    variants = sorted({variant for entry in rows for variant in entry.variants})
    held = {variant: standings(variant, rows) for variant in variants}
    found = comparisons(rows)
    tables = tuple(_table(number, len(found), comparison, held) for number, comparison in enumerate(found, start=1))
    simulated = {task.task for run in runs for task in run.manifest.tasks if task.simulated}
    ordered = tuple(sorted(runs, key=lambda run: run.manifest.run_id))
    return Board(ordered, tables, held, tuple(sorted(simulated)), tuple(errata))


def _table(number: int, total: int, comparison: Comparison, held: Mapping[Variant, Standings]) -> Table:
    columns = tuple(
        sorted(
            (_column(held[variant]) for variant in comparison.columns),
            key=lambda column: (column.standings.task.dataset, column.key),
        )
    )
    rows = [_row(entry, columns) for entry in comparison.entries]
    models = [row for row in rows if row.entry.role == "model"]
    counted = _counted(models, len(columns))
    whole = [row for row in models if all(_holds_rank(row.cells[index]) for index in counted)] if counted else []
    ranked = _ranked(whole, counted)
    unranked = [_remarked(row, counted) for row in models if row not in whole]
    return Table(
        id=f"board-{number}",
        title="Leaderboard" if total == 1 else f"Leaderboard {number} of {total}",
        reasons=comparison.reasons,
        columns=columns,
        counted=tuple(columns[index].key for index in counted),
        ranked=ranked,
        unranked=tuple(unranked),
        other_prompt=tuple(row for row in rows if row.entry.role == "other_prompt"),
        blind=tuple(row for row in rows if row.entry.role == "blind"),
        floors=tuple(row for row in rows if row.entry.role == "floor"),
        perturbed=tuple(row for row in rows if row.entry.role == "perturbed"),
        verdict=_verdict(ranked, counted),
    )


def _counted(models: Sequence[Row], columns: int) -> list[int]:
    """Choose the columns of the overall order: those where at least half of the models that hold any rank hold one.

    So a task that one model did beyond the others unranks nobody.
    """
    holders = [{row.entry.holder for row in models if _holds_rank(row.cells[index])} for index in range(columns)]
    eligible = set().union(*holders)
    return [index for index, holding in enumerate(holders) if holding and 2 * len(holding) >= len(eligible)]


def _column(held: Standings) -> Column:
    metric = held.metric
    estimates = [cell.estimate for cell in held.cells.values() if cell.estimate is not None]
    highest = max((max(made.value, made.high or 0.0) for made in estimates), default=1.0)
    unit = estimates[0].unit if estimates else ""
    label = metric_label(metric.metric, metric.protocol) if metric else "nothing scored"
    return Column(
        key=held.variant.task,
        label=task_label(held.variant.task, held.task.dataset),
        metric=label,
        unit="" if unit.lower() == label.lower() else unit,
        top=100.0 if unit == "%" else highest or 1.0,
        standings=held,
    )


def _row(entry: Entry, columns: Sequence[Column]) -> Row:
    cells = tuple(column.standings.cells.get(entry.key) for column in columns)
    results = [cell.result for cell in cells if cell is not None]
    answered = sum(result.answered for result in results)
    ok = sum(result.outcomes.get("ok", 0) for result in results)
    return Row(
        entry=entry,
        standing=None,
        cells=cells,
        not_ok=1 - ok / answered if answered else None,
        failed=sum(result.failed for result in results),
        remarks=(*_withdrawals(results), *(_late(cells) if entry.role == "other_prompt" else ())),
    )


def _holds_rank(cell: Cell | None) -> bool:
    return cell is not None and cell.rank is not None


def _ranked(rows: Sequence[Row], counted: Sequence[int]) -> tuple[Row, ...]:
    """Order the models that did every counted task."""
    scores = [[row.cells[index] for row in rows] for index in counted]
    tasks = [[interval(cell.estimate.score) for cell in task if cell and cell.estimate] for task in scores]
    placed = [replace(row, standing=standing) for row, standing in zip(rows, borda(tasks), strict=True)]
    return tuple(sorted(placed, key=lambda row: (row.standing.rank if row.standing else 0, row.entry.key)))


def _remarked(row: Row, counted: Sequence[int]) -> Row:
    """Say why a model is outside the overall order."""
    flawed = sum(cell is not None and bool(cell.flaws) for cell in row.cells)
    partial = [f"partial: {flawed} of {sum(cell is not None for cell in row.cells)} results"] if flawed else []
    absent = sum(cell is None or cell.estimate is None for cell in (row.cells[index] for index in counted))
    incomplete = [f"incomplete: {len(counted) - absent} of {len(counted)} counted tasks"] if absent else []
    return replace(row, remarks=(*incomplete, *partial, *_late(row.cells, counting=True), *row.remarks))


def _late(cells: Sequence[Cell | None], *, counting: bool = False) -> tuple[str, ...]:
    """Say that other runs of the model rank instead, and which."""
    late = [cell for cell in cells if cell is not None and cell.further]
    if not late:
        return ()
    told = further(", ".join(dict.fromkeys(cell.ranks_instead for cell in late)))
    return (f"begun later on {len(late)} {'task' if len(late) == 1 else 'tasks'}: {told}" if counting else told,)


def _withdrawals(results: Sequence[Result]) -> tuple[str, ...]:
    """Say what was withdrawn, when and why; on how many tasks, where it is not all of them."""
    held = Counter(result.withdrawn.said for result in results if result.withdrawn)
    whole = len(results)
    return tuple(said if many == whole else f"{many} of {whole} results {said}" for said, many in held.items())


def _verdict(ranked: Sequence[Row], counted: Sequence[int]) -> str:
    """Sum up the table in a sentence or two that claim no more than the intervals do."""
    if not counted:
        return "No task has whole results of at least half of the models yet, so there is no overall order."
    if not ranked:
        return "No model has a whole result on every counted task yet, so there is no overall order."
    if len(ranked) == 1:
        return f"{ranked[0].entry.model.id} is the only model with a whole result on every counted task."
    leader = ranked[0]
    cells = [cell for index in counted if (cell := leader.cells[index]) is not None and cell.estimate is not None]
    clear = sum(cell.rank is not None and cell.rank.worst == 1 for cell in cells)
    first = sum(_is_first(leader, ranked, index) for index in counted)
    tied = len([row for row in ranked if row.standing and row.standing.rank == 1]) > 1
    opening = f"{leader.entry.model.id} {'shares the first place' if tied else 'leads'} among {len(ranked)} models"
    return (
        f"{opening}: it has the best value on {first} of {len(counted)} counted tasks, "
        f"and on {clear} of them its interval lies clear of every other model."
    )


def _is_first(leader: Row, ranked: Sequence[Row], index: int) -> bool:
    values = {
        row.entry.key: interval(cell.estimate.score).value
        for row in ranked
        if (cell := row.cells[index]) is not None and cell.estimate is not None
    }
    return values[leader.entry.key] == max(values.values())
