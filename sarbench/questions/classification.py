"""Classification: which class, or which classes, an image shows."""

import re
from collections.abc import Iterator
from typing import Any

from sarbench.answers import Parsed, parse, short_text
from sarbench.metrics import choice
from sarbench.questions import numbers
from sarbench.questions._short import PAPER, UNDECIDED, judged, paper_facts, reads, short_target, undecided_numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target
from sarbench.questions.labels import OPEN, label_facts, label_jaccard, macro_f1
from sarbench.questions.metric import SARCHAT, Metric, Number
from sarbench.questions.truth import applies

MACRO_F1 = Metric(
    "macro_f1",
    "plain mean of the F1 of every class in the truths, and of every class of a closed list that was answered",
    source="macro-averaged F1 (scikit-learn's f1_score); which classes count is sarbench's own rule",
)
ACCURACY = Metric("accuracy", "share of answers that name exactly the true classes")
PAPER_JACCARD = Metric(
    "jaccard",
    "tp / (tp + fp + fn) over all classes of all answers (Cls)",
    source=SARCHAT + "; whether an answer with several classes counts as a whole is not printed: by class here",
    protocol="paper",
    datasets=("sarchat-2m",),
)


def target_of(row: Row) -> dict[str, Any]:
    """Return the true classes; the words of the truth where no closed list holds them.

    >>> target_of({"answers": ["Coast."], "choices": []})
    {'text': 'Coast.'}
    """
    short, choices = short_target(row), list(row.get("choices") or ())
    answer = short["text"]
    if not choices:
        only = parse(answer, kind="label")
        return {**short, "labels": [only.value], "choices": []} if only.rule == "exact" else short
    named = {option for option in choices if re.search(rf"\b{re.escape(option)}(s|es)?\b", answer, re.IGNORECASE)}
    read = parse(answer, kind="labels", choices=choices).value
    return {"labels": sorted(read or named), "choices": choices, **short}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    paper = paper_facts(target, answer.text)
    if "labels" in target:
        said = answer.usable.value if answer.usable else None
        (exact,) = choice.exact_sets([said], [target["labels"]])
        facts = label_facts(said or (), target["labels"])
        return {"exact": float(exact), "undecided": 0.0, **facts, **paper, **applies(target, "sarchat")}
    found = judged(target, answer, "classification")
    true = OPEN + short_text(target["text"])
    said = true if found["correct"] else OPEN + short_text(answer.read.value or "") if answer.usable else None
    facts = label_facts([said] if said else [], [true])
    return {"exact": found["correct"], "undecided": found["undecided"], **facts, **paper}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text": read.value} if isinstance(read.value, str) else {"labels": sorted(read.value)}


def _numbers(facts: Facts) -> Iterator[Number]:
    yield macro_f1(MACRO_F1, facts)
    yield numbers.mean(ACCURACY, facts, "exact")
    if "of_sarchat" in facts.columns:
        yield label_jaccard(PAPER_JACCARD, facts.having("of_sarchat"))
    yield from undecided_numbers(facts)


KIND = Kind(
    name="classification",
    summary="which class, or which classes, the image shows",
    metrics=(MACRO_F1, ACCURACY, PAPER_JACCARD, UNDECIDED, *PAPER),
    target=target_of,
    reads=reads("labels", "labels"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
)
