"""BLEU-1..4, ROUGE-L and CIDEr of texts that a protocol has already cut: the part that three protocols share."""

from collections.abc import Sequence

from sarbench.errors import InputError
from sarbench.metrics.caption.caption_facts import CaptionFacts
from sarbench.metrics.caption.kernels import corpus_bleu, count
from sarbench.metrics.caption.signatures import ngram_signatures

_WITHOUT_IDF = (
    "is 0 whatever is answered: it weighs words by how few items have them in their references, and here all items "
    "have the same references"
)


def ngram_facts(
    predictions: Sequence[str], references: Sequence[Sequence[str]], *, protocol: str, tok: str
) -> CaptionFacts:
    """Score texts as pycocoevalcap 1.2's `Bleu(4)`, `Rouge` and `Cider` do (its CIDEr is CIDEr-D).

    Args:
        predictions: [N] texts whose tokens are separated by white space.
        references: [N] lists of such texts.
        protocol: Name for the signatures.
        tok: Name of the tokeniser for the signatures.

    Raises:
        InputError: No reference has a token: CIDEr is not defined there.
    """
    check_some_token(references)
    counts = count(predictions, references)
    bleu = corpus_bleu(counts.bleu.sum(axis=0))
    means = {"rouge_l": counts.rouge_l, "cider": counts.cider}
    corpus = {f"bleu{n}": float(bleu[n - 1]) for n in range(1, 5)}
    return CaptionFacts(
        protocol=protocol,
        corpus=corpus | {metric: float(values.mean()) for metric, values in means.items()},
        means=means,
        signatures=ngram_signatures(protocol, tok=tok),
        bleu=counts.bleu,
        notes={"cider": _WITHOUT_IDF} if _all_alike(references) else {},
    )


def _all_alike(references: Sequence[Sequence[str]]) -> bool:
    first = set(references[0])
    return all(set(accepted) == first for accepted in references)


def check_some_token(references: Sequence[Sequence[str]]) -> None:
    """Refuse a set in which no reference has a single token.

    Raises:
        InputError: That is so.
    """
    if not any(text and not text.isspace() for accepted in references for text in accepted):
        raise InputError(
            where="references",
            problem="hold no word at all, so there is nothing to compare with",
            fix="Check that the reference captions were read from the right column",
        )
