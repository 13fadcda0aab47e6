"""`count`: every item's share of BLEU, ROUGE-L and CIDEr."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError, MissingExtraError, UnknownNameError
from sarbench.metrics.caption.kernels import array_grams, array_lcs, jit_grams, jit_lcs, jit_words, words
from sarbench.metrics.caption.kernels.bleu import COLUMNS, bleu_counts
from sarbench.metrics.caption.kernels.checked import check
from sarbench.metrics.caption.kernels.cider import cider
from sarbench.metrics.caption.kernels.corpus import Corpus, Offsets, Overlap
from sarbench.metrics.caption.kernels.rouge import rouge_l

SCORES = ("bleu", "rouge_l", "cider")
"""What can be wanted."""

_WORTH_STARTING = 50_000
"""Items from which the numba engine is faster in a fresh process: it saves 20 µs an item and starts for a second."""


@dataclass(frozen=True, eq=False)
class CaptionCounts:
    """One row per item; a score that was not wanted has no rows."""

    bleu: npt.NDArray[np.int64]
    """[N, 10] matched 1..4-grams (clipped), guessed 1..4-grams, hypothesis length, closest reference length."""
    rouge_l: npt.NDArray[np.float64]
    """[N] range 0..1, higher is better; the corpus score is `np.mean`."""
    cider: npt.NDArray[np.float64]
    """[N] range 0..10, higher is better, idf from all N items; the corpus score is `np.mean`."""


def count(
    predictions: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    engine: Literal["auto", "numpy", "numba"] = "auto",
    want: Collection[str] = SCORES,
) -> CaptionCounts:
    """Return every item's share of BLEU, ROUGE-L and CIDEr, bit-equal to pycocoevalcap 1.2 on the same strings.

    Edges are its edges too: an empty prediction scores 0, but ROUGE-L 1 against an empty reference; CIDEr is 0 for a
    single item and where all references are identical; a perfect answer of 1, 2 or 3 tokens has CIDEr 2.5, 5 or 7.5.

    Args:
        predictions: [N] texts, taken raw: split at white space for BLEU and CIDEr, at single spaces for ROUGE-L.
        references: [N] lists of at least one text.
        engine: `numba` needs numba and compiles for some seconds once; `auto` takes it where it is installed and the
            items are many. Both give the same bits.
        want: Scores to compute, of `bleu`, `rouge_l` and `cider`; the others come back without rows.

    Returns:
        Counts and scores of the N items, in their order.

    Raises:
        InputError: No items, lengths that differ, an item without references, something that is not a string, or, for
            CIDEr, references that are all empty.
        MissingExtraError: numba is asked for and not installed.
        UnknownNameError: An engine or score that does not exist.

    >>> counts = count(["a ship at sea", "two ships"], [["a ship at sea", "a ship"], ["three ships"]])
    >>> counts.bleu[0].tolist()
    [4, 3, 2, 1, 4, 3, 2, 1, 4, 4]
    >>> counts.rouge_l.tolist()
    [1.0, 0.5]
    """
    for name in want:
        if name not in SCORES:
            raise UnknownNameError(where=name, problem="is not a score", fix=f"Choose from {', '.join(SCORES)}")
    check(predictions, references)
    chosen = _engine(engine, len(predictions))
    corpus = chosen.encode(predictions, references)
    bleu = np.zeros((0, COLUMNS), np.int64)
    rouge, ciders = np.zeros(0), np.zeros(0)
    if "bleu" in want or "cider" in want:
        if "cider" in want:
            _check_documents(corpus)
        overlap = chosen.overlap(corpus)
        bleu = bleu_counts(overlap.matched, corpus) if "bleu" in want else bleu
        ciders = cider(overlap, corpus) if "cider" in want else ciders
    if "rouge_l" in want:
        rouge = rouge_l(chosen.common(corpus), corpus)
    return CaptionCounts(bleu=bleu, rouge_l=rouge, cider=ciders)


class _Engine(NamedTuple):
    """The three steps that the engines take differently, to the same bits."""

    encode: Callable[[Sequence[str], Sequence[Sequence[str]]], Corpus]
    overlap: Callable[[Corpus], Overlap]
    common: Callable[[Corpus], Offsets]


def _engine(name: str, items: int) -> _Engine:
    if name not in ("auto", "numpy", "numba"):
        raise UnknownNameError(where=name, problem="is not an engine", fix="Choose from auto, numpy, numba")
    installed = name != "numpy" and find_spec("numba") is not None
    if name == "numba" and not installed:
        raise MissingExtraError(
            where="engine numba", problem="numba is not installed", fix="pip install numba, or take engine='numpy'"
        )
    if name == "numba" or (installed and items >= _WORTH_STARTING):
        return _Engine(jit_words.encode, jit_grams.overlap, jit_lcs.common)
    return _Engine(words.encode, array_grams.overlap, array_lcs.common)


def _check_documents(corpus: Corpus) -> None:
    if corpus.words.starts[corpus.items] == corpus.words.starts[-1]:
        raise InputError(
            where="references",
            problem="all are empty, and CIDEr takes its word frequencies from them",
            fix="Give references with words, or leave cider out of `want`",
        )
