"""Identification: category, size and position of what stands in a given box."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from sarbench.answers import Parsed, parse
from sarbench.metrics.fields import FIELDS, agreement
from sarbench.questions import numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import SARCHAT, Metric, Number
from sarbench.questions.truth import accepted, applies, paper_of

ALL_FIELDS = Metric("all_fields", "share of answers in which every field of the truth is right")
ONE_FIELD = {name: Metric(name, f"share of answers whose {name} is right, where the truth has one") for name in FIELDS}
JACCARD = Metric(
    "jaccard",
    "tp / (tp + fp + fn) of answers with all fields right: an answer that is wrong is a false positive and a miss (ID)",
    source=SARCHAT + "; which fields must agree is not printed: all here",
    protocol="paper",
    datasets=("sarchat-2m",),
)


def target_of(row: Row) -> dict[str, Any]:
    """Return the fields that the authors' sentence names, and the box that is asked about."""
    fields = parse(accepted(row)[0], kind="fields").value
    part = (row.get("subtask") or "").rpartition("_")[2]
    return {
        "fields": dict(fields or {}),
        "region": [float(edge) for edge in row.get("region") or ()],
        **({"part": part} if part in ("single", "multi") else {}),
        **paper_of(row),
    }


def _score(target: Target, answer: Answer) -> dict[str, float]:
    found = agreement(answer.usable.value if answer.usable else None, target["fields"])
    fields = {name: getattr(found, name) for name in FIELDS}
    known = {name: float(agrees) for name, agrees in fields.items() if agrees is not None}
    if not known:
        return {}  # no field could be read from the truth: nothing can be right or wrong
    answered = {"answered": float(answer.usable is not None)}
    return {"all_fields": float(found.all), **answered, **known, **applies(target, "sarchat")}


def _slices(target: Target) -> tuple[str, ...]:
    """The authors score images with one target and with several apart (ID-S, ID-M)."""
    return (target["part"],) if "part" in target else ()


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"fields": dict(read.value)}


def _numbers(facts: Facts) -> Iterator[Number]:
    for metric in (ALL_FIELDS, *ONE_FIELD.values()):
        yield numbers.mean(metric, facts, metric.name)
    if "of_sarchat" in facts.columns:
        authors = facts.having("of_sarchat")
        right, answered = authors.table("all_fields", "answered").T
        columns = np.stack([right, answered - right, 1 - right], axis=1)
        yield Number(JACCARD, numbers.jaccard_estimate(columns, authors.images))


KIND = Kind(
    name="identification",
    summary="category, size and position of what stands in a given box",
    metrics=(ALL_FIELDS, *ONE_FIELD.values(), JACCARD),
    target=target_of,
    reads=fixed("fields"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
    slices=_slices,
)
