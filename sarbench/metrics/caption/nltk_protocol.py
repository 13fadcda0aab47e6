"""The `nltk` protocol: scores of papers that used nltk and rouge-score, such as EarthDial's.

None of them is comparable with the pycocoevalcap scores of the same name. The rules, as EarthDial's evaluation scripts
have them (`eval/rs_image_caption/eval.py`, `eval/rs_region_captioning/eval.py`):

- ROUGE-1/2/L: F1 of the rouge-score package with stemming, averaged over an item's references, then over items. (The
  image script puts nltk's `word_tokenize` in front, the region script does not; we do not. rouge-score keeps `[a-z0-9]`
  alone either way, so that only contractions differ.)
- METEOR: nltk's `meteor_score` on tokens cut at white space, best reference, mean over items; needs WordNet.

BLEU is nltk's `corpus_bleu` on tokens cut at white space, case kept, without smoothing. Where no n-gram of an order
matches, nltk's score is a number below 1e-50 rather than 0, and it says so in a warning, which is not passed on.
"""

import warnings
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from sarbench.metrics.caption.caption_facts import CaptionFacts
from sarbench.metrics.caption.ngrams import check_some_token
from sarbench.metrics.caption.packages import needed, needed_version
from sarbench.metrics.caption.signatures import signature
from sarbench.metrics.caption.wordnet import WordNet, wordnet
from sarbench.metrics.unavailable import UnavailableError

Scores = npt.NDArray[np.float64]

_BLEU = ("nltk_bleu1", "nltk_bleu2", "nltk_bleu3", "nltk_bleu4")
_ROUGE = {"rouge1": "rouge1_f", "rouge2": "rouge2_f", "rougeL": "rougeL_f"}


def nltk_facts(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> CaptionFacts:
    """Score captions under `nltk`; METEOR only where WordNet is found (`CaptionFacts.unavailable` says why not).

    Args:
        predictions: [N] captions.
        references: [N] lists of captions.

    Raises:
        UnavailableError: nltk or rouge-score is not installed.
        InputError: No reference has a token.
    """
    check_some_token(references)
    installed = {package: needed_version(package) for package in ("nltk", "rouge-score")}
    means = _rouge(predictions, references)
    signatures = {metric: _signature(metric, installed) for metric in (*_BLEU, *means)}
    unavailable: dict[str, str] = {}
    try:
        words = wordnet()
    except UnavailableError as error:
        unavailable["nltk_meteor"] = str(error)
    else:
        means["nltk_meteor"] = _meteor(predictions, references, words)
        signatures["nltk_meteor"] = _signature("nltk_meteor", installed, wordnet=words.name)
    corpus = _bleu(predictions, references) | {metric: float(values.mean()) for metric, values in means.items()}
    return CaptionFacts("nltk", corpus, means, signatures, unavailable=unavailable)


def _bleu(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, float]:
    corpus_bleu = needed("nltk.translate.bleu_score", package="nltk").corpus_bleu
    hypotheses = [text.split() for text in predictions]
    cut = [[text.split() for text in accepted] for accepted in references]
    weights = [(1 / n,) * n for n in range(1, len(_BLEU) + 1)]
    with warnings.catch_warnings(action="ignore"):
        scores = corpus_bleu(cut, hypotheses, weights=weights)
    return {metric: float(score) for metric, score in zip(_BLEU, scores, strict=True)}


def _meteor(predictions: Sequence[str], references: Sequence[Sequence[str]], words: WordNet) -> Scores:
    meteor_score = needed("nltk.translate.meteor_score", package="nltk").meteor_score

    def score(prediction: str, accepted: tuple[str, ...]) -> float:
        return float(meteor_score([text.split() for text in accepted], prediction.split(), wordnet=words.reader))

    return _each(score, predictions, references)


def _rouge(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> dict[str, Scores]:
    scorer = needed("rouge_score.rouge_scorer", package="rouge-score").RougeScorer(list(_ROUGE), use_stemmer=True)

    def score(prediction: str, accepted: tuple[str, ...]) -> list[float]:
        found = [scorer.score(text, prediction) for text in accepted]
        return [sum(one[kind].fmeasure for one in found) / len(found) for kind in _ROUGE]

    table = _each(score, predictions, references)
    return {metric: table[:, column] for column, metric in enumerate(_ROUGE.values())}


def _each(
    score: Callable[[str, tuple[str, ...]], float | list[float]],
    predictions: Sequence[str],
    references: Sequence[Sequence[str]],
) -> Scores:
    """Score every item, and items with the same texts once."""
    items = list(zip(predictions, map(tuple, references), strict=True))
    known = {item: score(*item) for item in dict.fromkeys(items)}
    return np.array([known[item] for item in items], dtype=np.float64)


def _signature(metric: str, installed: dict[str, str], *, wordnet: str = "") -> str:
    if metric in _BLEU:
        return signature(metric, "nltk", tok="split", smooth="none", ref="closest", nltk=installed["nltk"])
    if metric == "nltk_meteor":
        return signature(metric, "nltk", tok="split", ref="best", wordnet=wordnet, nltk=installed["nltk"])
    return signature(metric, "nltk", tok="rouge-score", stem="porter", ref="mean", **_both(installed))


def _both(installed: dict[str, str]) -> dict[str, str]:
    """Name both packages: rouge-score takes its stemmer from nltk."""
    return {package.replace("-", "_"): number for package, number in sorted(installed.items(), reverse=True)}
