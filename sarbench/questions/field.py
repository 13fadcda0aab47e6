"""Fields: one of FUSAR-GEOVL-1M's eight questions about a scene, answered in a few words."""

from collections.abc import Iterator, Mapping
from typing import Any

from sarbench.answers import Parsed, short_text
from sarbench.questions import numbers
from sarbench.questions._texts import METRICS, caption_numbers, text_of, with_caption_scores
from sarbench.questions.facts import Facts, Text
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import Metric, Number

EXACT = Metric("exact", "share of answers that equal an accepted text but for case, punctuation and articles")


def target_of(row: Row) -> dict[str, Any]:
    """Return the accepted texts and the field.

    >>> target_of({"answers": ["No water bodies visible"], "subtask": "Water"})
    {'captions': ['No water bodies visible'], 'field': 'Water'}
    """
    return {"captions": list(row["answers"]), "field": row["subtask"]}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    accepted = {short_text(text) for text in target["captions"]}
    return {"exact": float(answer.usable is not None and short_text(answer.read.value) in accepted)}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text": read.value}


def _slices(target: Target) -> tuple[str, ...]:
    return (target["field"],)


def _text(target: Target, given: str, parsed: Mapping[str, Any] | None) -> Text:
    return text_of(target["captions"], given, parsed, topic=target["field"])


def _numbers(facts: Facts) -> Iterator[Number]:
    yield from caption_numbers(facts)
    yield numbers.mean(EXACT, facts, "exact")


KIND = Kind(
    name="field",
    summary="one of eight questions about a scene, answered in a few words",
    metrics=(*METRICS, EXACT),
    target=target_of,
    reads=fixed("text"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
    slices=_slices,
    prepare=with_caption_scores,
    text=_text,
)
