"""The normal form in which two short free answers are compared."""

import unicodedata

from sarbench.answers._folding import folded

_OUTER = " .,;:!?\"'()[]{}<>*_-|~/\\…¿¡·•"
_ARTICLES = frozenset({"a", "an", "the"})


def short_text(text: str) -> str:
    """Return the normal form of a short free answer: two answers say the same where their normal forms are equal.

    This is sarbench's own rule and no paper's. In this order: NFKC and plain typography (`_folding.folded`), case
    folded, white space to single blanks, punctuation off both ends (a final full stop, quotes, brackets, bold marks;
    the sign or decimal point of a number stays), then the articles a, an and the out, wherever a word follows them.
    Plurals, spelling and word order stay: "ship" is not "ships". Any string will do; the time is linear in its length.

    >>> short_text(" The  Lower-Left corner. "), short_text("**Ships**"), short_text("A"), short_text("-3 dB.")
    ('lower-left corner', 'ships', 'a', '-3 db')
    """
    words = _stripped(_case_folded(text)).split(" ")
    first, last = 0, len(words) - 1
    while first < last and ((word := words[first].strip(_OUTER)) in _ARTICLES or not word):
        first += 1
    kept = [word for word in words[first:last] if word not in _ARTICLES]
    return _stripped(" ".join([*kept, words[last]]))


def _case_folded(text: str) -> str:
    plain = folded(text)
    if plain.isascii():
        return " ".join(plain.lower().split())
    # Folding case may undo the normal form ("ŉ" becomes two characters), hence NFKC once more.
    return " ".join(unicodedata.normalize("NFKC", plain.casefold()).split())


def _stripped(text: str) -> str:
    bare = text.lstrip(_OUTER)
    head = text[: len(text) - len(bare)]
    if bare[:1].isdigit() and head[-1:] in ("-", ".") and head[-2:-1] in ("", " ", "(", "[", '"', "'"):
        bare = head[-1] + bare
    return bare.rstrip(_OUTER)
