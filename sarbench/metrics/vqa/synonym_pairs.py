"""Words that mean the same in a free answer: one small versioned table.

The pairs are those that SARLANG-1M's judge is told in its instruction (`Evaluate_VQA.py` of GitHub
Jimmyxichen/SARLANG-1M); nothing is added. The words of the six classes are in `sarbench.answers.synonyms`.
"""

import re
from functools import lru_cache

SYNONYM_PAIRS_VERSION = "1"
"""Changes with every change of the table; scores made with different versions are not comparable."""

SYNONYM_PAIRS: dict[str, str] = {
    "soccer": "football",
    "ground track field": "playground",
    "rooftop": "building",
    "swimming pool": "pond",
}
"""Phrase → the phrase that stands for both, in lower case; a plural "s" is kept."""

_PHRASE = re.compile(rf"\b({'|'.join(map(re.escape, SYNONYM_PAIRS))})(?=s?\b)")


@lru_cache(maxsize=1 << 16)
def one_wording(form: str) -> str:
    """Return a normal form (`sarbench.answers.short_text`) with one phrase for both of each pair; whole words only.

    >>> one_wording("two swimming pools"), one_wording("soccer field"), one_wording("rooftops")
    ('two ponds', 'football field', 'buildings')
    """
    return _PHRASE.sub(lambda match: SYNONYM_PAIRS[match[1]], form)
