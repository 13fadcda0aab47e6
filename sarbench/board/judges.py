"""What must stand beside a number that rules alone leave open: who judged it, or that it is a lower bound."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sarbench.board.numbers import finite, share
from sarbench.questions.judged import ENDING, JUDGED
from sarbench.runs.record import Score

LOWER_BOUND = "rules only, undecided counts as wrong"
_LOWER = frozenset(name for names in JUDGED.values() for name in names if not name.endswith("_at_most"))
"""What a judge can raise; `accuracy_at_most` counts undecided answers as right."""
_UNDECIDED = "undecided"


@dataclass(frozen=True)
class Remark:
    """A few words on one number."""

    kind: Literal["judge", "bound"]
    text: str
    """Who judged; or what a lower bound is, and how much is undecided."""
    undecided: str = ""
    """That share, for a lower bound."""


def remark(scores: Sequence[Score], score: Score) -> Remark | None:
    """Say what a reader must know of `score`, one of the `scores` of a task; None where nothing was left open."""
    if score.metric.endswith(ENDING):
        return Remark("judge", ": ".join(part for part in (judge(score), score.note or "") if part))
    if score.metric not in _LOWER or judged(scores, score) is not None:
        return None
    left = _find(scores, score, _UNDECIDED)
    part = None if left is None else finite(left.value)
    if not part:
        return None
    return Remark("bound", f"{LOWER_BOUND} ({share(part)} undecided)", share(part))


def judged(scores: Sequence[Score], score: Score) -> Score | None:
    """Return what a judge makes of a number; None where no judge, or one that left too much open, has spoken."""
    found = _find(scores, score, score.metric + ENDING)
    return found if found is not None and finite(found.value) is not None else None


def judged_beside(scores: Iterable[Score]) -> list[Score]:
    """Put every judged number behind that of the rules; the order is kept otherwise."""
    held = {_key(score): score for score in scores}
    placed: dict[tuple[str, str, str], Score] = {}
    for key, score in held.items():
        metric = score.metric.removesuffix(ENDING)
        if metric != score.metric and _key(score, metric) in held:
            continue
        placed[key] = score
        of_judge = _key(score, score.metric + ENDING)
        if of_judge in held:
            placed[of_judge] = held[of_judge]
    return list(placed.values())


def judge(score: Score) -> str:
    """Return who judged a number; empty for one of the rules.

    Who judged stands behind the method of the interval, or in its place where there is no number.

    >>> half = {"task": "t", "protocol": "strict", "value": 0.5, "n": 4, "clusters": 4}
    >>> judge(Score(metric="accuracy_judged", method="clustered-wilson; judge m, prompt p 1.0", **half))
    'judge m, prompt p 1.0'
    """
    if not score.metric.endswith(ENDING):
        return ""
    method, _, told = score.method.partition("; ")
    return told or method


def interval_method(score: Score) -> str:
    """Return how the interval was made, without the judge."""
    told = judge(score)
    return score.method.removesuffix(told).removesuffix("; ") if told else score.method


def _find(scores: Iterable[Score], like: Score, metric: str) -> Score | None:
    return next((score for score in scores if _key(score) == _key(like, metric)), None)


def _key(score: Score, metric: str | None = None) -> tuple[str, str, str]:
    return (metric or score.metric, score.protocol, score.slice)
