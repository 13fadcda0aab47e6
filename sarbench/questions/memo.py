"""Scoring many answers to one kind of question: what has been scored before is not scored again.

Short answers repeat: a million of them hold some ten thousand different pairs of truth and answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sarbench.answers import Parsed
from sarbench.coords import Size, parse_convention
from sarbench.errors import InputError
from sarbench.questions.family import Family
from sarbench.questions.kind import Row
from sarbench.questions.score import BOX_KINDS, AnswerScore, read_many, score_answer, size_of, target_of

_KEPT = 200_000
"""Results held at once."""

_LONGEST = 300
"""Characters of the longest answer that is looked up: beyond, answers are texts and do not repeat."""


_READ_IN_QUESTIONS = ("caption", "counting")
"""Tasks whose targets follow from the question too: what a caption is of, and which class is counted."""


class Scorer:
    """Scores answers under the settings of one run."""

    def __init__(self, kind: Family, coords: str) -> None:
        """Begin with nothing known.

        Args:
            kind: The kind of question.
            coords: The coordinate convention of boxes in the answers.
        """
        self._kind, self._coords = kind, coords
        self._needs_size = kind in BOX_KINDS and parse_convention(coords).needs_size
        self._targets: dict[Any, dict[str, Any]] = {}
        self._known: dict[Any, AnswerScore] = {}

    def score_all(
        self, rows: Sequence[Row], predictions: Sequence[str]
    ) -> Iterator[tuple[Mapping[str, Any], AnswerScore]]:
        """Yield the target of each row, and the score of its answer."""
        sizes = [size_of(row) for row in rows]
        if self._needs_size and None in sizes:
            where = rows[sizes.index(None)]["id"]
            problem = f"has no width and height, without which {self._coords} says nothing"
            raise InputError(where=where, problem=problem, fix="Give rows with the size of their image")
        targets = [self._target(row) for row in rows]
        plain = not any(target.get("choices") for target in targets)
        reads = read_many(self._kind if plain else "vqa", predictions, sizes, coords=self._coords)
        for row, target, prediction, size, read in zip(rows, targets, predictions, sizes, reads, strict=True):
            yield target, self._score(row, target, prediction, size, read=read)

    def _target(self, row: Row) -> Mapping[str, Any]:
        asked = _key(row)
        target = self._targets.get(asked) if asked else None
        if target is None:
            try:
                target = target_of(row, self._kind)
            except InputError as error:  # of a part of the row, which does not know whose it is
                if error.where == row["id"]:
                    raise
                problem = f"is no row that could be scored: {error.where} {error.problem}"
                raise InputError(where=row["id"], problem=problem, fix=error.fix) from error
            except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
                problem = f"is no row that could be scored ({type(error).__name__}: {error})"
                fix = "Give rows of the schema, as sarbench.load_dataset does"
                raise InputError(where=row["id"], problem=problem, fix=fix) from error
            if asked:
                _keep(self._targets, asked, target)
        return target

    def _score(
        self,
        row: Row,
        target: Mapping[str, Any],
        prediction: str,
        size: Size | None,
        *,
        read: Parsed | None,
    ) -> AnswerScore:
        asked = _key(row)
        key = (asked, prediction, size) if asked and len(prediction) <= _LONGEST else None
        found = self._known.get(key) if key else None
        if found is None:
            try:
                found = score_answer(self._kind, target, prediction, coords=self._coords, size=size, read=read)
            except InputError as error:  # a true box that is none
                problem = f"cannot be scored: {error.where} {error.problem}"
                raise InputError(where=row["id"], problem=problem, fix="Mend the row or leave it out") from error
            if key:
                found = msgspec.structs.replace(found, repeats=True)
                _keep(self._known, key, found)
        return found


def _key(row: Row) -> Any:
    """Return what the target of a row follows from; None where boxes make it its own."""
    if row.get("boxes") or row.get("region"):
        return None
    answers, choices = row.get("answers") or (), row.get("choices") or ()
    if isinstance(answers, str) or isinstance(choices, str) or row.get("boxes") is None:
        return None
    return (
        row["task"],
        row.get("subtask"),
        row.get("dataset"),
        row.get("question") if row["task"] in _READ_IN_QUESTIONS else None,
        row.get("count"),
        tuple(answers),
        tuple(choices),
    )


def _keep(known: dict[Any, Any], key: Any, value: Any) -> None:
    if len(known) >= _KEPT:
        known.clear()
    known[key] = value
