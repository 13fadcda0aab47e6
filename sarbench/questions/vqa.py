"""Visual question answering: any question with a short answer, judged by the kind of its answer."""

from collections.abc import Iterator
from typing import Any

from sarbench.answers import Parsed
from sarbench.questions import estimate, numbers
from sarbench.questions._short import (
    PAPER,
    UNDECIDED,
    asked_of,
    paper_facts,
    short_target,
    undecided_numbers,
    verdict_on,
)
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import Metric, Number

ACCURACY = Metric(
    "accuracy", "share of answers that the typed rules find right: a lower bound, undecided answers counting as wrong"
)
ACCURACY_AT_MOST = Metric("accuracy_at_most", "the same with undecided answers counting as right: the upper bound")


def target_of(row: Row) -> dict[str, Any]:
    """Return the true words and what kind of question they answer.

    >>> target_of({"task": "attribute", "answers": ["Land."], "dataset": "sarlang-1m"})
    {'text': 'Land.', 'paper': 'sarlang', 'asks': 'attribute'}
    """
    asked = asked_of(row) if row["task"] == "counting" else {}
    return {**short_target(row), **asked, "asks": row["task"]}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    verdict = verdict_on(target, answer, target["asks"])
    found = {"exact": float(verdict is True), "undecided": float(verdict is None)}
    return {**found, "at_most": float(verdict is not False), **paper_facts(target, answer.text)}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text": read.value}


def _slices(target: Target) -> tuple[str, ...]:
    return (target["asks"],)


def _numbers(facts: Facts) -> Iterator[Number]:
    yield numbers.mean(ACCURACY, facts, "exact")
    yield Number(ACCURACY_AT_MOST, estimate.mean(facts.column("at_most"), facts.images))
    yield from undecided_numbers(facts)


KIND = Kind(
    name="vqa",
    summary="any question with a short answer, judged by the kind of its answer",
    metrics=(ACCURACY, ACCURACY_AT_MOST, UNDECIDED, *PAPER),
    target=target_of,
    reads=fixed("text"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
    slices=_slices,
)
