"""CIDEr-D from tf-idf overlaps, as pycocoevalcap 1.2 computes it (cider/cider_scorer.py, where it is called CIDEr).

Bit equality asks for three things beyond the formula (Vedantam et al. 2015, arXiv 1411.5726): sums run in the order in
which n-grams first occur in a text; logarithms, powers and exponentials come from scalar calls, because vector versions
may differ in the last bit; the length in the penalty counts bigrams.
"""

import math

import numpy as np
import numpy.typing as npt

from sarbench.metrics.caption.kernels.corpus import ORDERS, Corpus, Floats, Ids, Offsets, Overlap

_SIGMA = 6.0


class TfIdf:
    """Weights of n-grams in a corpus of `items` documents, from document frequencies 0..items."""

    def __init__(self, items: int) -> None:
        self._log_items = np.log(float(items))
        self._known = np.zeros(items + 1, np.bool_)
        self._idf = np.zeros(items + 1)
        self._idf_squared = np.zeros(items + 1)

    def weigh(self, tf: Ids, df: Ids) -> tuple[Floats, Floats]:
        """Return tf · idf and its square for n-grams with these term and document frequencies.

        idf = log(items) − log(max(1, df)): an n-gram that no reference holds weighs as much as one in a single item.
        """
        for new in np.unique(df[~self._known[df]]).tolist():
            self._idf[new] = self._log_items - np.log(max(1.0, float(new)))
            self._idf_squared[new] = pow(self._idf[new], 2)
            self._known[new] = True
        weights = self._idf[df]
        squares = self._idf_squared[df]
        again = np.flatnonzero(tf > 1)
        if again.size:
            weights[again] *= tf[again]
            distinct, place = np.unique(weights[again], return_inverse=True)
            squares[again] = np.array([pow(weight, 2) for weight in distinct])[place]
        return weights, squares


def cider(overlap: Overlap, corpus: Corpus) -> Floats:
    """Return the score of every item: cosines averaged over n and references, times ten.

    Returns:
        [N], range 0..10, higher is better.
    """
    owners = corpus.owners
    bigrams = np.maximum(corpus.words.lengths - 1, 0)
    penalties = _penalties(np.abs(bigrams[owners] - bigrams[corpus.items :]))
    sums = np.empty((corpus.items, ORDERS))
    for order in range(ORDERS):
        norms = np.sqrt(overlap.prediction_norms[:, order])[owners], np.sqrt(overlap.reference_norms[:, order])
        similar = overlap.dots[:, order].copy()
        np.divide(similar, norms[0] * norms[1], out=similar, where=(norms[0] != 0) & (norms[1] != 0))
        sums[:, order] = np.bincount(owners, weights=similar * penalties, minlength=corpus.items)
    mean = (((sums[:, 0] + sums[:, 1]) + sums[:, 2]) + sums[:, 3]) / ORDERS
    scores: Floats = mean / np.diff(corpus.firsts) * 10.0
    return scores


def _penalties(differences: Offsets) -> npt.NDArray[np.float64]:
    """Return exp(−d² / 2σ²) of every difference of lengths."""
    distinct, place = np.unique(differences, return_inverse=True)
    return np.array([math.e ** (-(float(d) ** 2) / (2 * _SIGMA**2)) for d in distinct.tolist()])[place]
