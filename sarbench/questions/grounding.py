"""Grounding: every target of an image with its class and its box."""

from collections.abc import Iterator
from typing import Any

from sarbench.answers.synonyms import CLASSES
from sarbench.questions import _boxes
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import Number
from sarbench.questions.truth import applies, paper_of


def target_of(row: Row) -> dict[str, Any]:
    """Return the true boxes with their classes, and the classes to look for where they are not SARDet-100K's.

    >>> target_of({"boxes": [{"label": "ship", "xyxy": [0, 0, 9, 9]}]})
    {'boxes': [{'label': 'ship', 'xyxy': [0.0, 0.0, 9.0, 9.0], 'position': None}]}
    """
    boxes, choices = _boxes.boxes_of(row), list(row.get("choices") or ())
    known = {name.casefold() for name in choices or CLASSES}
    others = sorted({box["label"] for box in boxes if box["label"] and box["label"].casefold() not in known})
    named = {"choices": [*(choices or CLASSES), *others]} if choices or others else {}
    return {"boxes": boxes, **named, **paper_of(row)}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    facts = _boxes.box_facts(target["boxes"], _boxes.with_boxes(answer.read), within_class=True, size=answer.size)
    return _boxes.charged(facts, answer.read) | applies(target, "sarchat")


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
