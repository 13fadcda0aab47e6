"""Presence: whether something is in the image, yes or no."""

from collections.abc import Iterator
from typing import Any

from sarbench.answers import Parsed, parse
from sarbench.metrics import presence as metric
from sarbench.questions import estimate, numbers
from sarbench.questions._short import PAPER, UNDECIDED, judged, paper_facts, reads, short_target, undecided_numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target
from sarbench.questions.metric import Metric, Number

BALANCED = Metric(
    "balanced_accuracy",
    "mean of the recalls of yes and no: always yes scores a half",
    source="balanced accuracy (scikit-learn's balanced_accuracy_score); an unread answer misses: sarbench's own rule",
)
ACCURACY = Metric("accuracy", "share of right answers")
YES_SHARE = Metric(
    "yes_share", "share of yes among the answers that could be read: how far a model leans", higher_is_better=None
)

_CASES = tuple(f"case:{name}" for name in metric.COLUMNS)


def target_of(row: Row) -> dict[str, Any]:
    """Return yes or no; the words of the truth alone where they are neither.

    >>> target_of({"answers": ["Yes."], "dataset": "sar-text"})
    {'text': 'Yes.', 'answer': 'yes'}
    """
    short = short_target(row)
    read = parse(short["text"], kind="yes_no")
    return short | ({"answer": read.value} if read.outcome == "ok" else {})


def _score(target: Target, answer: Answer) -> dict[str, float]:
    paper = paper_facts(target, answer.text)
    if "answer" not in target:
        found = judged(target, answer, "presence")
        return {"exact": found["correct"], "undecided": found["undecided"], **paper}
    said = answer.usable.value if answer.usable else None
    (case,) = metric.presence_counts([said], [target["answer"]])
    cases = {name: float(count) for name, count in zip(_CASES, case, strict=True)}
    return {"exact": float(said == target["answer"]), "undecided": 0.0, **cases, **paper}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"answer": read.value} if read.value in ("yes", "no") else {"text": read.value}


def _numbers(facts: Facts) -> Iterator[Number]:
    closed = facts.having(_CASES[0])
    yield Number(BALANCED, estimate.ratio(closed.table(*_CASES), closed.images, metric.balanced_accuracy))
    yield numbers.mean(ACCURACY, facts, "exact")
    yield Number(YES_SHARE, estimate.ratio(closed.table(*_CASES), closed.images, metric.yes_share, rate=False))
    yield from undecided_numbers(facts)


KIND = Kind(
    name="presence",
    summary="whether something is in the image, yes or no",
    metrics=(BALANCED, ACCURACY, YES_SHARE, UNDECIDED, *PAPER),
    target=target_of,
    reads=reads("yes_no", "answer"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
)
