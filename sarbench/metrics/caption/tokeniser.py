r"""The tokeniser of the `strict` protocol: sarbench's own rule, one regular expression, no Java.

The rule (version 1):

1. Soft hyphens and zero-width joiners, non-joiners and spaces are deleted; ‘ ’ become ' and the hyphens U+2010 and
   U+2011 become -; then NFC, lower-case, and NFC again.
2. A word is a run of characters other than white space and the marks listed in `_MARKS`. Words joined by one inner
   hyphen, apostrophe or slash stay whole (`x-band`, `ship's`, `km/h`), and so do digits joined by one inner point or
   comma (`3.5`, `1,000`).
3. `% & $ # @ + = / * < > ~ ^ | \ ° ± × ÷ £ ¥ €` are tokens of one character each, as the Penn Treebank tokeniser has
   them.
4. Every other mark is dropped: the Treebank list that pycocoevalcap drops (quotes, brackets, . ? ! , : - -- ... ;), its
   counterparts in other scripts, control characters, pictographs and emoji.

The marks are listed by range, not taken from a Unicode database, so that a Python with newer tables cuts the same
words. It is near the Penn Treebank rule on plain captions and is not that rule: contractions stay whole, abbreviations
lose their stops, brackets go. Scores under the two are never shown under one name.
"""

import re
import unicodedata

from sarbench.errors import InputError

TOKENISER_VERSION = 1

_SYMBOLS = r"%&$#@+=/*<>~^|\\°±×÷£¥€"
_MARKS = (
    r"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f"  # ASCII controls and punctuation; the underscore belongs to words
    r"\x80-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf×÷"  # Latin-1; ª ² ³ µ ¹ º ¼ ½ ¾ belong to words
    r"\u02c2-\u02c5\u02d2-\u02df\u037e\u0387\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05f3\u05f4"
    r"\u0609-\u060d\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965\u0e4f\u0e5a\u0e5b"
    r"\u2000-\u206f\u20a0-\u20ff"  # general punctuation, currency, marks around symbols
    r"\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f"  # arrows, operators, shapes, pictographs, dingbats
    r"\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30fb"
    r"\ufe00-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff"
    r"\U0001f000-\U0001f0ff\U0001f200-\U0001faff\U000e0000-\U0010ffff"  # games, emoji, tags, private use
    r"\ud800-\udfff\ue000-\uf8ff"  # lone surrogates and private use
)
_WORD = rf"[^\s{_MARKS}]+"
_TOKEN = re.compile(rf"{_WORD}(?:(?:['/-]|(?<=[0-9])[.,](?=[0-9])){_WORD})*|[{_SYMBOLS}]")
_SPELLING = str.maketrans(
    {"‘": "'", "’": "'", "\u2010": "-", "\u2011": "-"} | dict.fromkeys("\xad\u200b\u200c\u200d\u2060\ufeff", "")
)


def tokenise(text: str) -> list[str]:
    """Cut one caption into the tokens of the `strict` protocol (the module's rule, version `TOKENISER_VERSION`).

    The same text gives the same tokens whatever its Unicode normal form, and cutting the joined tokens again changes
    nothing. The time is linear in the length of the text.

    Raises:
        InputError: It is no text.

    >>> tokenise('The ship’s X-band image: a 3.5 km pier, 20% “water” (see left).')
    ['the', "ship's", 'x-band', 'image', 'a', '3.5', 'km', 'pier', '20', '%', 'water', 'see', 'left']
    """
    if not isinstance(text, str):
        raise InputError(where="caption", problem=f"is of type {type(text).__name__}", fix="Give a str")
    lowered = unicodedata.normalize("NFC", text.translate(_SPELLING)).lower()
    return _TOKEN.findall(unicodedata.normalize("NFC", lowered))
