"""The counts behind BLEU-1..4, ROUGE-L and CIDEr, bit-equal to pycocoevalcap 1.2 and much faster.

`count` gives every item's share, `corpus_bleu` and `sentence_bleu` turn n-gram counts into scores. Two engines give the
same bits: numpy, and numba where it is installed. Texts are taken as they are: whoever lower-cases or tokenises does so
before. pycocoevalcap calls the score CIDEr; its formula is CIDEr-D (clipped counts, Gaussian length penalty, sigma 6).
"""

from sarbench.metrics.caption.kernels.bleu import corpus_bleu, sentence_bleu
from sarbench.metrics.caption.kernels.counting import CaptionCounts, count

__all__ = ["CaptionCounts", "corpus_bleu", "count", "sentence_bleu"]
