"""Texts with every run of digits taken out, and the runs as numbers.

Answers of a model follow few templates. Their skeletons (the text with a single 0 in place of every run of ASCII
digits) are few, so that structure is parsed once for each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError

LONGEST_SKELETON = 2000
"""Bytes; a longer one belongs to a model in a loop."""

LONGEST_RUN = 7
"""Digits; a longer run has no value here. Seven before and seven after the point are exact in float64."""

_CHUNK = 2048
"""Texts at a time, so that the arrays of bytes stay in the cache."""

_END = "\0"
_NUL = b"\0"
_ZERO = ord("0")
_MARK = 0xFF  # no byte of UTF-8
_MARK_TO_ZERO = bytes(_ZERO if byte == _MARK else byte for byte in range(256))


@dataclass(frozen=True)
class Runs:
    """Every run of digits of every text, in the order of the texts."""

    values: npt.NDArray[np.int32]
    """What the run says; its first seven digits where it is longer."""
    lengths: npt.NDArray[np.uint8]
    """Digits; 255 where there are more."""


@dataclass(frozen=True)
class Skeletons:
    """The skeleton of each text."""

    distinct: list[bytes]
    """UTF-8."""
    code: npt.NDArray[np.int32]
    """[N]: index into `distinct`."""
    offsets: npt.NDArray[np.int64]
    """[N + 1]: where the runs of each text begin."""
    runs: Runs
    odd: npt.NDArray[np.int64]
    """Indices of the texts with a NUL, a skeleton or a run that is too long: these need the ordinary parser."""


class _Codes(dict[bytes, int]):
    """Numbers its keys as they come."""

    def __missing__(self, key: bytes) -> int:
        self[key] = code = len(self)
        return code


def skeletons(texts: Sequence[str]) -> Skeletons:
    """Take the digits out of texts.

    Raises:
        InputError: A text is no string.
    """
    codes = _Codes()
    code = np.empty(len(texts), dtype=np.int32)
    values: list[npt.NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]
    lengths: list[npt.NDArray[np.uint8]] = [np.empty(0, dtype=np.uint8)]
    odd: list[int] = []
    for first in range(0, len(texts), _CHUNK):
        chunk = texts[first : first + _CHUNK]
        parts, value, length = _taken_out(_joined(chunk, first))
        if len(parts) != len(chunk):
            odd += [first + index for index, text in enumerate(chunk) if _END in text]
            parts, value, length = _taken_out(_joined(["" if _END in text else text for text in chunk], first))
        code[first : first + len(chunk)] = np.fromiter(map(codes.__getitem__, parts), np.int32, len(parts))
        values.append(value)
        lengths.append(length)
    distinct = list(codes)
    runs = Runs(np.concatenate(values), np.concatenate(lengths))
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    if distinct:
        np.cumsum(np.array([skeleton.count(b"0") for skeleton in distinct])[code], out=offsets[1:])
    return Skeletons(distinct, code, offsets, runs, _odd(odd, distinct, code, offsets, runs))


def _odd(
    known: list[int],
    distinct: list[bytes],
    code: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    runs: Runs,
) -> npt.NDArray[np.int64]:
    """Add the texts with a skeleton or a run that is too long."""
    endless = [number for number, skeleton in enumerate(distinct) if len(skeleton) > LONGEST_SKELETON]
    parts = [np.array(known, dtype=np.int64)]
    if endless:
        parts.append(np.flatnonzero(np.isin(code, endless)))
    too_long = np.flatnonzero(runs.lengths > LONGEST_RUN)
    parts.append(np.searchsorted(offsets, too_long, side="right") - 1)
    return np.concatenate(parts)


def _joined(texts: Sequence[str], first: int) -> bytes:
    """Return the texts in UTF-8, with a NUL before, between and after them."""
    try:
        # Text by text: one character beyond ASCII would make a wide string of the whole chunk, slow to encode.
        return _NUL.join([b"", *map(str.encode, texts), b""])
    except UnicodeEncodeError:
        return _NUL.join([b"", *(text.encode("utf-8", "surrogatepass") for text in texts), b""])
    except TypeError:
        index, text = next((index, text) for index, text in enumerate(texts) if not isinstance(text, str))
        raise InputError(
            where=f"texts[{first + index}]",
            problem=f"is of the type {type(text).__name__}",
            fix="Give what the model said as a string, empty where it said nothing",
        ) from None


def _taken_out(joined: bytes) -> tuple[list[bytes], npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return the skeletons of the texts between the NULs, and the value and length of every run of digits."""
    data = np.frombuffer(joined, dtype=np.uint8)
    figures = data - np.uint8(_ZERO)
    digit = figures < 10
    # Begin, end, begin, end …: the text begins and ends with a NUL.
    edges = np.flatnonzero(digit[1:] != digit[:-1])
    edges += 1
    starts = edges[::2]
    length = np.minimum(edges[1::2] - starts, 255).astype(np.uint8)
    value = _first_four(figures, starts, length)
    for place in range(4, LONGEST_RUN):
        more = np.flatnonzero(length > place)
        if not len(more):
            break
        value[more] = value[more] * 10 + figures[starts[more] + place]
    marked = data.copy()
    marked[starts] = _MARK
    return marked.tobytes().translate(_MARK_TO_ZERO, b"0123456789").split(b"\0")[1:-1], value, length


def _first_four(
    figures: npt.NDArray[np.uint8], starts: npt.NDArray[np.intp], length: npt.NDArray[np.uint8]
) -> npt.NDArray[np.int32]:
    """Return what the first four digits of each run say, or all digits of a shorter one.

    Four bytes are taken as one word, the first as the least; what stands behind a run is shifted out, so that zeros
    stand before its digits. Pairs of digits become numbers side by side, then pairs of these.
    """
    padded = np.concatenate((figures, np.zeros(3, dtype=np.uint8)))
    word = np.ndarray((len(figures),), dtype="<u4", buffer=padded, strides=(1,))[starts]
    word <<= np.uint32(32) - np.uint32(8) * np.minimum(length, 4)
    word = (word * 10 + (word >> 8)) & 0x00FF00FF
    word = (word * 100 + (word >> 16)) & 0x0000FFFF
    value: npt.NDArray[np.int32] = word.astype(np.int32)
    return value
