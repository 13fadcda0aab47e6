"""Position: in which part of the image something is."""

from collections.abc import Iterator
from typing import Any

from sarbench.answers import Parsed, parse
from sarbench.questions import numbers
from sarbench.questions._short import PAPER, UNDECIDED, judged, paper_facts, reads, short_target, undecided_numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target
from sarbench.questions.metric import Metric, Number

ACCURACY = Metric("accuracy", "share of answers that name exactly the true part of the image")


def target_of(row: Row) -> dict[str, Any]:
    """Return the cell of the 3 × 3 grid; the words of the truth alone where they name none, or several.

    >>> target_of({"answers": ["In the lower left."], "choices": []})
    {'text': 'In the lower left.', 'position': 'bottom left', 'choices': []}
    """
    short, choices = short_target(row), list(row.get("choices") or ())
    read = parse(short["text"], kind="position", choices=choices)
    return short | ({"position": read.value, "choices": choices} if read.outcome == "ok" else {})


def _score(target: Target, answer: Answer) -> dict[str, float]:
    paper = paper_facts(target, answer.text)
    if "position" not in target:
        found = judged(target, answer, "position")
        return {"exact": found["correct"], "undecided": found["undecided"], **paper}
    said = answer.usable.value if answer.usable else None
    return {"exact": float(said == target["position"]), "undecided": 0.0, **paper}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text" if read.rule == "text" else "position": read.value}


def _numbers(facts: Facts) -> Iterator[Number]:
    yield numbers.mean(ACCURACY, facts, "exact")
    yield from undecided_numbers(facts)


KIND = Kind(
    name="position",
    summary="in which part of the image something is",
    metrics=(ACCURACY, UNDECIDED, *PAPER),
    target=target_of,
    reads=reads("position", "position"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
)
