"""Scores of answers that are one class, or a set of classes, from a fixed list.

The label set belongs to the task and is always given: taken from the answers, one unparsable answer would add a class
with F1 = 0 to the mean. An answer that could not be read (None, or an empty set) and one outside the list are wrong
for their true class and no class's false positive.

All scores are fractions in 0..1, higher is better. Those that take `counts` accept leading axes, so that they score a
run and every resample of its bootstrap alike.
"""

from collections.abc import Collection, Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import numeric
from sarbench.metrics._paired import check_paired
from sarbench.metrics.rates import f1_from_counts, precision_from_counts, recall_from_counts
from sarbench.metrics.vqa import sarlang, strict
from sarbench.metrics.vqa.truths import KINDS
from sarbench.metrics.vqa.verdict import check_protocol

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
LabelSet = Collection[str]


class PerLabel(NamedTuple):
    """Scores of each class, all [..., K] in the order of the label set; fractions in 0..1, higher is better."""

    precision: Array
    """0 for a class that was never said."""
    recall: Array
    """0 for a class that was never meant."""
    f1: Array
    support: Counts
    """How many answers have the class as their truth, or in it."""


def correct(predicted: Sequence[Hashable | None], true: Sequence[Hashable]) -> Array:
    """Return 1.0 for every answer that equals the truth and 0.0 for every other one, None included: [N].

    Raises:
        InputError: The lists differ in length, or a truth is None.
    """
    check_paired(predicted, true)
    for index, truth in enumerate(true):
        if truth is None or (isinstance(truth, float) and truth != truth):  # NaN is how pandas writes None
            raise InputError(
                where="true", problem=f"hold {truth} at {index}", fix="Leave answers without a truth out of scoring"
            )
    try:
        right = [p is not None and bool(p == t) for p, t in zip(predicted, true, strict=True)]
    except (ValueError, OverflowError) as error:
        fix = "Give one label an answer; exact_sets compares sets"
        raise InputError(where="predictions and truths", problem="hold arrays", fix=fix) from error
    return np.array(right, dtype=np.float64)


def accuracy(predicted: Sequence[Hashable | None], true: Sequence[Hashable]) -> float | None:
    """Return the share of right answers, unread ones included; None without any truth. As scikit-learn's.

    >>> accuracy(["ship", None, "car", "car"], ["ship", "ship", "car", "tank"])
    0.5
    """
    right = correct(predicted, true)
    return float(right.mean()) if len(right) else None


def exact_sets(predicted: Sequence[LabelSet | None], true: Sequence[LabelSet]) -> Array:
    """Return 1.0 for every set that equals the true one in full, and 0.0 for every other: [N].

    As scikit-learn's `accuracy_score` of indicator rows ("subset accuracy").

    Raises:
        InputError: The lists differ in length, or hold a text where a set is expected.
    """
    check_paired(predicted, true)
    said = [None if p is None else frozenset(_set(p, "predicted", n)) for n, p in enumerate(predicted)]
    return correct(said, [frozenset(_set(t, "true", n)) for n, t in enumerate(true)])


def confusion(predicted: Sequence[str | None], true: Sequence[str], *, labels: Sequence[str]) -> Counts:
    """Count answers by truth and prediction.

    Returns:
        [K, K + 1] int64: true classes down, predicted ones across, both in the order of `labels`; the last column
        holds the answers that could not be read or lie outside the list.

    Raises:
        InputError: The lists differ in length, a truth is not among the labels, or those are empty or repeat one.

    >>> confusion(["ship", None, "car"], ["ship", "ship", "ship"], labels=["car", "ship"]).tolist()
    [[0, 0, 0], [1, 1, 1]]
    """
    check_paired(predicted, true)
    number = _numbers(labels)
    size = len(labels)
    rows = [number[t] for t in _known(true, number)]
    columns = [number.get(p, size) if isinstance(p, str) else size for p in predicted]
    cells = np.array(rows, dtype=np.int64) * (size + 1) + np.array(columns, dtype=np.int64)
    return np.bincount(cells, minlength=size * (size + 1)).astype(np.int64).reshape(size, size + 1)


def label_counts(predicted: Sequence[LabelSet | None], true: Sequence[LabelSet], *, labels: Sequence[str]) -> Counts:
    """Count hits and misses of every class in every answer.

    Args:
        predicted: One set of classes an answer; None where it could not be read. A single class is a set of one.
        true: The true sets.
        labels: The K classes of the task.

    Returns:
        [N, K, 3] int64 with tp, fp and fn of answer n for class k. Summed over N, or over the answers of one image for
        `stats.cluster_bootstrap`, they are what the scores below take.

    Raises:
        InputError: The lists differ in length, hold a text where a set is expected, a truth is not among the labels,
            or those are empty or repeat one.

    >>> label_counts([{"ship", "car"}], [{"ship", "tank"}], labels=["car", "ship", "tank"]).tolist()
    [[[0, 1, 0], [1, 0, 0], [0, 0, 1]]]
    """
    check_paired(predicted, true)
    number = _numbers(labels)
    said = np.zeros((len(true), len(labels)), dtype=bool)
    meant = np.zeros_like(said)
    for index, (guess, truth) in enumerate(zip(predicted, true, strict=True)):
        named = () if guess is None else _set(guess, "predicted", index)
        said[index, [number[label] for label in named if label in number]] = True
        meant[index, [number[label] for label in _known(_set(truth, "true", index), number)]] = True
    return np.stack([said & meant, said & ~meant, ~said & meant], axis=2).astype(np.int64)


