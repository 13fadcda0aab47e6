"""Splitting in plain Python: the encoder of the numpy engine."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, count

import numpy as np

from sarbench.metrics.caption.kernels.corpus import Corpus, Ids, Offsets, Tokens

_TEXTS = 1_000
"""Texts split at a time: few, so that their words stay in the processor's cache until they are looked up."""


def encode(predictions: Sequence[str], references: Sequence[Sequence[str]]) -> Corpus:
    """Return the texts as token ids."""
    firsts = np.zeros(len(references) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, references), np.int64, len(references)), out=firsts[1:])
    texts = [*predictions, *chain.from_iterable(references)]
    vocabulary: defaultdict[str, int] = defaultdict(count().__next__)
    words, plain = _split(texts, str.split, vocabulary)
    pieces = words if plain else _split(texts, _at_single_spaces, vocabulary)[0]
    return Corpus(words=words, pieces=pieces, firsts=firsts)


def _at_single_spaces(text: str) -> list[str]:
    return text.split(" ")


def _split(
    texts: Sequence[str], split: Callable[[str], list[str]], vocabulary: defaultdict[str, int]
) -> tuple[Tokens, bool]:
    """Return the tokens, and whether all texts are plain: split alike at white space and at single spaces."""
    ids: list[Ids] = []
    lengths: list[Offsets] = []
    plain = True
    for low in range(0, len(texts), _TEXTS):
        some = texts[low : low + _TEXTS]
        joined = " ".join(some)
        tokens: Iterable[str] = joined.split()
        if joined and " ".join(tokens) == joined:
            sizes = np.fromiter((text.count(" ") + 1 for text in some), np.int64, len(some))
        else:
            plain = False
            parts = list(map(split, some))
            tokens = chain.from_iterable(parts)
            sizes = np.fromiter(map(len, parts), np.int64, len(parts))
        ids.append(np.fromiter(map(vocabulary.__getitem__, tokens), np.int32, int(sizes.sum())))
        lengths.append(sizes)
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.concatenate(lengths), out=starts[1:])
    return Tokens(ids=np.concatenate(ids), starts=starts), plain
