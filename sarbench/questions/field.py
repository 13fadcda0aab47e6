"""Fields: one of FUSAR-GEOVL-1M's eight questions about a scene, answered in a few words.

The headline is no caption metric: where all scenes have the same answer, CIDEr gives 0 to a perfect one.
"""

from collections.abc import Iterator
from typing import Any

from sarbench.answers import Parsed, short_text
from sarbench.metrics.fusar import closed_answer
from sarbench.questions import numbers
from sarbench.questions._texts import METRICS, caption_numbers, text_of, with_caption_scores
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import Metric, Number
from sarbench.questions.truth import accepted, paper_of

EXACT = Metric("exact", "share of answers that equal an accepted text but for case, punctuation and articles")
CLOSED = Metric(
    "accuracy",
    "share of the answered questions whose lower-cased answer is an accepted text; unanswered ones are left out",
    source="FUSAR-KLIP (arXiv 2509.23927), train_vqa.py; its lists of answers are not public: the authors' texts here",
    protocol="paper",
    datasets=("fusar-geovl",),
)
CAPTION_METRICS = tuple(metric for metric in METRICS if metric.protocol != "paper")


def target_of(row: Row) -> dict[str, Any]:
    """Return the accepted texts and the field.

    >>> target_of({"answers": ["No water bodies visible"], "subtask": "Water"})
    {'captions': ['No water bodies visible'], 'field': 'Water'}
    """
    return {"captions": accepted(row), "field": row["subtask"], **paper_of(row)}


def _score(target: Target, answer: Answer) -> dict[str, float]:
    equal = {short_text(text) for text in target["captions"]}
    scores = {"exact": float(answer.usable is not None and short_text(answer.read.value) in equal)}
    if target.get("paper") == "fusar-klip" and answer.text.strip():
        scores["closed"] = float(closed_answer(answer.text, target["captions"]))
    return scores


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"text": read.value}


def _slices(target: Target) -> tuple[str, ...]:
    return (target["field"],)


def _numbers(facts: Facts) -> Iterator[Number]:
    yield numbers.mean(EXACT, facts, "exact")
    yield from (number for number in caption_numbers(facts) if number.metric in CAPTION_METRICS)
    if "closed" in facts.columns:
        yield numbers.mean(CLOSED, facts, "closed")


KIND = Kind(
    name="field",
    summary="one of eight questions about a scene, answered in a few words",
    metrics=(EXACT, *CAPTION_METRICS, CLOSED),
    target=target_of,
    reads=fixed("text"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
    slices=_slices,
    prepare=with_caption_scores,
    text=text_of,
)
