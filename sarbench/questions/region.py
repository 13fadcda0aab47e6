"""Region: what stands in a given box, by category alone."""

from collections.abc import Iterator
from typing import Any

from sarbench.answers import Parsed, parse
from sarbench.questions import numbers
from sarbench.questions._short import PAPER, UNDECIDED, judged, paper_facts, reads, short_target, undecided_numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target
from sarbench.questions.labels import label_facts, macro_f1
from sarbench.questions.metric import Metric, Number

ALL_FIELDS = Metric("all_fields", "share of answers that name the true category, the one field that is asked for")
MACRO_F1 = Metric(
    "macro_f1",
    "plain mean of the F1 of every class in truths and answers",
    source="macro-averaged F1 (scikit-learn's f1_score); which classes count is sarbench's own rule",
)


def target_of(row: Row) -> dict[str, Any]:
    """Return the true class and the box it stands in; the words of the truth alone where no closed list holds it."""
    short, choices = short_target(row), list(row.get("choices") or ())
    region = {"region": [float(edge) for edge in row.get("region") or ()]}
    read = parse(short["text"], kind="label", choices=choices)
    return short | region | ({"labels": [read.value], "choices": choices} if read.rule == "exact" else {})


def _score(target: Target, answer: Answer) -> dict[str, float]:
    paper = paper_facts(target, answer.text)
    if "labels" not in target:
        found = judged(target, answer, "region")
        return {"exact": found["correct"], "undecided": found["undecided"], **paper}
    said = [answer.usable.value] if answer.usable else []
    return {"exact": float(said == target["labels"]), "undecided": 0.0, **label_facts(said, target["labels"]), **paper}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text": read.value} if read.rule == "text" else {"labels": [read.value]}


def _numbers(facts: Facts) -> Iterator[Number]:
    yield numbers.mean(ALL_FIELDS, facts, "exact")
    yield macro_f1(MACRO_F1, facts)
    yield from undecided_numbers(facts)


KIND = Kind(
    name="region",
    summary="what stands in a given box",
    metrics=(ALL_FIELDS, MACRO_F1, UNDECIDED, *PAPER),
    target=target_of,
    reads=reads("label", "labels"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
)
