"""Counting as FUSAR-GPT (arXiv 2602.19190) scores it."""

from collections.abc import Sequence

from sarbench.metrics.count import within


def counting_accuracy(predicted: Sequence[int | None], true: Sequence[int]) -> float | None:
    """Return FUSAR-GPT's counting accuracy: the share of exactly right numbers; an unread answer (None) is wrong.

    Raises:
        InputError: See `sarbench.metrics.count.within`.

    >>> counting_accuracy([2, None, 4], [2, 1, 4]) == 2 / 3
    True
    """
    right = within(predicted, true)
    return float(right.mean()) if len(right) else None
