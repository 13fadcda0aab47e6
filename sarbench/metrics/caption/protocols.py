"""The four ways to score captions, under one roof and never under one another's name.

`paper`   SARLANG-1M's `Evaluate_caption.py`: pycocoevalcap 1.2's `Bleu(4)`, `Rouge` and `Cider` on raw strings – case
          and punctuation kept, tokens cut at white space. There every row is an item with its one reference; rows of
          one image are not grouped. (Items with more references are scored as those classes score them.)
`strict`  sarbench's own rule, which ranks: the same three formulas on our tokens (`tokeniser`), one item per image
          (`group_by_image`), and no point for an answer without a word.
`coco`    COCO's evaluation: Penn Treebank tokens and METEOR 1.5, both Java programs; one item per image. No SPICE (see
          `coco`).
`nltk`    nltk's BLEU and METEOR and rouge-score's ROUGE, as EarthDial has them.

Scores are raw: BLEU, ROUGE and METEOR in 0..1, CIDEr in 0..10; papers multiply by 100. Higher is better.

CIDEr weighs words by how rare they are among the references of the very set that is scored. So it is 0 for a single
item and where all references are alike, scores of parts cannot be averaged, and a part's score is not comparable with
the whole's.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sarbench.errors import UnknownNameError
from sarbench.metrics.caption.caption_facts import CaptionFacts
from sarbench.metrics.caption.coco import coco_facts
from sarbench.metrics.caption.kernels import sentence_bleu
from sarbench.metrics.caption.kernels.checked import check
from sarbench.metrics.caption.ngrams import ngram_facts
from sarbench.metrics.caption.nltk_protocol import nltk_facts
from sarbench.metrics.caption.tokeniser import TOKENISER_VERSION, tokenise

PROTOCOLS = ("paper", "strict", "coco", "nltk")


def corpus_scores(
    predictions: Sequence[str], references: Sequence[Sequence[str]], *, protocol: str = "paper"
) -> dict[str, float]:
    """Score a set of captions as a whole.

    Args:
        predictions: [N] captions, one per item; "" where the model said nothing.
        references: [N] lists of captions, at least one per item. Items are taken as given: for `strict` and `coco`,
            unite the rows of an image with `group_by_image` first; for `paper`, give rows.
        protocol: `paper`, `strict`, `coco` or `nltk`; the module says what each is.

    Returns:
        `bleu1`..`bleu4`, `rouge_l` and `cider`; under `coco` also `meteor`; under `nltk` instead `nltk_bleu1`..
        `nltk_bleu4`, `rouge1_f`, `rouge2_f`, `rougeL_f`, and `nltk_meteor` where WordNet is found (where it is not,
        `facts` says why). Raw scale: 0..1, CIDEr 0..10; higher is better.

    Raises:
        InputError: Lengths differ, nothing to score, a text that is not a string, an item without a reference, or no
            reference with a word in it.
        UnknownNameError: No such protocol.
        UnavailableError: The protocol needs Java (`coco`) or a package (`coco`, `nltk`) that is not installed here.

    >>> said, meant = ["A ship.", "two piers"], [["A ship in port."], ["two piers"]]
    >>> {metric: round(score, 3) for metric, score in corpus_scores(said, meant, protocol="strict").items()}
    {'bleu1': 0.607, 'bleu2': 0.607, 'bleu3': 0.006, 'bleu4': 0.001, 'rouge_l': 0.814, 'cider': 4.019}
    """
    return facts(predictions, references, protocol=protocol).corpus


def sentence_scores(
    predictions: Sequence[str], references: Sequence[Sequence[str]], *, protocol: str = "paper"
) -> dict[str, npt.NDArray[np.float64]]:
    """Score each caption; arguments and errors as for `corpus_scores`.

    Returns:
        Metric → [N] float64. BLEU's corpus score is not the mean of these, and nltk's BLEU is not among them. CIDEr's
        word weights come from the references of all N items.
    """
    found = facts(predictions, references, protocol=protocol)
    if found.bleu is None:
        return found.means
    bleu = sentence_bleu(found.bleu)
    return {f"bleu{n}": bleu[:, n - 1] for n in range(1, 5)} | found.means


def facts(predictions: Sequence[str], references: Sequence[Sequence[str]], *, protocol: str) -> CaptionFacts:
    """Score a set of captions and keep each item's share, from which intervals are made.

    Arguments and errors as for `corpus_scores`.

    >>> facts(["A ship."], [["a ship"]], protocol="strict").signatures["bleu4"]
    'bleu4|strict|tok:sarbench-1|ref:closest|v:1'
    """
    check(predictions, references)
    match protocol if isinstance(protocol, str) else None:
        case "paper":
            return ngram_facts(predictions, references, protocol="paper", tok="split")
        case "strict":
            return _strict_facts(predictions, references)
        case "coco":
            return coco_facts(predictions, references)
        case "nltk":
            return nltk_facts(predictions, references)
    raise UnknownNameError(
        where=f"protocol {protocol!r}", problem="is none of the caption protocols", fix=f"Use one of {PROTOCOLS}"
    )


def _strict_facts(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> CaptionFacts:
    known: dict[str, str] = {}

    def cut(text: str) -> str:
        if text not in known:
            known[text] = " ".join(tokenise(text))
        return known[text]

    hypotheses = [cut(text) for text in predictions]
    accepted = [[cut(text) for text in texts] for texts in references]
    found = ngram_facts(hypotheses, accepted, protocol="strict", tok=f"sarbench-{TOKENISER_VERSION}")
    # pycocoevalcap's ROUGE-L gives 1 to an empty answer where a reference is empty as well.
    rouge_l = np.where([bool(text) for text in hypotheses], found.means["rouge_l"], 0.0)
    return replace(
        found, corpus=found.corpus | {"rouge_l": float(rouge_l.mean())}, means=found.means | {"rouge_l": rouge_l}
    )
