"""The board for programs: `board.json` and `board.csv` hold the numbers of the tables, unrounded."""

import csv
import io
import json
from typing import Any

from sarbench.board.model import Board, Column, Row, Table
from sarbench.board.numbers import factor, finite
from sarbench.board.standings import Cell
from sarbench.runs.spreadsheet import plain

FORMAT = "sarbench-board"
VERSION = "1"


def records(board: Board) -> list[dict[str, Any]]:
    """Return one flat record for every filled cell of the board, top to bottom and left to right.

    Rates are fractions, as in the run record. `lift` is the difference to the same model's blind run.
    """
    return [
        _record(table, row, column, cell)
        for table in board.tables
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell is not None
    ]


def to_json(board: Board, *, title: str) -> str:
    """Write the board as JSON with sorted keys."""
    tables = [
        {
            "id": table.id,
            "title": table.title,
            "apart_because": list(table.reasons),
            "tasks": [column.key for column in table.columns],
            "tasks_counted": list(table.counted),
            "overall": [_overall(row) for row in table.ranked],
            "verdict": table.verdict,
        }
        for table in board.tables
    ]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "simulated_tasks": list(board.simulated),
        "errata": [erratum.model_dump(mode="json") for erratum in board.errata],
        "tables": tables,
        "results": records(board),
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def to_csv(board: Board) -> str:
    """Write the same records as comma-separated values; an unknown value is an empty field.

    A text that a spreadsheet would run as a formula gets a leading apostrophe; `board.json` holds it as it is.
    """
    lines = records(board)
    text = io.StringIO()
    if lines:
        writer = csv.DictWriter(text, fieldnames=list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _plain(value) for key, value in line.items()} for line in lines)
    return text.getvalue()


def _overall(row: Row) -> dict[str, Any]:
    standing = row.standing
    return {
        "model": row.entry.model.id,
        "run_ids": [run.manifest.run_id for run in row.entry.runs],
        "rank": standing.rank if standing else None,
        "rank_best": standing.range.best if standing else None,
        "rank_worst": standing.range.worst if standing else None,
        "borda_points": standing.points if standing else None,
    }


def _record(table: Table, row: Row, column: Column, cell: Cell) -> dict[str, Any]:
    result, made, rank = cell.result, cell.estimate, cell.rank
    task, score = result.task, made.score if made else None
    return {
        "table": table.id,
        "model": row.entry.model.id,
        "revision": row.entry.model.revision,
        "kind": row.entry.role,
        "perturbation": row.entry.perturbation,
        "coords": row.entry.coords,
        "prompt_id": task.prompt_id,
        "prompt_version": task.prompt_version,
        "history": row.entry.identity.history,
        "run_id": result.run.manifest.run_id,
        "task": column.key,
        "task_version": task.version,
        "dataset": task.dataset,
        "config": task.config,
        "split": task.split,
        "data_digest": task.data_digest,
        "simulated": task.simulated,
        "metric": score.metric if score else None,
        "protocol": score.protocol if score else None,
        "unit": score.unit if score else None,
        "value": score.value if score else None,
        "low": finite(score.low) if score else None,
        "high": finite(score.high) if score else None,
        "level": score.level if score else None,
        "method": score.method if score else None,
        "n": score.n if score else 0,
        "clusters": score.clusters if score else 0,
        "rank_best": rank.best if rank else None,
        "rank_worst": rank.worst if rank else None,
        "lift": cell.lift.value / factor(score.unit) if cell.lift and score else None,
        "above_chance": cell.above_chance,
        "judged": cell.judged.score.value if cell.judged else None,
        "judged_low": finite(cell.judged.score.low) if cell.judged else None,
        "judged_high": finite(cell.judged.score.high) if cell.judged else None,
        "judged_by": cell.judged.score.method if cell.judged else None,
        "lower_bound": cell.remark.text if cell.remark else "",
        "ok": result.outcomes.get("ok", 0),
        "answered": result.answered,
        "failed": result.failed,
        "partial": "; ".join(cell.flaws),
        "further_run": cell.further,
        "withdrawn": result.withdrawn.said if result.withdrawn else "",
        "ended": task.ended,
    }


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return json.dumps(value)
    return plain(value) if isinstance(value, str) else value
