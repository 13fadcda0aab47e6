"""Longest common subsequences by bit-parallel dynamic programming, many pairs at a time.

Hyyrö (2004), "Bit-parallel LCS-length computation revisited": one bit for each token of one text, one step for each
token of the other. References of up to 64 tokens share numpy arrays of 64-bit words, longer texts use Python's own
integers.
"""

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from sarbench.metrics.caption.kernels.corpus import Corpus, Ids, Offsets

_BITS = 64
_STEPS = 512
"""Longest prediction that shares arrays: all in one array are padded to the longest of them."""
_PAIRS = 4_096
"""Pairs at a time; the results do not depend on it."""


def common(corpus: Corpus) -> Offsets:
    """Return, for each reference, the length of its longest common subsequence with its prediction: [M]."""
    tokens, owners = corpus.pieces, corpus.owners
    lengths = tokens.lengths
    found = np.zeros(len(owners), np.int64)
    theirs = lengths[corpus.items :]
    fits = (theirs <= _BITS) & (lengths[owners] <= _STEPS)
    short = np.flatnonzero(fits)
    # Pairs of like length come together, so that little is computed for padding.
    short = short[np.argsort(lengths[owners[short]], kind="stable")]
    for low in range(0, len(short), _PAIRS):
        some = short[low : low + _PAIRS]
        found[some] = _short(tokens.ids, tokens.starts, owners[some], corpus.items + some)
    for pair in np.flatnonzero(~fits).tolist():
        found[pair] = _long(_text(corpus, int(owners[pair])), _text(corpus, corpus.items + pair))
    return found


def _text(corpus: Corpus, text: int) -> list[int]:
    low, high = corpus.pieces.starts[text : text + 2]
    tokens: list[int] = corpus.pieces.ids[low:high].tolist()
    return tokens


def _short(ids: Ids, starts: Offsets, ours: Offsets, theirs: Offsets) -> Offsets:
    """Return the lengths for pairs of texts of which the second has at most 64 tokens."""
    rows = _padded(ids, starts, theirs, _BITS, fill=-1)
    columns = _padded(ids, starts, ours, int((starts[ours + 1] - starts[ours]).max()), fill=-2).T.copy()
    open_: npt.NDArray[np.uint64] = np.full(len(ours), 2**64 - 1, np.uint64)
    for column in columns:
        same = np.packbits(rows == column[:, None], axis=1, bitorder="little").view(np.dtype("<u8"))[:, 0]
        hit = open_ & same
        open_ = (open_ + hit) | (open_ & ~same)
    closed = np.unpackbits((~open_).view(np.uint8)).reshape(len(ours), _BITS)
    lengths: Offsets = closed.sum(axis=1, dtype=np.int64)
    return lengths


def _padded(ids: Ids, starts: Offsets, texts: Offsets, width: int, *, fill: int) -> Ids:
    """Return the texts as rows of equal width."""
    lengths = starts[texts + 1] - starts[texts]
    inside = np.arange(width) < lengths[:, None]
    rows = np.full((len(texts), width), fill, np.int32)
    rows[inside] = ids[(starts[texts][:, None] + np.arange(width))[inside]]
    return rows


def _long(ours: list[int], theirs: list[int]) -> int:
    """Return the length for one pair of any length."""
    where: defaultdict[int, int] = defaultdict(int)
    for place, token in enumerate(theirs):
        where[token] |= 1 << place
    every = (1 << len(theirs)) - 1
    open_ = every
    for token in ours:
        hit = open_ & where.get(token, 0)
        open_ = ((open_ + hit) | (open_ - hit)) & every
    return len(theirs) - open_.bit_count()
