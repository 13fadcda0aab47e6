"""Scores of answers that are one class, or a set of classes, from a fixed list.

The label set belongs to the task and is always given: taken from the answers, one unparsable answer would add a class
with F1 = 0 to the mean. An answer that could not be read (None, or an empty set) and one outside the list are wrong
for their true class and no class's false positive.

All scores are fractions in 0..1, higher is better. Those that take `counts` accept leading axes, so that they score a
run and every resample of its bootstrap alike.
"""

from collections.abc import Collection, Hashable, Sequence

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._paired import check_paired
from sarbench.metrics.rates import f1_from_counts, recall_from_counts

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
LabelSet = Collection[str]


def correct(predicted: Sequence[Hashable | None], true: Sequence[Hashable]) -> Array:
    """Return 1.0 for every answer that equals the truth and 0.0 for every other one, None included: [N]."""
    check_paired(predicted, true)
    return np.array([p is not None and p == t for p, t in zip(predicted, true, strict=True)], dtype=np.float64)


def accuracy(predicted: Sequence[Hashable | None], true: Sequence[Hashable]) -> float | None:
    """Return the share of right answers; None without any truth.

    >>> accuracy(["ship", None, "car", "car"], ["ship", "ship", "car", "tank"])
    0.5
    """
    return float(correct(predicted, true).mean()) if len(true) else None


def exact_sets(predicted: Sequence[LabelSet | None], true: Sequence[LabelSet]) -> Array:
    """Return 1.0 for every set that equals the true one in full, and 0.0 for every other: [N]."""
    return correct([None if p is None else frozenset(p) for p in predicted], [frozenset(t) for t in true])


def confusion(predicted: Sequence[str | None], true: Sequence[str], *, labels: Sequence[str]) -> Counts:
    """Count answers by truth and prediction.

    Returns:
        [K, K + 1] int64: true classes down, predicted ones across, both in the order of `labels`; the last column
        holds the answers that could not be read or lie outside the list.

    Raises:
        InputError: The lists differ in length, or a truth is not among the labels.

    >>> confusion(["ship", None, "car"], ["ship", "ship", "ship"], labels=["car", "ship"]).tolist()
    [[0, 0, 0], [1, 1, 1]]
    """
    check_paired(predicted, true)
    number = _numbers(labels)
    size = len(labels)
    rows = [number[t] for t in _known(true, number)]
    columns = [size if p is None else number.get(p, size) for p in predicted]
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
        InputError: The lists differ in length, or a truth is not among the labels.

    >>> label_counts([{"ship", "car"}], [{"ship", "tank"}], labels=["car", "ship", "tank"]).tolist()
    [[[0, 1, 0], [1, 0, 0], [0, 0, 1]]]
    """
    check_paired(predicted, true)
    number = _numbers(labels)
    said = np.zeros((len(true), len(labels)), dtype=bool)
    meant = np.zeros_like(said)
    for index, (guess, truth) in enumerate(zip(predicted, true, strict=True)):
        said[index, [number[label] for label in guess or () if label in number]] = True
        meant[index, [number[label] for label in _known(truth, number)]] = True
    return np.stack([said & meant, said & ~meant, ~said & meant], axis=2).astype(np.int64)


def f1_per_label(counts: npt.ArrayLike) -> Array:
    """Return the F1 of each class from summed counts [..., K, 3]: [..., K]; 0 for a class never meant nor said."""
    table = np.asarray(counts)
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
    table = np.asarray(counts, dtype=np.float64)
    occurs = table[..., 0] + table[..., 2] > 0
    recall = recall_from_counts(table[..., 0], table[..., 2])
    mean: Array = recall.sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1)
    return mean


def _numbers(labels: Sequence[str]) -> dict[str, int]:
    number = {label: index for index, label in enumerate(labels)}
    if len(number) != len(labels) or not labels:
        raise InputError(where="labels", problem="are empty or repeat a class", fix="Give each class of the task once")
    return number


def _known(truth: Collection[str], number: dict[str, int]) -> Collection[str]:
    for label in truth:
        if label not in number:
            raise InputError(
                where=f"truth {label!r}",
                problem=f"is not among the labels {', '.join(number)}",
                fix="Give the full label set of the task",
            )
    return truth
