"""Scores of answers to yes-or-no questions: "Is there a ship in the image?".

A model that says yes to everything has a good accuracy wherever most truths are yes. Balanced accuracy is 1/2 for it
whatever the balance, and the share of yes among its answers shows the bias itself.

Every score takes counts [..., 6] and returns [...], so that the same function scores a run and every resample of its
bootstrap. The six, in this order, are the sufficient statistics: truth yes and answer yes, no, unread; truth no and
answer yes, no, unread. Unit: fraction in 0..1. 0/0 is 0, as in `metrics.rates`.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import numeric
from sarbench.metrics._paired import check_paired

COLUMNS = ("yes_yes", "yes_no", "yes_unread", "no_yes", "no_no", "no_unread")
"""Truth and answer of each count."""

Array = npt.NDArray[np.float64]
Score = Callable[[npt.ArrayLike], Array]
"""What every score here is: counts [..., 6] → [...]."""

_TRUTH: Mapping[object, int] = {"yes": 0, "no": 1}
_ANSWER: Mapping[object, int] = {"yes": 0, "no": 1, None: 2}


def presence_counts(predicted: Sequence[str | None], true: Sequence[str]) -> npt.NDArray[np.int64]:
    """Say which of the six cases each answer is.

    Args:
        predicted: "yes" or "no" as `sarbench.answers.parse` reads them; None where the answer could not be read.
        true: "yes" or "no".

    Returns:
        [N, 6] int64 of 0 and 1, in the order of `COLUMNS`; summed over N, or over the answers of one image, they are
        what the scores below take.

    Raises:
        InputError: The lists differ in length, or hold another word.

    >>> presence_counts(["yes", None], ["no", "yes"]).tolist()
    [[0, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0]]
    """
    check_paired(predicted, true)
    cells = 3 * _places(true, _TRUTH, "true") + _places(predicted, _ANSWER, "predicted")
    return np.asarray(cells[:, None] == np.arange(len(COLUMNS)), dtype=np.int64)


def accuracy(counts: npt.ArrayLike) -> Array:
    """Return the share of right answers among all, unread ones included: [..., 6] → [...]; higher is better.

    >>> float(accuracy([3, 1, 0, 2, 3, 1]))
    0.6
    """
    table = _table(counts)
    return _ratio(table[..., 0] + table[..., 4], table.sum(axis=-1))


def balanced_accuracy(counts: npt.ArrayLike) -> Array:
    """Return the mean recall of the truths that occur: [..., 6] → [...]; higher is better.

    An unread answer misses its truth. As scikit-learn's `balanced_accuracy_score`; always yes, always no and an answer
    drawn by chance are worth 1/2.

    >>> float(balanced_accuracy([90, 0, 0, 10, 0, 0]))
    0.5
    """
    table = _table(counts)
    yes, no = table[..., :3].sum(axis=-1), table[..., 3:].sum(axis=-1)
    recalls = _ratio(table[..., 0], yes) + _ratio(table[..., 4], no)
    return _ratio(recalls, np.asarray((yes > 0).astype(np.float64) + (no > 0)))


def yes_share(counts: npt.ArrayLike) -> Array:
    """Return the share of "yes" among the answers that could be read: [..., 6] → [...].

    A measure of bias with no better direction: set it beside `yes_share_of_truth`. sarbench's own rule.

    >>> float(yes_share([90, 0, 5, 10, 0, 0])), float(yes_share_of_truth([90, 0, 5, 10, 0, 0]))
    (1.0, 0.9047619047619048)
    """
    table = _table(counts)
    yes = table[..., 0] + table[..., 3]
    return _ratio(yes, yes + table[..., 1] + table[..., 4])


def yes_share_of_truth(counts: npt.ArrayLike) -> Array:
    """Return the share of "yes" among the truths: [..., 6] → [...]; no direction."""
    table = _table(counts)
    return _ratio(table[..., :3].sum(axis=-1), table.sum(axis=-1))


def _places(words: Sequence[object], places: Mapping[object, int], name: str) -> npt.NDArray[np.int64]:
    for index, word in enumerate(words):
        if not isinstance(word, str | None) or word not in places:
            raise InputError(
                where=name,
                problem=f"hold {word!r} at {index}, which is neither yes nor no",
                fix='Give "yes" or "no"; None stands for an answer that could not be read, never for a truth',
            )
    return np.array([places[word] for word in words], dtype=np.int64)


def _table(counts: npt.ArrayLike) -> Array:
    table = numeric(counts, "counts")
    if table.shape[-1:] != (len(COLUMNS),):
        raise InputError(
            where="counts", problem=f"have the shape {table.shape}", fix=f"Give [..., 6]: {', '.join(COLUMNS)}"
        )
    if not ((table >= 0) & (table < np.inf)).all():
        raise InputError(where="counts", problem="are infinite, negative or NaN", fix="Give sums of presence_counts")
    return table


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole > 0)
