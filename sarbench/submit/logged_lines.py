"""The sample lines that lmms-eval logs, as lines of the run record.

Each line holds, under the name of the headline metric, the dict that the tasks' `process_results` returned: the line
of the run record with its kind of question beside it (`sarbench.lmms.hooks.process_results`).
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from sarbench.errors import InputError
from sarbench.questions.family import Family
from sarbench.runs.record import SAMPLES

_FAILED: Mapping[str, Any] = {"outcome": "failed", "rule": "no-generation", "parsed": "null", "scores": {}}
"""A recorded failure stays one when the run is scored again."""


def read_logged(path: Path, kind: Family) -> list[dict[str, Any]]:
    """Read the answers to one task in the order of its rows, whichever process of a parallel run gave them.

    Args:
        path: `<date>_samples_<task>.jsonl`.
        kind: The kind of question that the task asks.

    Returns:
        Lines of the run record, and beside their columns the `history` that they were asked with.

    Raises:
        InputError: The file is missing, a line is cut off, one holds no line of the run record of this kind, or a
            question is answered twice.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        fix = "Run lmms-eval with --log_samples: the answers are not in its results"
        raise InputError(where=path, problem="is missing", fix=fix) from error
    logged = [_decoded(line, f"{path}, line {n}") for n, line in enumerate(content.splitlines(), 1) if line.strip()]
    logged.sort(key=lambda line: int(line.get("doc_id", 0)))
    _check_each_once(logged, path)
    lines = [_line(line, kind, f"{path}, doc_id {line.get('doc_id')}") for line in logged]
    return _failures_marked(lines)


def _check_each_once(logged: list[dict[str, Any]], path: Path) -> None:
    """Refuse two answers to one question: which of them is the model's, nobody can say."""
    counted = Counter(line.get("doc_id") for line in logged)
    twice = [place for place, number in counted.items() if number > 1]
    if twice:
        problem = f"answers {len(twice)} questions more than once, the first of them doc_id {twice[0]}"
        fix = "Evaluate the task again, without --repeats and into an empty --output_path"
        raise InputError(where=path, problem=problem, fix=fix)


def _decoded(line: bytes, where: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        fix = "Evaluate the task again: its log was cut off or changed"
        raise InputError(where=where, problem=f"is no line of lmms-eval's samples ({error})", fix=fix) from error


def _line(logged: Mapping[str, Any], kind: Family, where: str) -> dict[str, Any]:
    """Take our line out of a logged one, and add the tokens that lmms-eval counted."""
    fix = "Evaluate the task again with this version of sarbench and --log_samples"
    ours = next((value for value in logged.values() if isinstance(value, dict) and "outcome" in value), None)
    if ours is None:
        raise InputError(where=where, problem="holds no line of the run record", fix=fix)
    lacking = [name for name in SAMPLES.names if name not in ours]
    if lacking:
        raise InputError(where=where, problem=f"lacks {', '.join(lacking)}", fix=fix)
    if ours.get("family") != kind:
        raise InputError(where=where, problem=f"was scored as {ours.get('family')}, the task asks {kind}", fix=fix)
    counts = (logged.get("token_counts") or [None])[0]
    beside = {"tokens": (counts or {}).get("output_tokens"), "history": ours.get("history", "none")}
    return {name: ours[name] for name in SAMPLES.names} | beside


def _failures_marked(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tell an empty answer from a swallowed error: a backend that counts tokens has counted none for that one."""
    if all(line["tokens"] is None for line in lines):
        return lines
    return [{**line, **_FAILED} if line["outcome"] == "empty" and line["tokens"] is None else line for line in lines]
