"""Referring: the boxes of what a phrase names."""

from collections.abc import Iterator, Sequence
from typing import Any

from sarbench.answers import Parsed
from sarbench.metrics import boxes as box_metrics
from sarbench.questions import _boxes, numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import Metric, Number
from sarbench.questions.truth import applies, paper_of

SINGLE_HITS = tuple(
    Metric(
        f"single_hit@{threshold}",
        f"share of questions with one target whose first box has IoU {threshold} or more: more boxes buy nothing",
    )
    for threshold in reversed(_boxes.THRESHOLDS)
)


def target_of(row: Row) -> dict[str, Any]:
    """Return the true boxes."""
    return {"boxes": _boxes.boxes_of(row), **paper_of(row)}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    """The class is given in the question, so labels in the answer do not count."""
    facts = _boxes.box_facts(target["boxes"], _boxes.with_boxes(answer.read), within_class=False, size=answer.size)
    facts = _boxes.charged(facts, answer.read) | applies(target, "sarchat")
    if len(target["boxes"]) == 1:
        facts |= _first_box_hits(target["boxes"][0]["xyxy"], answer.usable)
    return facts


def _first_box_hits(true: Sequence[float], read: Parsed | None) -> dict[str, float]:
    (overlap,) = box_metrics.first_box_ious([read.value if read else None], [true])
    return {f"hit@{threshold}": float(overlap >= threshold) for threshold in _boxes.THRESHOLDS}


def _numbers(facts: Facts) -> Iterator[Number]:
    yield from _boxes.box_numbers(facts)
    for metric in SINGLE_HITS:
        yield numbers.mean(metric, facts, metric.name.removeprefix("single_"))


KIND = Kind(
    name="referring",
    summary="the boxes of what a phrase names",
    metrics=(*_boxes.ALL, *SINGLE_HITS),
    target=target_of,
    reads=fixed("boxes"),
    parsed=_boxes.boxes_read,
    score=_score,
    numbers=_numbers,
    slices=_boxes.single_or_multi,
)
