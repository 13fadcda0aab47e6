"""Grounding: every target of an image with its class and its box."""

from collections.abc import Iterator
from typing import Any

from sarbench.questions import _boxes
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import Number


def target_of(row: Row) -> dict[str, Any]:
    """Return the true boxes with their classes."""
    return {"boxes": _boxes.boxes_of(row)}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    facts = _boxes.box_facts(target["boxes"], answer.usable, within_class=True)
    return _boxes.charged(facts, answer.read, answer.usable)


def _numbers(facts: Facts) -> Iterator[Number]:
    yield from _boxes.box_numbers(facts)


KIND = Kind(
    name="grounding",
    summary="every target of an image with its class and its box",
    metrics=_boxes.ALL,
    target=target_of,
    reads=fixed("boxes"),
    parsed=_boxes.boxes_read,
    score=_score,
    numbers=_numbers,
    slices=_boxes.single_or_multi,
)
