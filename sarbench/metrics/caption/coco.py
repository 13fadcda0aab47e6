"""The `coco` protocol: the captions as COCO's evaluation scores them.

pycocoevalcap 1.2's `COCOEvalCap`: Penn Treebank tokens, then `Bleu(4)`, `Rouge`, `Cider` and METEOR 1.5, with the texts
brought onto one line and into NFC first, which mends that package's line-break faults. On texts without odd white space
the numbers are its numbers, bit for bit, but where its tokens of a caption depend on the next one (see `ptb`).

SPICE is not offered. Its program needs the CoreNLP 3.6.0 models, which no package carries (pycocoevalcap fetches them
from the network at the first use), and stops under Java 16 and later.
"""

from collections.abc import Sequence
from dataclasses import replace

from sarbench.metrics.caption.caption_facts import CaptionFacts
from sarbench.metrics.caption.meteor import METEOR_VERSION, meteor
from sarbench.metrics.caption.ngrams import ngram_facts
from sarbench.metrics.caption.ptb import PTB_VERSION, ptb_tokenise
from sarbench.metrics.caption.signatures import signature


def coco_facts(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> CaptionFacts:
    """Score captions under `coco`.

    Args:
        predictions: [N] captions, one per image.
        references: [N] lists of captions.

    Raises:
        UnavailableError: Java or the pycocoevalcap wheel is missing, or a program fails.
        InputError: No reference has a token.
    """
    tokens = ptb_tokenise([*predictions, *(text for accepted in references for text in accepted)])
    hypotheses = [tokens[text] for text in predictions]
    cut = [[tokens[text] for text in accepted] for accepted in references]
    tok = f"ptb-{PTB_VERSION}"
    facts = ngram_facts(hypotheses, cut, protocol="coco", tok=tok)
    scores = meteor(hypotheses, cut)
    return replace(
        facts,
        corpus=facts.corpus | {"meteor": scores.corpus},
        means=facts.means | {"meteor": scores.items},
        signatures=facts.signatures
        | {"meteor": signature("meteor", "coco", tok=tok, meteor=METEOR_VERSION, lang="en", norm="yes")},
        meteor=scores.statistics,
    )
