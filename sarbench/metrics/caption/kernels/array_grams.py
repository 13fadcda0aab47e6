"""Overlaps of n-grams in numpy.

N-grams are numbered order by order: an n-gram is its first n − 1 tokens, already numbered, and one token more. The
numbers are places in a hash table that compares whole keys, so that they are exact for vocabularies of any size.
Working memory grows with the tokens of the corpus (table and numbers) and not with those of a chunk.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.metrics.caption.kernels.array_table import Table
from sarbench.metrics.caption.kernels.cider import TfIdf
from sarbench.metrics.caption.kernels.corpus import ORDERS, Corpus, Floats, Ids, Offsets, Overlap, Tokens

_TOKENS = 1_000_000
"""Tokens counted at a time; the results do not depend on it."""


@dataclass(frozen=True, eq=False)
class Grams:
    """Distinct n-grams of some texts, each text's in the order of their first occurrence."""

    texts: Offsets
    """Text that holds the n-gram, counted from the first of these texts."""
    numbers: Ids
    counts: Ids
    """How often the text holds it."""


class _Order:
    """The n-grams of one order in a whole corpus."""

    def __init__(self, words: Tokens, left: Ids, order: int, shorter: Ids, repeated: npt.NDArray[np.bool_]) -> None:
        self._words, self._left, self._order = words, left, order
        self._repeated = repeated
        table = Table(len(words.ids))
        self.size = table.size
        self.numbers = np.empty(len(words.ids), np.int32)
        for low in range(0, len(words.ids), _TOKENS):
            places = np.flatnonzero(left[low : low + _TOKENS] >= order) + low
            keys = shorter[places].astype(np.int64) << 32
            keys |= words.ids[places + order - 1]
            self.numbers[places] = table.insert(keys)

    def distinct(self, low: int, high: int) -> Grams:
        """Return the distinct n-grams of the texts low..high."""
        starts = self._words.starts[low : high + 1]
        places = np.flatnonzero(self._left[starts[0] : starts[-1]] >= self._order) + starts[0]
        texts = np.repeat(np.arange(high - low), np.maximum(np.diff(starts) - self._order + 1, 0))
        numbers = self.numbers[places]
        # Only an n-gram whose first n − 1 tokens the text repeats can be repeated itself.
        doubtful = np.flatnonzero(self._repeated[places])
        counts = np.ones(len(places), np.int32)
        if doubtful.size:
            keys = texts[doubtful] << 32 | numbers[doubtful]
            _, first, place, often = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
            self._repeated[places[doubtful]] = often[place] > 1
            counts[doubtful] = 0
            counts[doubtful[first]] = often
        kept = np.flatnonzero(counts)
        return Grams(texts=texts[kept], numbers=numbers[kept], counts=counts[kept])


def overlap(corpus: Corpus) -> Overlap:
    """Return what predictions and references share, for n-grams of 1..4 tokens."""
    words, items = corpus.words, corpus.items
    shared = Overlap.empty(items, int(corpus.firsts[-1]))
    left = (np.repeat(words.starts[1:], words.lengths) - np.arange(len(words.ids))).astype(np.int32)
    repeated = np.ones(len(words.ids), np.bool_)
    numbers: Ids = np.zeros(len(words.ids), np.int32)
    for order in range(1, ORDERS + 1):
        grams = _Order(words, left, order, numbers, repeated)
        numbers = grams.numbers
        _compare(grams, corpus, shared, order - 1)
    return shared


def _compare(grams: _Order, corpus: Corpus, shared: Overlap, column: int) -> None:
    """Fill in one column of the overlap."""
    chunks = list(corpus.chunks(_TOKENS))
    df = np.zeros(grams.size, np.int32)
    references = []
    for low, high in chunks:
        first, last = corpus.firsts[low], corpus.firsts[high]
        references.append(grams.distinct(corpus.items + int(first), corpus.items + int(last)))
        np.add.at(df, _once_an_item(references[-1], corpus.firsts[low : high + 1]), np.int32(1))
    tf_idf = TfIdf(corpus.items)
    for (low, high), reference in zip(chunks, references, strict=True):
        firsts = corpus.firsts[low : high + 1]
        prediction = grams.distinct(low, high)
        predicted, squares = tf_idf.weigh(prediction.counts, df[prediction.numbers])
        shared.prediction_norms[low:high, column] = _sums(prediction.texts, squares, high - low)
        true, squares = tf_idf.weigh(reference.counts, df[reference.numbers])
        some = slice(firsts[0], firsts[-1])
        shared.reference_norms[some, column] = _sums(reference.texts, squares, len(shared.dots[some]))
        ours, theirs = _meet(prediction, reference, firsts - firsts[0])
        products = np.minimum(predicted[ours], true[theirs]) * true[theirs]
        shared.dots[some, column] = _sums(reference.texts[theirs], products, len(shared.dots[some]))
        most = np.zeros(len(prediction.counts), np.int32)
        np.maximum.at(most, ours, reference.counts[theirs])
        clipped = np.minimum(most, prediction.counts)
        shared.matched[low:high, column] = _sums(prediction.texts, clipped, high - low)


def _once_an_item(grams: Grams, firsts: Offsets) -> Ids:
    """Return the numbers of the references' n-grams, each once for an item even if several references hold it."""
    if len(firsts) - 1 == firsts[-1] - firsts[0]:
        return grams.numbers
    owners = np.repeat(np.arange(len(firsts) - 1), np.diff(firsts))
    return (np.unique(owners[grams.texts] << 32 | grams.numbers) & 0xFFFFFFFF).astype(np.int32)


def _meet(prediction: Grams, reference: Grams, firsts: Offsets) -> tuple[Offsets, Offsets]:
    """Return which n-gram of a prediction is which of its references, in the order of the predictions' n-grams."""
    table = Table(len(reference.numbers))
    where = np.zeros(table.size, np.int32)
    where[table.insert(reference.texts << 32 | reference.numbers)] = np.arange(len(reference.numbers))
    many = np.diff(firsts)[prediction.texts]
    ours = np.repeat(np.arange(len(many)), many)
    nth = np.arange(len(ours)) - np.repeat(np.cumsum(many) - many, many)
    texts = firsts[prediction.texts[ours]] + nth
    places = table.find(texts << 32 | prediction.numbers[ours])
    met = np.flatnonzero(places >= 0)
    return ours[met], where[places[met]].astype(np.int64)


def _sums(texts: Offsets, values: Floats | Ids, number: int) -> Floats:
    """Add up the values of each text one after the other: pairwise sums would differ in the last bit."""
    return np.bincount(texts, weights=values, minlength=number).astype(np.float64, copy=False)
