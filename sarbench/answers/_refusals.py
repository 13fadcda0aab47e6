"""Sentences in which a model says that it will not or cannot answer."""

import re

from sarbench.answers._hint import may_hold

FINDING = r"(?:see|find|detect|observe|identify|spot|locate)"
"""Verbs whose failure on "any ship" is an answer ("none"), not a refusal."""

_IMAGE = r"(?:image|picture|photo|attachment)s?"
_INABILITY = re.compile(
    r"\b(?:(?:cannot|can not|can't|could not|couldn't|unable to|not able to|(?:not |im)possible to"
    r"|(?:do not|don't) (?:know|have (?:enough|access|the ability)))"
    rf"\b(?! {FINDING} (?:any|an?)\b| be (?:seen|found)\b)"
    rf"|(?:cannot|can not|can't|do not|don't) (?:see|view|find) (?:any|an?|the|your) {_IMAGE}\b"
    rf"|no {_IMAGE} (?:(?:is|was|were|has been|have been) )?(?:provided|attached|given|uploaded)"
    r"|please (?:provide|upload|attach|share) "
    r"|(?:insufficient|not enough) information|not (?:sure|certain)\b|not clear (?:if|whether|what|how)|no idea\b)",
    re.IGNORECASE,
)
_INABILITY_WORDS = ("no", "n't", "unable", "impossible", "please", "insufficient")
"""No inability without one of them."""
_APOLOGY = re.compile(r"\b(?:sorry|apologi[sz]e|as an ai)\b", re.IGNORECASE)
OPEN = r"\b(?:unclear|unsure|uncertain|(?:hard|difficult) to (?:say|tell|judge)) (?:if|whether)\b"
"""Words before a clause that is left open: what it says is no answer."""
NO_WAY = (
    r"\bno (?:(?:clear|easy|good|obvious|possible|real|reliable|sure) )?way"
    r" (?:(?:to|of)|(?:that |for )?(?:i|we|you|one|anyone|anybody))\b"
)
"""How "there is no way to tell" goes on; "no way" alone is a no."""
_UNDECIDED = re.compile(
    rf"{OPEN}|\b(?:hard|difficult) to (?:say|tell|judge)\b|{NO_WAY} (?:can |could )?(?:to )?(?:be )?"
    r"(?:say|tell|know|determin|sure|certain|confirm|verify|judg)",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"\W{0,8}(?:unknown|unclear|unsure|uncertain|undetermined|indeterminate|n/?a|not applicable)\W{0,8}", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"(?<=[.!?;])(?= )|(?=, (?:but|however)\b)|(?= (?:but|however)\b)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?= |$)")


def without_refusals(text: str) -> str:
    """Return the clauses that do not say "I cannot …", so that a class named only in such a clause is no answer.

    >>> without_refusals("I cannot tell whether this is a ship. Perhaps a harbor.")
    'Perhaps a harbor.'
    """
    if not (may_hold(text, _INABILITY_WORDS) and _INABILITY.search(text)):
        return text
    kept = [clause.strip() for clause in _CLAUSE_END.split(text) if not _INABILITY.search(clause)]
    return " ".join(kept)


def refusal(text: str) -> str | None:
    """Return the words by which a text in which no answer was found refuses one; None where it does not.

    "Unknown" and "n/a" alone are refusals too: the model says that it has no answer.

    >>> refusal("Sorry, it is impossible to tell."), refusal("N/A"), refusal("The weather is fine.")
    ('impossible to', 'N/A', None)
    """
    found = _INABILITY.search(text) or _APOLOGY.search(text) or _UNDECIDED.search(text) or _NO_ANSWER.fullmatch(text)
    return found[0].strip() if found else None


def is_only_refusal(text: str) -> bool:
    """Tell whether free text is a refusal and nothing else: a refusal of at most two sentences.

    >>> is_only_refusal("I'm sorry, but I cannot help with that."), is_only_refusal("A ship. Its type cannot be told.")
    (True, False)
    """
    if not (_INABILITY.search(text) or _APOLOGY.search(text)):
        return False
    head = _SENTENCE_END.split(text, maxsplit=2)
    refuses = bool(_INABILITY.search(head[0]) or _APOLOGY.search(head[0]))
    return refuses and len([part for part in head if part.strip()]) <= 2
