"""Scoring many answers to one kind of question: what has been scored before is not scored again.

Short answers repeat: a million of them hold some ten thousand different pairs of truth and answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sarbench.answers import Parsed
from sarbench.questions.family import Family
from sarbench.questions.kind import Row
from sarbench.questions.score import AnswerScore, read_many, score_answer, size_of, target_of

_KEPT = 200_000
"""Results held at once, and the longest answer that is looked up: beyond, answers are texts and do not repeat."""

_LONGEST = 300


class Scorer:
    """Scores answers under the settings of one run."""

    def __init__(self, kind: Family, coords: str) -> None:
        """Begin with nothing known.

        Args:
            kind: The kind of question.
            coords: The coordinate convention of boxes in the answers.
        """
        self._kind, self._coords = kind, coords
        self._targets: dict[Any, dict[str, Any]] = {}
        self._known: dict[Any, AnswerScore] = {}

    def score_all(
        self, rows: Sequence[Row], predictions: Sequence[str], *, verdicts: Mapping[str, bool]
    ) -> Iterator[tuple[Mapping[str, Any], AnswerScore]]:
        """Yield the target of each row, and the score of its answer."""
        sizes = [size_of(row) for row in rows]
        reads = read_many(self._kind, predictions, sizes, coords=self._coords)
        for row, prediction, size, read in zip(rows, predictions, sizes, reads, strict=True):
            yield self.score(row, prediction, size, verdict=verdicts.get(row["id"]), read=read)

    def score(
        self,
        row: Row,
        prediction: str,
        size: tuple[int, int],
        *,
        verdict: bool | None = None,
        read: Parsed | None = None,
    ) -> tuple[Mapping[str, Any], AnswerScore]:
        """Return the target of a row, and the score of its answer."""
        asked = _key(row)
        target = self._targets.get(asked) if asked else None
        if target is None:
            target = target_of(row, self._kind)
            if asked:
                _keep(self._targets, asked, target)
        key = (asked, prediction, size, verdict) if asked and len(prediction) <= _LONGEST else None
        found = self._known.get(key) if key else None
        if found is None:
            found = score_answer(
                self._kind, target, prediction, coords=self._coords, size=size, verdict=verdict, read=read
            )
            if key:
                _keep(self._known, key, found)
        return target, found


def _key(row: Row) -> Any:
    """Return what the target of a row follows from; None where boxes make it its own."""
    if row["boxes"] or row["region"]:
        return None
    return (
        row["task"],
        row.get("subtask"),
        row.get("dataset"),
        row["count"],
        tuple(row["answers"] or ()),
        tuple(row["choices"] or ()),
    )


def _keep(known: dict[Any, Any], key: Any, value: Any) -> None:
    if len(known) >= _KEPT:
        known.clear()
    known[key] = value
