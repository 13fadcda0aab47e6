"""Summing up recorded queries, now or years later."""

from collections.abc import Iterable, Mapping
from typing import Any

from sarbench.runs.record import TaskScores
from sarbench.runs.tally import score_task


def score_queries(task: str, lines: Iterable[Mapping[str, Any]]) -> TaskScores:
    """Compute every score of a retrieval task from its lines of the run record."""
    return score_task(task, "retrieval", lines)
