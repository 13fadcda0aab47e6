"""METEOR 1.5: the statistics of its Java program, and the score that they give.

Denkowski and Lavie, "Meteor Universal: Language Specific Translation Evaluation for Any Target Language" (WMT 2014), in
the program's default setting for English (`-l en -norm`, task rank), which is how pycocoevalcap 1.2 calls it. This is
not nltk's `meteor_score`: that one has other parameters, no paraphrases and no weight for function words.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sarbench.metrics.caption.meteor_program import meteor_program
from sarbench.metrics.caption.ptb import one_line

METEOR_VERSION = "1.5"
STATISTICS = 23
"""Numbers per item: 4 lengths, 4 counts for each of 4 kinds of match, chunks, matched words of either text.

As in the program's own sums, an item whose texts match as a whole, in one chunk, counts as none: it is not fragmented.
"""

_ALPHA, _BETA, _GAMMA, _DELTA = 0.85, 0.2, 0.6, 0.75
_STAGE_WEIGHTS = np.array([1.0, 0.6, 0.8, 0.6])  # exact, stem, synonym, paraphrase
_BATCH = 256  # items a request: long enough to be quick, short enough that neither pipe fills up


class Meteor(NamedTuple):
    """METEOR of N items, each score in 0..1, higher is better."""

    corpus: float
    """Of the summed statistics, not the mean of the items' scores."""
    items: npt.NDArray[np.float64]
    """[N] each item's own score."""
    statistics: npt.NDArray[np.float64]
    """[N, 23] what the items' alignments contribute: sum over any items, then `score_statistics`."""


def meteor(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> Meteor:
    """Score captions with the Java program of METEOR 1.5.

    Args:
        predictions: [N] captions; under `coco`, joined Penn Treebank tokens.
        references: [N] lists of captions; the best-matching reference of an item counts.

    Raises:
        UnavailableError: Java or the pycocoevalcap wheel is missing, or the program fails or stalls.
    """
    requests = [_request(text, accepted) for text, accepted in zip(predictions, references, strict=True)]
    with meteor_program() as program:
        told = {request: program.ask(request)[0] for request in dict.fromkeys(requests)}
        statistics = _unfragmented(np.array([told[request].split() for request in requests], dtype=np.float64))
        scores: dict[str, float] = {}
        distinct = list(dict.fromkeys(told.values()))
        for start in range(0, len(distinct), _BATCH):
            batch = distinct[start : start + _BATCH]
            replies = program.ask(" ||| ".join(["EVAL", *batch]), replies=len(batch) + 1)
            scores.update(zip(batch, map(float, replies[:-1]), strict=True))
        total = " ".join(map(str, statistics.sum(axis=0).tolist()))
        corpus = float(program.ask(f"EVAL ||| {total}", replies=2)[1])
    return Meteor(corpus, np.array([scores[told[request]] for request in requests]), statistics)


def score_statistics(statistics: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Turn METEOR statistics into scores, as the program's `EVAL` does with its English parameters.

    Args:
        statistics: [..., 23] statistics of items, or sums of them.

    Returns:
        [...] scores in 0..1; 0 where nothing matches.

    >>> perfect = [5, 5, 2, 2, 3, 3, 2, 2, *[0] * 12, 0, 5, 5]
    >>> partial = [5, 5, 3, 2, 2, 2, 2, 2, *[0] * 12, 2, 4, 4]
    >>> score_statistics([perfect, partial]).round(6).tolist()
    [1.0, 0.357136]
    """
    sums = np.asarray(statistics, dtype=np.float64)
    length, reference_length, function, reference_function = np.moveaxis(sums[..., :4], -1, 0)
    matches = sums[..., 4:20].reshape(*sums.shape[:-1], 4, 4)  # stage × (content, content, function, function)
    content, reference_content, functions, reference_functions = np.moveaxis(_STAGE_WEIGHTS @ matches, -1, 0)
    chunks, matched, reference_matched = np.moveaxis(sums[..., 20:], -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = _DELTA * (length - function) + (1 - _DELTA) * function
        reference_weight = _DELTA * (reference_length - reference_function) + (1 - _DELTA) * reference_function
        precision = (_DELTA * content + (1 - _DELTA) * functions) / weight
        recall = (_DELTA * reference_content + (1 - _DELTA) * reference_functions) / reference_weight
        mean = 1.0 / ((1.0 - _ALPHA) / precision + _ALPHA / recall)
        fragments = chunks / ((matched + reference_matched) / 2.0)
        score = mean * (1.0 - _GAMMA * fragments**_BETA)
    return np.where(np.isfinite(score), score, 0.0)


def _unfragmented(statistics: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    length, reference_length, chunks, matched, reference_matched = statistics[:, [0, 1, 20, 21, 22]].T
    whole = (chunks == 1) & (matched == length) & (reference_matched == reference_length)
    statistics[whole, 20] = 0.0
    return statistics


def _request(prediction: str, references: Sequence[str]) -> str:
    """Write one item as a line: `|||` and line breaks separate fields and requests, so neither may come from a text."""
    hypothesis = one_line(prediction).replace("|||", "").replace("  ", " ")  # the last step as pycocoevalcap has it
    return " ||| ".join(["SCORE", *(one_line(text).replace("|||", "") for text in references), hypothesis])
