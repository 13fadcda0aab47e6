"""One task as values: every metric of every run, what became of the answers, slices, and the forest plot's lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from sarbench.board.curves import Curve, curves
from sarbench.board.entries import Entry, Result
from sarbench.board.estimates import Estimate, estimate
from sarbench.board.forest import ForestRow
from sarbench.board.judges import Remark, judged_beside, remark
from sarbench.board.names import metric_label, printable
from sarbench.board.numbers import unit_text
from sarbench.board.standings import Cell, Standings
from sarbench.board.wordings import Spread, spread
from sarbench.runs.record import Score


@dataclass(frozen=True)
class MetricColumn:
    """One metric beside the headline."""

    metric: str
    protocol: str
    unit: str
    higher_is_better: bool | None

    @property
    def label(self) -> str:
        """Heading of the column."""
        return metric_label(self.metric, self.protocol)


@dataclass(frozen=True)
class TaskRow:
    """One run on this task."""

    entry: Entry
    cell: Cell
    others: tuple[Estimate | None, ...]
    """One per metric column."""
    remarks: tuple[Remark | None, ...]
    """One per metric column."""
    outcomes: tuple[tuple[str, int, float], ...]
    """Name, number and share of all samples, for outcomes that some run of the table has."""
    slices: tuple[Estimate | None, ...]


@dataclass(frozen=True)
class TaskTable:
    """All comparable results on a task."""

    id: str
    standings: Standings
    headline: str
    unit: str
    levels: str
    """Levels of the intervals, e.g. `95 %`."""
    metrics: tuple[MetricColumn, ...]
    outcomes: tuple[str, ...]
    slices: tuple[str, ...]
    rows: tuple[TaskRow, ...]
    forest: tuple[ForestRow, ...]
    changed_forest: tuple[ForestRow, ...]
    """The runs on changed images, without those that are points of a curve."""
    judges: tuple[str, ...]
    """Who judged, and what a judge left open: the footnotes of the judged numbers."""
    curves: tuple[tuple[str, tuple[tuple[Entry, Curve], ...]], ...]
    """By perturbation."""
    spreads: tuple[tuple[Entry, Spread], ...]

    @property
    def has_bounds(self) -> bool:
        """Whether some number is a lower bound."""
        beside = (said for row in self.rows for said in (row.cell.remark, *row.remarks))
        return any(said is not None and said.kind == "bound" for said in beside)


def task_table(held: Standings, *, number: int) -> TaskTable:
    """Lay out everything that is known about one comparable set of results."""
    results = [held.cells[entry.key].result for entry in held.entries]
    metrics = _metrics(results, held.metric)
    outcomes = tuple(
        dict.fromkeys(name for result in results for name, amount in result.outcomes.items() if amount or name == "ok")
    )
    slices = _slices(results, held.metric)
    rows = tuple(_row(held, entry, metrics, outcomes, slices) for entry in held.entries)
    levels = sorted({row.cell.estimate.score.level for row in rows if row.cell.estimate})
    falls = _curves(held)
    in_curves = {(entry.model.id, point.run_id) for _, of in falls for entry, curve in of for point in curve.points}
    return TaskTable(
        id=f"results-{number}",
        standings=held,
        headline=printable(metric_label(held.metric.metric, held.metric.protocol)) if held.metric else "nothing scored",
        unit=printable(unit_text(held.metric.unit)) if held.metric else "",
        levels=" / ".join(f"{level * 100:g} %" for level in levels) or "95 %",
        metrics=metrics,
        outcomes=outcomes,
        slices=slices,
        rows=rows,
        forest=_forest([row for row in rows if row.entry.role != "perturbed"]),
        changed_forest=_forest([row for row in rows if row.entry.role == "perturbed" and _name(row) not in in_curves]),
        judges=tuple(dict.fromkeys(said.text for row in rows for said in row.remarks if said and said.kind == "judge")),
        curves=falls,
        spreads=_spreads(held),
    )


def _metrics(results: Sequence[Result], headline: Score | None) -> tuple[MetricColumn, ...]:
    """Collect the metrics that any run has over all samples, `strict` before other protocols, else as recorded.

    What a judge makes of a number stands beside it.
    """
    found: dict[tuple[str, str], MetricColumn] = {}
    skipped = None if headline is None else (headline.metric, headline.protocol)
    for score in judged_beside(_first_of_each(results)):
        name = (score.metric, score.protocol)
        if name != skipped:
            found[name] = MetricColumn(*name, unit_text(score.unit), score.higher_is_better)
    return tuple(sorted(found.values(), key=lambda column: (column.protocol != "strict", column.protocol)))


def _first_of_each(results: Sequence[Result]) -> Sequence[Score]:
    """Return one specimen of every metric that is over all samples, in the order in which they come."""
    found: dict[tuple[str, str], Score] = {}
    for result in results:
        for score in result.recorded_scores:
            if score.slice == "all":
                found.setdefault((score.metric, score.protocol), score)
    return tuple(found.values())


def _slices(results: Sequence[Result], headline: Score | None) -> tuple[str, ...]:
    if headline is None:
        return ()
    return tuple(
        sorted(
            {
                score.slice
                for result in results
                for score in result.recorded_scores
                if score.slice != "all" and (score.metric, score.protocol) == (headline.metric, headline.protocol)
            }
        )
    )


def _row(
    held: Standings,
    entry: Entry,
    metrics: Sequence[MetricColumn],
    outcomes: Sequence[str],
    slices: Sequence[str],
) -> TaskRow:
    cell = held.cells[entry.key]
    result = cell.result
    total = sum(result.outcomes.values())
    amounts = [(name, result.outcomes.get(name, 0)) for name in outcomes]
    metric = held.metric
    return TaskRow(
        entry=entry,
        cell=cell,
        others=tuple(estimate(result.score(column.metric, column.protocol)) for column in metrics),
        remarks=tuple(_remark(result, column) for column in metrics),
        outcomes=tuple((name, amount, amount / total if total else 0.0) for name, amount in amounts),
        slices=tuple(
            estimate(result.score(metric.metric, metric.protocol, name)) if metric else None for name in slices
        ),
    )


def _remark(result: Result, column: MetricColumn) -> Remark | None:
    score = result.recorded(column.metric, column.protocol)
    return None if score is None else remark(result.recorded_scores, score)


def _curves(held: Standings) -> tuple[tuple[str, tuple[tuple[Entry, Curve], ...]], ...]:
    """Bring the curves of all rows together under their perturbations, in the order in which they come."""
    found: dict[str, list[tuple[Entry, Curve]]] = {}
    for entry in held.entries:
        for curve in curves(held.cells[entry.key].result):
            found.setdefault(curve.perturbation, []).append((entry, curve))
    return tuple((name, tuple(rows)) for name, rows in found.items())


def _spreads(held: Standings) -> tuple[tuple[Entry, Spread], ...]:
    """Return the spread of every model once: all runs that it is made of hold it."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[Entry, Spread]] = {}
    for entry in held.entries:
        if (over := spread(held.cells[entry.key].result)) is not None:
            found.setdefault((entry.model.id, over.key), (entry, over))
    return tuple(found.values())


def _name(row: TaskRow) -> tuple[str, str | None]:
    """How the points of curves name a run."""
    return row.entry.model.id, row.cell.result.run.manifest.run_id


def _forest(rows: Sequence[TaskRow]) -> tuple[ForestRow, ...]:
    return tuple(_forest_row(row, made) for row in rows if (made := row.cell.estimate) is not None)


def _forest_row(row: TaskRow, made: Estimate) -> ForestRow:
    text = f"{made.text} ({made.span})" if made.span else made.text
    entry = row.entry
    changed = {"blind": "blank image", "perturbed": entry.perturbation or ""}.get(entry.role, "")
    note = ", ".join(part for part in (changed, entry.asked_shown, row.cell.result.unsound) if part)
    return ForestRow(printable(entry.model.id), printable(note), entry.role, made.value, made.low, made.high, text)
