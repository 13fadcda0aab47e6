"""Rates of true positives, false positives and false negatives.

All take scalars or arrays of any one shape, so that the same function scores a run and every resample of its bootstrap.
Unit: fraction, range 0..1, higher is better. 0/0 is 0, as in scikit-learn with `zero_division=0`.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def f1_from_counts(tp: npt.ArrayLike, fp: npt.ArrayLike, fn: npt.ArrayLike) -> Array:
    """Return 2·tp / (2·tp + fp + fn), the harmonic mean of precision and recall.

    >>> float(f1_from_counts(3, 1, 2))
    0.6666666666666666
    """
    hits = 2 * np.asarray(tp, dtype=np.float64)
    return _ratio(hits, hits + np.asarray(fp) + np.asarray(fn))


def precision_from_counts(tp: npt.ArrayLike, fp: npt.ArrayLike) -> Array:
    """Return tp / (tp + fp)."""
    hits = np.asarray(tp, dtype=np.float64)
    return _ratio(hits, hits + np.asarray(fp))


def recall_from_counts(tp: npt.ArrayLike, fn: npt.ArrayLike) -> Array:
    """Return tp / (tp + fn)."""
    hits = np.asarray(tp, dtype=np.float64)
    return _ratio(hits, hits + np.asarray(fn))


def jaccard_from_counts(tp: npt.ArrayLike, fp: npt.ArrayLike, fn: npt.ArrayLike) -> Array:
    """Return tp / (tp + fp + fn), which SARChat-2M's paper (arXiv 2502.08168) prints as "Acc".

    A single missed target costs it twice, once as fp and once as fn: 74.86 % of it is a hit rate of 85.6 %.
    """
    hits = np.asarray(tp, dtype=np.float64)
    return _ratio(hits, hits + np.asarray(fp) + np.asarray(fn))


def _ratio(part: Array, whole: npt.ArrayLike) -> Array:
    total = np.asarray(whole, dtype=np.float64)
    return np.divide(part, total, out=np.zeros(np.broadcast(part, total).shape), where=total > 0)
