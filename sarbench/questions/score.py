"""Scoring one answer: the same for every road an answer comes by.

The lmms-eval hooks, the floors, the offline rescoring and `sarbench.score` all call `score_answer`, so that a number
does not depend on who computed it. Nothing here looks at more than one answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from sarbench.answers import Parsed, parse
from sarbench.answers.bulk import parse_boxes
from sarbench.answers.outcome import Outcome
from sarbench.coords import Size
from sarbench.errors import InputError
from sarbench.questions.family import Family, family
from sarbench.questions.kind import Answer, Row, Target
from sarbench.questions.kinds import KINDS
from sarbench.questions.labels import OPEN

_LONGEST_SIDE = 2**31 - 1
_NUMBERS = (int, float, np.integer, np.floating)

BOX_KINDS: tuple[Family, ...] = ("grounding", "referring")
"""Kinds whose answers are boxes."""


class AnswerScore(msgspec.Struct, frozen=True):
    """What was read from one answer, what became of it, and its facts."""

    parsed: dict[str, Any] | None
    outcome: Outcome
    rule: str
    scores: dict[str, float]
    repeats: bool = False
    """Whether this very object is kept to be given again for an equal answer."""


def target_of(row: Row, kind: Family | None = None) -> dict[str, Any]:
    """Take from a row of the schema what its answer is held against, as the JSON object of the run record.

    Args:
        row: A row of the schema.
        kind: The kind of question whose rules score it; None: its own.

    >>> row = {"task": "counting", "subtask": "count", "question": "Count the ship.", "answers": ["4"], "count": 4}
    >>> target_of(row)
    {'count': 4, 'boxes': [], 'asked': 'ship', 'text': '4'}
    """
    return KINDS[kind or family(row)].target(row)


def score_answer(
    kind: Family,
    target: Target,
    prediction: str,
    *,
    coords: str,
    size: Size | None,
    read: Parsed | None = None,
) -> AnswerScore:
    """Read one answer and score it against its target.

    Args:
        kind: The kind of question.
        target: The target as `target_of` gives it.
        prediction: The model's text, whatever it is; this function never raises on it.
        coords: The coordinate convention of the run.
        size: Width and height of the native image in pixels; None where they are not known.
        read: What `read_many` has read from it, where that was done for many answers at once.

    Returns:
        The parsed answer and its facts. A failed answer has none: it leaves every denominator. Every other outcome but
        `ok` and `out_of_range` scores as an empty answer, except that boxes which were given are paid for.
    """
    rules = KINDS[kind]
    if read is None:
        choices = tuple(target.get("choices") or ())
        asked = target.get("asked")
        read = parse(prediction, kind=rules.reads(target), choices=choices, coords=coords, size=size, asked=asked)
    if read.outcome == "failed":
        return AnswerScore(None, "failed", read.rule, {})
    scores = rules.score(target, Answer(prediction, read, coords, size))
    if read.outcome == "refused" and scores.get("exact"):
        # "It cannot be determined." is an answer where the truth says so.
        return AnswerScore({"text": prediction}, "ok", "equals_truth", scores)
    return AnswerScore(None if read.value is None else rules.parsed(read), read.outcome, read.rule, scores)


def size_of(row: Mapping[str, Any]) -> Size | None:
    """Return width and height; None where they are not known, as for a row without an image.

    Raises:
        InputError: A side that is no whole number of pixels.
    """
    width, height = row.get("width"), row.get("height")
    if width is None or height is None or width != width or height != height:  # pandas has NaN for None
        return None
    for side in (width, height):
        if isinstance(side, bool) or not isinstance(side, _NUMBERS) or not 0 <= side <= _LONGEST_SIDE or side % 1:
            problem = f"has a width and height of {width!r} and {height!r}"
            raise InputError(where=row.get("id", "reference"), problem=problem, fix="Give both in whole pixels")
    return (int(width), int(height)) if width and height else None


def read_many(
    kind: Family, predictions: Sequence[str], sizes: Sequence[Size | None], *, coords: str
) -> Sequence[Parsed | None]:
    """Read many answers at once where that is faster, which is for boxes; None stands for one still to be read."""
    if kind not in BOX_KINDS:
        return [None] * len(predictions)
    answers = parse_boxes(predictions, coords=coords, sizes=sizes)
    return [answers.parsed(number) for number in range(len(predictions))]


def with_verdict(scores: Mapping[str, float], *, verdict: bool) -> dict[str, float]:
    """Let a judge decide what the rules left undecided; the paper's own accuracy stays what its rules say.

    >>> with_verdict({"exact": 0.0, "undecided": 1.0, "fp:~lake": 1.0, "fn:~pond": 1.0}, verdict=True)
    {'exact': 1.0, 'undecided': 0.0, 'tp:~pond': 1.0}
    """
    decided = dict(scores)
    if decided.get("undecided"):
        decided |= {name: float(verdict) for name in ("exact", "at_most") if name in decided} | {"undecided": 0.0}
        if verdict:
            missed = [name for name in decided if name.startswith(f"fn:{OPEN}")]
            decided = {name: value for name, value in decided.items() if f":{OPEN}" not in name}
            decided |= {name.replace("fn:", "tp:", 1): 1.0 for name in missed}
    if decided.get("paper_undecided"):
        decided["paper_judged"] = float(verdict)
    return decided
