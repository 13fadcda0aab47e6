"""One task as values: every metric of every run, what became of the answers, slices, and the forest plot's lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from sarbench.board.entries import Entry, Result
from sarbench.board.names import metric_label, printable
from sarbench.board.numbers import unit_text
from sarbench.board.standings import Cell, Estimate, Standings, estimate
from sarbench.board.svg import ForestRow
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
    return TaskTable(
        id=f"results-{number}",
        standings=held,
        headline=metric_label(held.metric.metric, held.metric.protocol) if held.metric else "nothing scored",
        unit=unit_text(held.metric.unit) if held.metric else "",
        levels=" / ".join(f"{level * 100:g} %" for level in levels) or "95 %",
        metrics=metrics,
        outcomes=outcomes,
        slices=slices,
        rows=rows,
        forest=tuple(_forest_row(row, made) for row in rows if (made := row.cell.estimate) is not None),
    )


def _metrics(results: Sequence[Result], headline: Score | None) -> tuple[MetricColumn, ...]:
    """Collect the metrics that any run has over all samples, `strict` before other protocols, else as recorded."""
    found: dict[tuple[str, str], MetricColumn] = {}
    for result in results:
        for score in result.scores.scores if result.scores else ():
            is_headline = headline is not None and (score.metric, score.protocol) == (
                headline.metric,
                headline.protocol,
            )
            if score.slice == "all" and not is_headline:
                column = MetricColumn(score.metric, score.protocol, unit_text(score.unit), score.higher_is_better)
                found.setdefault((score.metric, score.protocol), column)
    return tuple(sorted(found.values(), key=lambda column: (column.protocol != "strict", column.protocol)))


def _slices(results: Sequence[Result], headline: Score | None) -> tuple[str, ...]:
    if headline is None:
        return ()
    return tuple(
        sorted(
            {
                score.slice
                for result in results
                for score in (result.scores.scores if result.scores else ())
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
        others=tuple(_estimate(result.score(column.metric, column.protocol)) for column in metrics),
        outcomes=tuple((name, amount, amount / total if total else 0.0) for name, amount in amounts),
        slices=tuple(
            _estimate(result.score(metric.metric, metric.protocol, name)) if metric else None for name in slices
        ),
    )


def _estimate(score: Score | None) -> Estimate | None:
    return None if score is None else estimate(score)


def _forest_row(row: TaskRow, made: Estimate) -> ForestRow:
    text = f"{made.text} ({made.span})" if made.span else made.text
    entry = row.entry
    notes = {"blind": "blank image", "perturbed": printable(entry.perturbation or "")[:16]}
    note = notes.get(entry.role, "partial" if row.cell.flaws else printable(entry.prompt_shown)[:24])
    return ForestRow(printable(entry.model.id), note, entry.role, made.value, made.low, made.high, text)
