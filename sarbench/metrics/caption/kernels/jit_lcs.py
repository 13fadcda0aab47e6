"""Longest common subsequences in machine code: Hyyrö's bit-parallel rule (see `array_lcs`) in words of 64 bits."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from sarbench.metrics.caption.kernels.compiled import compiled
from sarbench.metrics.caption.kernels.corpus import Corpus, Ids, Offsets

_THREADS = 2


def common(corpus: Corpus) -> Offsets:
    """Return, for each reference, the length of its longest common subsequence with its prediction: [M]."""
    tokens, owners = corpus.pieces, corpus.owners
    found = np.zeros(len(owners), np.int64)
    open_ = int(tokens.lengths[corpus.items :].max()) // 64 + 1
    edges = np.linspace(0, len(owners), _THREADS + 1).astype(np.int64).tolist()

    def part(low: int, high: int) -> None:
        state = np.empty(open_, np.uint64)
        theirs = tokens.starts[corpus.items + low : corpus.items + high + 1]
        compiled(common_lengths)(tokens.ids, tokens.starts, owners[low:high], theirs, state, found[low:high])

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(part, edges[:-1], edges[1:]))
    return found


def common_lengths(
    ids: Ids, starts: Offsets, ours: Offsets, theirs: Offsets, open_: npt.NDArray[np.uint64], found: Offsets
) -> None:
    """Write the length for pairs of a text `ours[i]` and the one between `theirs[i]` and `theirs[i + 1]`."""
    one, zero = np.uint64(1), np.uint64(0)
    for pair in range(len(ours)):
        low, high = theirs[pair], theirs[pair + 1]
        words = (high - low + 63) // 64
        for word in range(words):
            open_[word] = ~zero
        for place in range(starts[ours[pair]], starts[ours[pair] + 1]):
            token = ids[place]
            carry = zero
            for word in range(words):
                start = low + 64 * word
                same = zero
                for bit in range(min(64, high - start)):
                    same |= np.uint64(ids[start + bit] == token) << np.uint64(bit)
                hit = open_[word] & same
                total = open_[word] + hit
                over = total < hit
                total += carry
                over |= total < carry
                open_[word] = total | (open_[word] ^ hit)
                carry = one if over else zero
        length = 0
        for word in range(words):
            closed = ~open_[word]
            while closed != zero:
                closed &= closed - one
                length += 1
        found[pair] = length
