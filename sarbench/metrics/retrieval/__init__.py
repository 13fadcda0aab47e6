"""Recall of image–text retrieval, with ties and repeated captions taken seriously.

Captions made from templates repeat, so that many texts have one embedding and many similarities are equal. How ties are
broken then decides the result: sarbench reports the expected value over all ways of breaking them at random, and counts
an equal caption as right (`protocol="strict"`). `protocol="paper"` is what the scripts of published models do.
"""

from sarbench.metrics.retrieval._similarity import recall_at_k
from sarbench.metrics.retrieval._two_way import Direction, RetrievalScores, scores

__all__ = ["Direction", "RetrievalScores", "recall_at_k", "scores"]
