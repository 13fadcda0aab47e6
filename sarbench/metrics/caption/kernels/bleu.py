"""BLEU-1..4 from integer counts, as pycocoevalcap 1.2 computes it (bleu/bleu_scorer.py, `compute_score`).

A row of ten integers: matched 1..4-grams (clipped by the largest count in any one reference), guessed 1..4-grams,
hypothesis length, length of the reference closest to it (the shorter one of two equally close).
"""

import math
from collections.abc import Callable
from itertools import repeat

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics.caption.kernels.corpus import ORDERS, Corpus, Offsets

Array = npt.NDArray[np.float64]

COLUMNS = 10
_TINY = 1e-15
_SMALL = 1e-9


def corpus_bleu(sums: npt.ArrayLike) -> Array:
    """Return BLEU-1..4 of a run, or of each of its resamples, from summed counts.

    Bit-equal to the corpus numbers of `Bleu(4).compute_score`. Unit: fraction, range 0..1, higher is better. It is not
    smoothed, but an order without a match counts 1e-15 instead of 0, so that small residues stand where others print 0.

    Args:
        sums: [..., 10] `CaptionCounts.bleu` summed over items.

    Returns:
        [..., 4] BLEU-1, BLEU-2, BLEU-3, BLEU-4.

    >>> corpus_bleu([5, 4, 3, 2, 5, 4, 3, 2, 5, 5]).round(6)
    array([1., 1., 1., 1.])
    """
    counts = np.asarray(sums, dtype=np.float64)
    if counts.ndim == 0 or counts.shape[-1] != COLUMNS:
        raise InputError(
            where=f"counts of shape {counts.shape}",
            problem=f"BLEU is computed from {COLUMNS} counts, which the last axis must hold",
            fix="Sum CaptionCounts.bleu over its first axis",
        )
    if not (counts >= 0).all():
        raise InputError(
            where="counts", problem="some are negative or not a number", fix="Give the sums of CaptionCounts.bleu"
        )
    matched, guessed = counts[..., :ORDERS], counts[..., ORDERS : 2 * ORDERS]
    ratio = (counts[..., 8] + _TINY) / (counts[..., 9] + _SMALL)
    short = ratio < 1
    penalty = np.ones_like(ratio)
    penalty[short] = _each(math.exp, 1 - 1 / ratio[short])
    precisions = (matched + _TINY) / (guessed + _SMALL)
    scores = np.empty(matched.shape)
    product = np.ones_like(ratio)
    for order in range(ORDERS):
        product = product * precisions[..., order]
        scores[..., order] = (_each(math.pow, product, 1.0 / (order + 1)) if order else product) * penalty
    return scores


def sentence_bleu(bleu: npt.ArrayLike) -> Array:
    """Return BLEU-1..4 of every item from its counts.

    Bit-equal to the sentence scores of `Bleu(4).compute_score`; their mean is not the corpus score. Unit: fraction,
    range 0..1, higher is better.

    Args:
        bleu: [N, 10] `CaptionCounts.bleu`.

    Returns:
        [N, 4].
    """
    return corpus_bleu(bleu)


def bleu_counts(matched: Offsets, corpus: Corpus) -> npt.NDArray[np.int64]:
    """Return the ten counts of every item.

    Args:
        matched: [N, 4] clipped matches.
        corpus: The texts.

    Returns:
        [N, 10].
    """
    lengths = corpus.words.lengths
    ours, theirs = lengths[: corpus.items], lengths[corpus.items :]
    # One number that sorts by distance and then by length.
    wide = int(theirs.max()) + 1
    ranked = np.abs(theirs - ours[corpus.owners]) * wide + theirs
    closest = np.minimum.reduceat(ranked, corpus.firsts[:-1]) % wide
    guessed = np.maximum(ours[:, None] - np.arange(ORDERS), 0)
    return np.column_stack((matched, guessed, ours, closest))


def _each(function: Callable[..., float], values: Array, *constants: float) -> Array:
    """Apply a function of the C library to every value: numpy's own vector versions may differ in the last bit."""
    flat = np.fromiter(map(function, values.ravel().tolist(), *map(repeat, constants)), np.float64, values.size)
    return flat.reshape(values.shape)
