"""Lines of the run record for the rows of tests/questions/rows.py."""

import json
from collections.abc import Sequence
from typing import Any

from sarbench.questions.score import score_answer, target_of
from tests.questions.rows import ROWS


def lines_of(kind: str, answers: Sequence[str], *, row: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return a line for every answer to the row of a kind, each about an image of its own."""
    asked = row or ROWS[kind]
    target = target_of(asked, kind)
    lines = []
    for number, text in enumerate(answers):
        result = score_answer(kind, target, text, coords="pixel", size=(200, 100))
        lines.append(
            {
                "id": f"s{number}",
                "image_id": f"i{number}",
                "prediction": text,
                "target": json.dumps(target),
                "parsed": json.dumps(result.parsed),
                "outcome": result.outcome,
                "scores": result.scores,
            }
        )
    return lines
