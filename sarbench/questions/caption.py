"""Captions: what an image shows, in free words."""

from typing import Any

from sarbench.answers import Parsed
from sarbench.questions._texts import METRICS, caption_numbers, text_of, with_caption_scores
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.truth import accepted, paper_of


def target_of(row: Row) -> dict[str, Any]:
    """Return the accepted captions.

    >>> target_of({"answers": ["A port."]})
    {'captions': ['A port.']}
    """
    asked = {"question": row["question"]} if row.get("question") else {}
    return {"captions": accepted(row), **asked, **paper_of(row)}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    return {"answered": float(answer.usable is not None)}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text": read.value}


KIND = Kind(
    name="caption",
    summary="what an image shows, in free words",
    metrics=METRICS,
    target=target_of,
    reads=fixed("text"),
    parsed=_parsed,
    score=_score,
    numbers=caption_numbers,
    prepare=with_caption_scores,
    text=text_of,
)
