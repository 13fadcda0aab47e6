"""What the rules leave open: bounds of the score, and a judge's verdicts merged in.

A judge speaks only where the rules were undecided. It can raise the score and lower nothing that a rule decided, so
its score stands beside the bounds of the rules and never replaces them. These rules are sarbench's own.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._paired import length

Verdicts = Sequence[bool | None] | npt.NDArray[np.int8]
"""True, False and None for right, wrong and undecided, or the 1, 0 and −1 of `many.Judged.correct`."""

Id = TypeVar("Id")

_CODE = {True: 1, False: 0, None: -1}


class Bounds(NamedTuple):
    """Between what the accuracy lies, whatever a judge would say."""

    accuracy_low: float
    """Undecided answers as wrong: a fraction in 0..1, higher is better."""
    accuracy_high: float
    """Undecided answers as right: a fraction in 0..1, higher is better."""
    undecided_share: float
    """A fraction in 0..1, lower is better: it is the distance between the two."""
    n: int


class Merged(NamedTuple):
    """Verdicts of the rules and of a judge, and who gave how many."""

    verdicts: dict[object, bool | None]
    by_rule: int
    by_judge: int
    undecided: int
    """Answers that neither decided; they stay undecided, and `bounds` counts them."""


def bounds(verdicts: Verdicts) -> Bounds:
    """Return the accuracy with all undecided answers wrong and with all of them right.

    Raises:
        InputError: There are no verdicts, or something among them is none.

    >>> bounds([True, False, None, None])
    Bounds(accuracy_low=0.25, accuracy_high=0.75, undecided_share=0.5, n=4)
    """
    codes = as_codes(verdicts)
    if not len(codes):
        raise InputError(where="verdicts", problem="are empty", fix="Give the verdict of at least one answer")
    return Bounds(float(at_worst(codes).mean()), float(at_best(codes).mean()), float((codes == -1).mean()), len(codes))


def at_worst(verdicts: Verdicts) -> npt.NDArray[np.float64]:
    """Return 1.0 for every right answer and 0.0 for every other one: [N], for `stats.clustered_interval`."""
    return np.asarray(as_codes(verdicts) == 1, dtype=np.float64)


def at_best(verdicts: Verdicts) -> npt.NDArray[np.float64]:
    """Return 0.0 for every wrong answer and 1.0 for every other one, undecided ones included: [N]."""
    return np.asarray(as_codes(verdicts) != 0, dtype=np.float64)


def with_verdicts(rule_verdicts: Mapping[Id, bool | None], judge_verdicts: Mapping[Id, bool | None]) -> Merged:
    """Let a judge decide what the rules left undecided, and nothing else.

    Args:
        rule_verdicts: Id of the answer → verdict of the rules.
        judge_verdicts: Id → verdict of the judge; None where its reply could not be read. Ids that the rules do not
            know are passed over, so that one file of verdicts serves every slice of a run.

    Returns:
        A verdict for every id of `rule_verdicts`, in its order, and who decided how many.

    Raises:
        InputError: What should be a verdict is none, or one of both is no mapping.

    >>> with_verdicts({"a": False, "b": None, "c": None}, {"a": True, "b": True})
    Merged(verdicts={'a': False, 'b': True, 'c': None}, by_rule=1, by_judge=1, undecided=1)
    """
    both: tuple[tuple[str, object], ...] = (("rule_verdicts", rule_verdicts), ("judge_verdicts", judge_verdicts))
    for name, given in both:
        if not isinstance(given, Mapping):
            problem = f"are of type {type(given).__name__}"
            raise InputError(where=name, problem=problem, fix="Give a mapping from id to verdict")
    merged: dict[object, bool | None] = {
        key: judge_verdicts.get(key) if verdict is None else verdict for key, verdict in rule_verdicts.items()
    }
    for key, verdict in merged.items():
        if not _is_verdict(verdict):
            raise InputError(where=str(key), problem=f"has {verdict!r} as its verdict", fix="Give True, False or None")
    by_rule = sum(verdict is not None for verdict in rule_verdicts.values())
    undecided = sum(verdict is None for verdict in merged.values())
    return Merged(merged, by_rule, len(merged) - by_rule - undecided, undecided)


def as_codes(verdicts: Verdicts) -> npt.NDArray[np.int8]:
    """Return verdicts as 1 (right), 0 (wrong) and −1 (undecided): [N].

    Raises:
        InputError: Something is no verdict.
    """
    if isinstance(verdicts, np.ndarray):
        if verdicts.ndim != 1:
            raise InputError(where="verdicts", problem=f"have the shape {verdicts.shape}", fix="Give a flat array")
        known = np.isin(verdicts, (-1, 0, 1))
        if not known.all():
            index = int(np.argmin(known))
            raise _no_verdict(index, verdicts[index].item())
        return verdicts.astype(np.int8)
    length(verdicts, "verdicts")
    for index, verdict in enumerate(verdicts):
        if not _is_verdict(verdict):
            raise _no_verdict(index, verdict)
    return np.array([_CODE[verdict] for verdict in verdicts], dtype=np.int8)


def _is_verdict(value: object) -> bool:
    return value is None or isinstance(value, bool | np.bool_)


def _no_verdict(index: int, value: object) -> InputError:
    return InputError(
        where="verdicts",
        problem=f"hold {value!r} at {index}, which is no verdict",
        fix="Give True, False or None, or a flat array of 1, 0 and -1",
    )
