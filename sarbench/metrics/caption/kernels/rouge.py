"""ROUGE-L from lengths of longest common subsequences, as pycocoevalcap 1.2 computes it (rouge/rouge.py)."""

import numpy as np

from sarbench.metrics.caption.kernels.corpus import Corpus, Floats, Offsets

_BETA_SQUARED = 1.2**2


def rouge_l(common: Offsets, corpus: Corpus) -> Floats:
    """Return the F score, beta 1.2, of every item.

    With several references the best precision and the best recall may come from different ones. Two empty texts share
    their one empty token and score 1.

    Args:
        common: [M] length of the longest common subsequence of each reference and its prediction.
        corpus: The texts.

    Returns:
        [N], range 0..1, higher is better.
    """
    lengths = corpus.pieces.lengths
    first = corpus.firsts[:-1]
    precision = np.maximum.reduceat(common / lengths[corpus.owners], first)
    recall = np.maximum.reduceat(common / lengths[corpus.items :], first)
    # The order of the operations is pycocoevalcap's: another one differs in the last bit.
    above = (1 + _BETA_SQUARED) * precision * recall
    below = recall + _BETA_SQUARED * precision
    return np.divide(above, below, out=np.zeros(corpus.items), where=(precision != 0) & (recall != 0))
