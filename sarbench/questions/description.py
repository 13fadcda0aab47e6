"""Description: which class stands where, one mention for every target."""

from collections.abc import Iterator
from typing import Any

from sarbench.answers import Parsed, parse
from sarbench.metrics.fields import mention_overlap
from sarbench.questions import numbers
from sarbench.questions._boxes import boxes_of
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Kind, Row, Target, fixed
from sarbench.questions.metric import SARCHAT, Metric, Number
from sarbench.questions.truth import accepted, applies, paper_of

_WHAT = {
    "mention": "(category, position) pairs, as multisets over all answers",
    "category": "categories, as multisets over all answers",
}
RATES = {
    fact: tuple(
        Metric(f"{fact}_{rate}", f"{words} of {what}")
        for rate, words in (("f1", "F1"), ("precision", "precision"), ("recall", "recall"))
    )
    for fact, what in _WHAT.items()
}
EXACT = Metric("exact", "share of descriptions with exactly the true pairs")
JACCARD = Metric(
    "mention_jaccard",
    "tp / (tp + fp + fn) of (category, position) pairs (Desc)",
    source=SARCHAT + "; how sets of phrases are compared is not printed: as multisets here",
    protocol="paper",
    datasets=("sarchat-2m",),
)


def target_of(row: Row) -> dict[str, Any]:
    """Return the (category, position) pairs that the authors' text names, and the true boxes."""
    mentions = parse(accepted(row)[0], kind="mentions").value or ()
    return {
        "mentions": [list(mention) for mention in mentions],
        "boxes": boxes_of(row) if row.get("boxes") else [],
        **paper_of(row),
    }


def _score(target: Target, answer: Answer) -> dict[str, float]:
    true, said = target["mentions"], answer.usable.value if answer.usable else ()
    scores: dict[str, float] = {}
    # The category alone is scored as mentions whose position is left out.
    for name, keep in (("mention", 2), ("category", 1)):
        found = mention_overlap(*([tuple((*pair[:keep], "")[:2]) for pair in pairs] for pairs in (said, true)))
        scores |= {f"{name}_tp": found.tp, f"{name}_fp": found.fp, f"{name}_fn": found.fn}
    exact = float(scores["mention_fp"] == scores["mention_fn"] == 0 and bool(answer.usable))
    return {"exact": exact, **scores, **applies(target, "sarchat")}


def _parsed(read: Parsed) -> dict[str, Any]:
    return {"mentions": [list(mention) for mention in read.value]}


def _numbers(facts: Facts) -> Iterator[Number]:
    for fact, metrics in RATES.items():
        yield from numbers.overlap(metrics, facts, fact + "_{}")
    yield numbers.mean(EXACT, facts, "exact")
    if "of_sarchat" in facts.columns:
        yield from numbers.overlap((JACCARD,), facts.having("of_sarchat"), "mention_{}")


KIND = Kind(
    name="description",
    summary="which class stands where, one mention for every target",
    metrics=(*RATES["mention"], *RATES["category"], EXACT, JACCARD),
    target=target_of,
    reads=fixed("mentions"),
    parsed=_parsed,
    score=_score,
    numbers=_numbers,
)
