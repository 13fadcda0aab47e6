"""Splitting in machine code: the encoder of the numba engine.

Texts are split as UTF-8 bytes. For ASCII texts the white space of `str.split()` is ten bytes. Others are first split
and joined again with single spaces by Python, so that the Unicode rule is Python's own. Words are compared byte for
byte.
"""

from collections.abc import Sequence
from itertools import accumulate, chain

import numpy as np
import numpy.typing as npt

from sarbench.metrics.caption.kernels.compiled import compiled
from sarbench.metrics.caption.kernels.corpus import Corpus, Ids, Offsets, Tokens

Bytes = npt.NDArray[np.uint8]

_TEXTS = 65_536
"""Texts split at a time."""
_WHITE = bytes([9, 10, 11, 12, 13, 28, 29, 30, 31, 32])
_FNV_OFFSET = -3750763034362895579
_FNV_PRIME = 1099511628211


def encode(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> Corpus:
    """Return the texts as token ids; the same as `words.encode`, but for the ids' values."""
    firsts = np.zeros(len(references) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, references), np.int64, len(references)), out=firsts[1:])
    texts = [*predictions, *chain.from_iterable(references)]
    vocabulary = _Vocabulary()
    words, plain = _split(texts, vocabulary, white=_WHITE)
    pieces = words if plain else _split(texts, vocabulary, white=b" ")[0]
    return Corpus(words=words, pieces=pieces, firsts=firsts)


class _Vocabulary:
    """A hash table of words that grows."""

    def __init__(self) -> None:
        self.slots = np.zeros(1 << 12, np.int32)  # id + 1; 0 is free
        self.hashes = np.zeros(1 << 11, np.int64)
        self.ends = np.zeros((1 << 11) + 1, np.int64)  # where each word ends in `letters`
        self.letters = np.zeros(1 << 14, np.uint8)
        self.size = 0

    def reserve(self, words: int, letters: int) -> None:
        """Make room for so many more words and bytes."""
        if letters > len(self.letters) - self.ends[self.size]:
            self.letters = np.concatenate((self.letters, np.zeros(len(self.letters) + letters, np.uint8)))
        if self.size + words > len(self.hashes):
            size = len(self.slots)
            while self.size + words > size // 2:
                size *= 2
            self.slots = np.zeros(size, np.int32)
            self.hashes = np.concatenate((self.hashes, np.zeros(size // 2 - len(self.hashes), np.int64)))
            self.ends = np.concatenate((self.ends, np.zeros(size // 2 + 1 - len(self.ends), np.int64)))
            compiled(place_words)(self.slots, self.hashes[: self.size])


def _split(texts: Sequence[str], vocabulary: _Vocabulary, *, white: bytes) -> tuple[Tokens, bool]:
    """Return the tokens, and whether splitting at single spaces gives the same."""
    blank = np.zeros(256, np.bool_)
    blank[list(white)] = True
    keep = len(white) == 1
    ids, sizes, plain = [], [], True
    for low in range(0, len(texts), _TEXTS):
        data, offsets, same = _as_bytes(texts[low : low + _TEXTS], rejoin=not keep)
        out = np.empty(len(data) + len(offsets), np.int32)
        lengths = np.zeros(len(offsets) - 1, np.int64)
        state = np.array([0, 0, vocabulary.size, same])  # next text, tokens so far, words so far, plain so far
        while state[0] < len(lengths):
            size = int(offsets[state[0] + 1] - offsets[state[0]])
            vocabulary.reserve(size + 1, size)
            table = vocabulary.slots, vocabulary.hashes, vocabulary.ends, vocabulary.letters
            compiled(split_texts)(data, offsets, blank, keep, *table, state, out, lengths)
            vocabulary.size = int(state[2])
        plain = plain and bool(state[3])
        ids.append(out[: state[1]].copy())
        sizes.append(lengths)
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.concatenate(sizes), out=starts[1:])
    return Tokens(ids=np.concatenate(ids), starts=starts), plain


def _as_bytes(texts: Sequence[str], *, rejoin: bool) -> tuple[Bytes, Offsets, bool]:
    """Return the bytes of all texts, where each begins, and whether rejoining changed none of them."""
    joined = "".join(texts)
    same = True
    if joined.isascii():
        data, sizes = joined.encode("ascii"), map(len, texts)
    else:
        if rejoin:
            clean = [text if text.isascii() else " ".join(text.split()) for text in texts]
            same = clean == list(texts)
            texts = clean
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        data, sizes = b"".join(parts), map(len, parts)
    return np.frombuffer(data, np.uint8), np.fromiter(accumulate(sizes, initial=0), np.int64, len(texts) + 1), same


def place_words(slots: Ids, hashes: Offsets) -> None:
    """Fill an empty table with words that are known to differ."""
    mask = len(slots) - 1
    for word in range(len(hashes)):
        slot = (hashes[word] ^ (hashes[word] >> 32)) & mask
        while slots[slot] != 0:
            slot = (slot + 1) & mask
        slots[slot] = word + 1


def split_texts(
    data: Bytes,
    offsets: Offsets,
    blank: npt.NDArray[np.bool_],
    keep: bool,  # noqa: FBT001 -- numba
    slots: Ids,
    hashes: Offsets,
    ends: Offsets,
    letters: Bytes,
    state: Offsets,
    out: Ids,
    lengths: Offsets,
) -> None:
    """Write the word ids of the texts from `state[0]` on, until a text might not fit into the vocabulary.

    Blanks part words; with `keep` each of them does, without it runs of blanks count once. `state[3]` becomes 0 when
    blanks other than single inner spaces, or an empty text, are met.
    """
    mask = len(slots) - 1
    text, used, words, plain = state
    while text < len(offsets) - 1:
        low, high = offsets[text], offsets[text + 1]
        if words + high - low + 1 > len(hashes) or ends[words] + high - low > len(letters):
            break
        before = used
        while True:
            end, mixed = low, _FNV_OFFSET
            while end < high and not blank[data[end]]:
                mixed = (mixed ^ data[end]) * _FNV_PRIME
                end += 1
            size = end - low
            plain &= size > 0 and (end == high or data[end] == 32)
            if size > 0 or keep:
                slot = (mixed ^ (mixed >> 32)) & mask
                while slots[slot] != 0:
                    start = ends[slots[slot] - 1]
                    same = hashes[slots[slot] - 1] == mixed and ends[slots[slot]] - start == size
                    for at in range(size if same else 0):
                        same &= letters[start + at] == data[low + at]
                    if same:
                        break
                    slot = (slot + 1) & mask
                if slots[slot] == 0:
                    for at in range(size):
                        letters[ends[words] + at] = data[low + at]
                    hashes[words] = mixed
                    ends[words + 1] = ends[words] + size
                    words += 1
                    slots[slot] = words
                out[used] = slots[slot] - 1
                used += 1
            low = end + 1
            if end >= high:
                break
        lengths[text] = used - before
        text += 1
    state[0], state[1], state[2], state[3] = text, used, words, plain
