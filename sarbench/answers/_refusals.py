"""Sentences in which a model says that it will not or cannot answer."""

import re

FINDING = r"(?:see|find|detect|observe|identify|spot|locate)"
"""Verbs whose failure on "any ship" is an answer ("none"), not a refusal."""

_INABILITY = re.compile(
    r"\b(?:cannot|can not|can't|could not|couldn't|unable to|not able to|(?:not |im)possible to"
    rf"|(?:do not|don't) (?:know|have enough))\b(?! {FINDING} any\b)",
    re.IGNORECASE,
)
_APOLOGY = re.compile(r"\b(?:sorry|apologi[sz]e|as an ai)\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"(?<=[.!?;])(?= )|(?=, (?:but|however)\b)|(?= (?:but|however)\b)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?= |$)")


def without_refusals(text: str) -> str:
    """Return the clauses that do not say "I cannot …", so that a class named only in such a clause is no answer.

    >>> without_refusals("I cannot tell whether this is a ship. Perhaps a harbor.")
    'Perhaps a harbor.'
    """
    kept = [clause.strip() for clause in _CLAUSE_END.split(text) if not _INABILITY.search(clause)]
    return " ".join(kept)


def refuses(text: str) -> bool:
    """Tell whether a text in which no answer was found is a refusal."""
    return bool(_INABILITY.search(text) or _APOLOGY.search(text))


def is_only_refusal(text: str) -> bool:
    """Tell whether free text is a refusal and nothing else: a refusal of at most two sentences.

    >>> is_only_refusal("I'm sorry, but I cannot help with that."), is_only_refusal("A ship. Its type cannot be told.")
    (True, False)
    """
    head = _SENTENCE_END.split(text, maxsplit=2)
    return len([part for part in head if part.strip()]) <= 2 and refuses(head[0])
