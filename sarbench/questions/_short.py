"""What all questions with a short answer share: the authors' words, SARLANG-1M's rule, and the share left undecided.

A question of a closed kind whose true answer is not of that kind ("Where is it?" – "In the harbour.") is held against
the words of the truth instead; what no rule decides then counts as wrong and is shown as undecided.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from sarbench.answers import parse
from sarbench.answers.synonyms import CLASSES
from sarbench.metrics import choice
from sarbench.metrics.vqa.strict import judge
from sarbench.questions import estimate, numbers
from sarbench.questions.facts import Facts
from sarbench.questions.kind import Answer, Row, Target
from sarbench.questions.metric import SARLANG, Metric, Number
from sarbench.questions.truth import accepted, paper_of

UNDECIDED = Metric(
    "undecided",
    "share of answers that no rule decides and that count as wrong until a judge has spoken",
    higher_is_better=None,
)
PAPER_ACCURACY = Metric(
    "accuracy",
    "the true words stand anywhere in the answer; what the paper leaves to a language model counts as wrong",
    source=SARLANG,
    protocol="paper",
    datasets=("sarlang-1m",),
)
PAPER_UNDECIDED = Metric(
    "undecided",
    "share of answers that the paper leaves to a language model",
    source=SARLANG,
    protocol="paper",
    datasets=("sarlang-1m",),
    higher_is_better=None,
)
PAPER_JUDGED = Metric(
    "accuracy_judged",
    "the same with the verdicts that were given for what the paper leaves to a language model (gpt-4o-mini there)",
    source=SARLANG,
    protocol="paper",
    datasets=("sarlang-1m",),
)
PAPER = (PAPER_ACCURACY, PAPER_UNDECIDED, PAPER_JUDGED)


def short_target(row: Row) -> dict[str, Any]:
    """Return what every question with a short answer keeps: the true words, and whose rules score them.

    >>> short_target({"answers": ["Yes."], "dataset": "sarlang-1m"})
    {'text': 'Yes.', 'paper': 'sarlang'}
    """
    first, *others = accepted(row)
    return {"text": first, **({"or": others} if others else {}), **paper_of(row)}


def asked_of(row: Row) -> dict[str, str]:
    """Return the class that a question counts, where it names one of SARDet-100K's six or of the row's own boxes.

    >>> asked_of({"question": "How many planes are there?"}), asked_of({"question": "How many?"})
    ({'asked': 'aircraft'}, {})
    """
    own = (box["label"] for box in row.get("boxes") or () if box["label"])
    choices = tuple(dict.fromkeys((*CLASSES, *own)))
    named = parse(row.get("question") or "", kind="label", choices=choices).value
    return {} if named is None else {"asked": named}


def paper_facts(target: Target, text: str) -> dict[str, float]:
    """Return the facts of SARLANG-1M's rule where it applies: the first accepted answer is the one its file has."""
    if target.get("paper") != "sarlang":
        return {}
    verdict = choice.vqa_correct(text, target["text"], protocol="paper")
    return {"paper_correct": float(verdict is True), "paper_undecided": float(verdict is None)}


def verdict_on(target: Target, answer: Answer, kind: str) -> bool | None:
    """Hold an answer against the accepted ones by sarbench's rules: right if it equals one, wrong if it is none."""
    accepted_texts, asked = (target["text"], *target.get("or", ())), target.get("asked")
    verdicts = [judge(answer.text, true, kind=kind, asked=asked).correct for true in accepted_texts]
    return True if True in verdicts else None if None in verdicts else False


def judged(target: Target, answer: Answer, kind: str) -> dict[str, float]:
    """Return the facts of `verdict_on`."""
    verdict = verdict_on(target, answer, kind)
    return {"correct": float(verdict is True), "undecided": float(verdict is None)}


def reads(closed: str, key: str) -> Callable[[Mapping[str, Any]], str]:
    """Return the `reads` of a closed kind: free text where the target lacks its value."""
    return lambda target: closed if key in target else "text"


def undecided_numbers(facts: Facts) -> Iterator[Number]:
    """Yield what stands beside an accuracy: undecided shares, and the paper's accuracy."""
    if "undecided" in facts.columns:
        yield numbers.mean(UNDECIDED, facts, "undecided")
    if "paper_correct" in facts.columns:
        yield numbers.mean(PAPER_ACCURACY, facts, "paper_correct")
        yield numbers.mean(PAPER_UNDECIDED, facts, "paper_undecided")
    if "paper_judged" in facts.columns:
        scored = facts.having("paper_correct")
        right = np.fmax(scored.column("paper_correct"), scored.column("paper_judged"))
        yield Number(PAPER_JUDGED, estimate.mean(right, scored.images))
