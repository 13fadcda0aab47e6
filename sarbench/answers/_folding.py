"""Fold the many ways to write one character into one: compatibility forms, typography, invisible marks.

Everything here takes time linear in the length of the text, whatever the text.
"""

import re
import unicodedata
from functools import cache

_INVISIBLE = "\u200b\u2060\ufeff\u00ad"
"""Zero-width space, word joiner, byte order mark, soft hyphen."""
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("’‘‛´`′", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘", "-"),
        **dict.fromkeys(_INVISIBLE, None),
        **dict(zip("、。【】", ",.[]", strict=True)),
    }
)
_LONGEST_RUN = 30
"""Non-starters in a row that Stream-Safe Text allows (UAX #15, section 13)."""
_JOINER = "\u034f"
"""COMBINING GRAPHEME JOINER, which Stream-Safe Text puts into longer runs; it is a starter and looks like nothing."""


def folded(text: str) -> str:
    r"""Return NFKC with straight quotes, plain hyphens, and ASCII commas, stops and brackets in place of Chinese ones.

    ASCII text comes back as it is, bar the grave accent.

    >>> folded("１２　ships – it’s \u200bclear")
    "12 ships - it's clear"
    """
    if text.isascii():
        return text.replace("`", "'") if "`" in text else text
    # Before NFKC for marks that it would take apart ("´" is a space and an accent there), after it for the wide forms.
    return unicodedata.normalize("NFKC", _stream_safe(text.translate(_TYPOGRAPHY))).translate(_TYPOGRAPHY)


def _stream_safe(text: str) -> str:
    """Break long runs of combining marks, as UAX #15 section 13 does.

    Normalisation sorts each run of marks, and CPython does so by insertion: a megabyte of alternating marks would take
    hours. The runs are counted before decomposition, where one mark stands for at most a few.
    """
    if len(text) <= _LONGEST_RUN:
        return text
    return _long_run().sub(rf"\g<0>{_JOINER}", text)


@cache
def _long_run() -> re.Pattern[str]:
    """Compile "30 non-starters before another one"; non-starters lie in planes 0 and 1, below the private use."""
    marks = [
        chr(code)
        for code in range(0x300, 0x1F000)
        if not 0x3400 <= code < 0xA000 and not 0xAC00 <= code < 0xFB00 and _is_non_starter(chr(code))
    ]
    every = re.escape("".join(marks))
    return re.compile(f"[{every}]{{{_LONGEST_RUN}}}(?=[{every}])")


def _is_non_starter(char: str) -> bool:
    """Tell whether a character decomposes into combining marks alone, such as U+0301, U+0F81 and U+FF9E."""
    if unicodedata.combining(char):
        return True
    return bool(unicodedata.decomposition(char)) and all(
        map(unicodedata.combining, unicodedata.normalize("NFKD", char))
    )
