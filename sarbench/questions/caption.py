"""Captions: what an image shows, in free words."""

from collections.abc import Mapping
from typing import Any

from sarbench.answers import Parsed
from sarbench.questions._texts import METRICS, caption_numbers, text_of, with_caption_scores
from sarbench.questions.facts import Text
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed


def target_of(row: Row) -> dict[str, Any]:
    """Return the accepted captions.

    >>> target_of({"answers": ["A port."]})
    {'captions': ['A port.']}
    """
    return {"captions": list(row["answers"])}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    return {"answered": float(answer.usable is not None)}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text": read.value}


def _text(target: Target, given: str, parsed: Mapping[str, Any] | None) -> Text:
    return text_of(target["captions"], given, parsed)


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
    text=_text,
)
