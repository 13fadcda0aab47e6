"""Overlaps of n-grams by the numba engine.

A key of 64 bits names an n-gram exactly, whatever the vocabulary: a token; two tokens; the number of the first bigram
and the third token; the numbers of both bigrams. Once bigrams are numbered the orders do not need each other, and two
of them are counted at a time.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sarbench.metrics.caption.kernels.cider import TfIdf
from sarbench.metrics.caption.kernels.compiled import compiled
from sarbench.metrics.caption.kernels.corpus import Corpus, Floats, Ids, Offsets, Overlap
from sarbench.metrics.caption.kernels.jit_match import add_up, distinct_grams, match_grams, scratch
from sarbench.metrics.caption.kernels.jit_table import GramTable

_TOKENS = 250_000
"""Tokens counted at a time; the results do not depend on it."""
_THREADS = 2
"""Orders counted at a time, each with a table of its own; the results do not depend on it."""


@dataclass(frozen=True, eq=False)
class _Keys:
    """Keys of the n-grams of one order: those of `first` and, `gap` tokens later, of `second`."""

    order: int
    first: Ids
    second: Ids
    gap: int

    def between(self, low: int, high: int) -> Offsets:
        """Return the keys of the n-grams that begin at the tokens low..high; nonsense where a text ends too soon."""
        keys = self.first[low:high].astype(np.int64) << 32
        later = self.second[low + self.gap : high + self.gap]
        keys[: len(later)] |= later
        return keys


@dataclass(frozen=True, eq=False)
class _Grams:
    """Distinct n-grams of some texts, each text's in the order of their first occurrence."""

    places: Ids
    counts: Ids
    weights: Floats
    bounds: Offsets
    norms: Floats


def overlap(corpus: Corpus) -> Overlap:
    """Return what predictions and references share, for n-grams of 1..4 tokens."""
    words = corpus.words.ids
    shared = Overlap.empty(corpus.items, int(corpus.firsts[-1]))
    none = np.broadcast_to(np.int32(0), words.shape)
    with ThreadPoolExecutor(_THREADS) as pool:
        tasks: list[Future[None]] = [pool.submit(_count, corpus, _Keys(1, none, words, 0), shared)]
        pairs = _Keys(2, words, words, 1)
        table, bigrams = _number(corpus, pairs)
        tasks.append(pool.submit(_count, corpus, _Keys(4, bigrams, bigrams, 2), shared))
        tasks.append(pool.submit(_count, corpus, _Keys(3, bigrams, words, 2), shared))
        tasks.append(pool.submit(_compare, corpus, pairs, table, shared))
        for task in tasks:
            task.result()
    return shared


def _count(corpus: Corpus, keys: _Keys, shared: Overlap) -> None:
    table = GramTable()
    _add_references(corpus, keys, table)
    _compare(corpus, keys, table, shared)


def _number(corpus: Corpus, keys: _Keys) -> tuple[GramTable, Ids]:
    """Return the table of bigrams, and the number of the bigram at each token."""
    table = GramTable()
    _add_references(corpus, keys, table)
    for low, high in corpus.chunks(_TOKENS):
        starts = corpus.words.starts[low : high + 1]
        owners = np.arange(low, high)
        table.add(keys.between(*starts[[0, -1]].tolist()), starts - starts[0], owners, keys.order, counted=False)
    numbers = np.empty(len(corpus.words.ids), np.int32)
    for start in range(0, len(numbers), _TOKENS):
        end = min(start + _TOKENS, len(numbers))
        numbers[start:end], _ = table.find(keys.between(start, end))
    return table, numbers


def _add_references(corpus: Corpus, keys: _Keys, table: GramTable) -> None:
    owners = corpus.owners
    for low, high in corpus.chunks(_TOKENS):
        first, last = corpus.firsts[low], corpus.firsts[high]
        starts = corpus.words.starts[corpus.items + first : corpus.items + last + 1]
        some = keys.between(*starts[[0, -1]].tolist())
        table.add(some, starts - starts[0], owners[first:last], keys.order, counted=True)


def _compare(corpus: Corpus, keys: _Keys, table: GramTable, shared: Overlap) -> None:
    """Fill in one column of the overlap."""
    tf_idf = TfIdf(corpus.items)
    column = keys.order - 1
    for low, high in corpus.chunks(_TOKENS):
        firsts = corpus.firsts[low : high + 1]
        some = slice(firsts[0], firsts[-1])
        ours = _grams(corpus, keys, table, tf_idf, low, high)
        theirs = _grams(corpus, keys, table, tf_idf, corpus.items + int(some.start), corpus.items + int(some.stop))
        compiled(match_grams)(
            ours.places,
            ours.counts,
            ours.weights,
            ours.bounds,
            theirs.places,
            theirs.counts,
            theirs.weights,
            theirs.bounds,
            firsts - firsts[0],
            scratch(int(np.diff(theirs.bounds).max())),
            np.empty(len(ours.places), np.int32),
            shared.matched[low:high, column],
            shared.dots[some, column],
        )
        shared.prediction_norms[low:high, column] = ours.norms
        shared.reference_norms[some, column] = theirs.norms


def _grams(corpus: Corpus, keys: _Keys, table: GramTable, tf_idf: TfIdf, low: int, high: int) -> _Grams:
    """Return the weighted n-grams of the texts low..high."""
    starts = corpus.words.starts[low : high + 1]
    size = int(starts[-1] - starts[0])
    distinct, counts = np.empty(size, np.int64), np.empty(size, np.int32)
    bounds, norms = np.zeros(high - low + 1, np.int64), np.empty(high - low)
    some = keys.between(int(starts[0]), int(starts[-1]))
    most = int(np.diff(starts).max())
    compiled(distinct_grams)(some, starts - starts[0], keys.order, scratch(most), distinct, counts, bounds)
    places, df = table.find(distinct[: bounds[-1]])
    weights, squares = tf_idf.weigh(counts[: bounds[-1]], df)
    compiled(add_up)(squares, bounds, norms)
    return _Grams(places=places, counts=counts[: bounds[-1]], weights=weights, bounds=bounds, norms=norms)