def per_label(counts: npt.ArrayLike) -> PerLabel:
    """Return precision, recall, F1 and support of each class from summed counts [..., K, 3].

    As scikit-learn's `precision_recall_fscore_support(average=None, labels=…, zero_division=0)`.

    >>> found = per_label([[1, 1, 0], [2, 0, 2]])
    >>> found.precision.tolist(), found.recall.tolist(), found.support.tolist()
    ([0.5, 1.0], [1.0, 0.5], [1, 4])
    """
    table = _table(counts)
    tp, fp, fn = (table[..., column] for column in range(3))
    return PerLabel(
        precision_from_counts(tp, fp),
        recall_from_counts(tp, fn),
        f1_from_counts(tp, fp, fn),
        (tp + fn).astype(np.int64),
    )


def f1_per_label(counts: npt.ArrayLike) -> Array:
    """Return the F1 of each class from summed counts [..., K, 3]: [..., K]; 0 for a class never meant nor said."""
    table = _table(counts)
    return f1_from_counts(table[..., 0], table[..., 1], table[..., 2])


def macro_f1(counts: npt.ArrayLike) -> Array:
    """Return the plain mean of `f1_per_label` over the K classes of the task: [...].

    As scikit-learn's `f1_score(average="macro", labels=…, zero_division=0)`: a class of the label set that never occurs
    counts as 0, so pass the classes that the split holds.
    """
    mean: Array = f1_per_label(counts).mean(axis=-1)
    return mean


def balanced_accuracy(counts: npt.ArrayLike) -> Array:
    """Return the mean recall over the classes that occur in the truth: [...]; 0 where none does.

    Always naming the commoner class scores 1/K, whatever the balance. As scikit-learn's `balanced_accuracy_score`.
    """
    table = _table(counts)
    occurs = table[..., 0] + table[..., 2] > 0
    recall = recall_from_counts(table[..., 0], table[..., 2])
    mean: Array = recall.sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1)
    return mean


def vqa_correct(
    prediction: str | None, truth: str, *, protocol: str = "paper", kind: str | None = None, asked: str | None = None
) -> bool | None:
    """Judge the answer to one visual question.

    Args:
        prediction: The model's text; None stands for an answer that is missing.
        truth: The accepted answer as the file has it.
        protocol: "paper", the published rule of SARLANG-1M and VRSBench with its quirks (`vqa.sarlang`), or "strict",
            sarbench's own (`vqa.strict`).
        kind: What the question asks for (`vqa.truths.KINDS`; "vqa" where that is unknown). "strict" needs it, the
            paper's rule does not look at it.
        asked: The class that a count is asked of, where it is known; "strict" alone looks at it.

    Returns:
        True or False; None where the rules leave it to a judge (`vqa.bounds` says what that does to the score).

    Raises:
        InputError: "strict" without a kind, something is no text, or the truth is blank ("strict").
        UnknownNameError: There is no such protocol or kind.

    >>> vqa_correct("unknown", "no"), vqa_correct("unknown", "no", protocol="strict", kind="presence")
    (True, False)
    """
    check_protocol(protocol)
    if protocol == "paper":
        return sarlang.judge(prediction, truth).correct
    if kind is None:
        raise InputError(
            where="kind",
            problem="is missing: the strict rule reads an answer by what the question asks for",
            fix=f"Give one of: {', '.join(KINDS)}; vqa where it is unknown",
        )
    return strict.judge(prediction, truth, kind=kind, asked=asked).correct


def _numbers(labels: Sequence[str]) -> dict[str, int]:
    if not isinstance(labels, Collection) or not all(isinstance(label, str) for label in labels):
        raise InputError(where=f"labels {labels!r}", problem="are no list of texts", fix="List the classes of the task")
    number = {label: index for index, label in enumerate(labels)}
    if isinstance(labels, str) or len(number) != len(labels) or not number:
        raise InputError(where="labels", problem="are empty or repeat a class", fix="Give each class of the task once")
    return number


def _table(counts: npt.ArrayLike) -> Array:
    table = numeric(counts, "counts")
    if table.ndim < 2 or table.shape[-1] != 3 or table.shape[-2] == 0:
        fix = "Give [..., K, 3]: tp, fp and fn of each class, as sums of label_counts"
        raise InputError(where="counts", problem=f"have the shape {table.shape}", fix=fix)
    return table


def _set(labels: LabelSet, name: str, index: int) -> LabelSet:
    # A text is a collection too, of letters: scored as one, every answer would be wrong without a word.
    if isinstance(labels, str):
        raise InputError(
            where=name, problem=f"hold the text {labels!r} at {index}", fix=f"Give a set of classes: {{{labels!r}}}"
        )
    if not isinstance(labels, Collection) or not all(isinstance(label, str) for label in labels):
        fix = "Give a set of texts, None for an answer that could not be read"
        raise InputError(where=name, problem=f"hold {labels!r} at {index}, no set of classes", fix=fix)
    return labels


def _known(truth: Collection[str], number: dict[str, int]) -> Collection[str]:
    for label in truth:
        if not isinstance(label, str) or label not in number:
            raise InputError(
                where=f"truth {label!r}",
                problem=f"is not among the labels {', '.join(number)}",
                fix="Give the full label set of the task",
            )
    return truth
