"""What one protocol finds out about a set of captions: the record that scores and intervals are made of."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class CaptionFacts:
    """Scores of N captions under one protocol, with what is needed to form intervals around them.

    Every score is raw: BLEU, ROUGE and METEOR in 0..1, CIDEr in 0..10; papers multiply by 100. Higher is better.

    Attributes:
        protocol: `paper`, `strict`, `coco` or `nltk`.
        corpus: Metric → score of the whole set.
        means: Metric → [N] float64, one score per item. The corpus score is their mean, except for METEOR under `coco`.
        bleu: [N, 10] int64 counts; `kernels.corpus_bleu` of their sum over any items is bleu1..bleu4 of those items.
            None under `nltk`, which counts otherwise.
        meteor: [N, 23] float64 statistics under `coco`; `meteor.score_statistics` of their sum over any items is METEOR
            of those items. None elsewhere.
        signatures: Metric → how it was made; scores with different signatures are different metrics.
        unavailable: Metric of this protocol that could not be computed on this machine → why, and what would help.
        notes: Metric whose number says nothing about the answers → why.
    """

    protocol: str
    corpus: dict[str, float]
    means: dict[str, npt.NDArray[np.float64]]
    signatures: dict[str, str]
    bleu: npt.NDArray[np.int64] | None = None
    meteor: npt.NDArray[np.float64] | None = None
    unavailable: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
