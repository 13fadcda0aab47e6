"""Read yes or no."""

import re

from sarbench.answers._refusals import FINDING
from sarbench.answers.parsed import Parsed, ambiguous, unparsable

_YES = re.compile(r"\b(?:yes|yeah|yep|true)\b", re.IGNORECASE)
_NO = re.compile(
    r"\b(?:no|nope|none|false)\b|\b(?:is|are|was|were)(?: not\b|n't\b)"
    rf"|\b(?:cannot|can't|can not|do not|don't|did not|didn't) {FINDING} any\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\W{0,8}(yes|no)\b(?:[.,;:!]\W{0,8}+(?!(?:yes|no)\b)|\W{0,8}\Z)", re.IGNORECASE)
_PRESENT = re.compile(r"\bthere(?: is| are|'s) |\b(?:i|we)(?: can)? see ", re.IGNORECASE)


def read_yes_no(text: str) -> Parsed:
    """Read the polarity of an answer.

    Rules, first that applies: `first_word` ("No, there is …": a yes or no that opens the answer and is set off by
    punctuation), `only_polarity` (only yes-words or only no-words anywhere), `present` ("There is a ship"). Both
    polarities without such an opening are ambiguous: "yes and no", "yes/no".
    """
    if first := _FIRST.match(text):
        return Parsed(first[1].lower(), "ok", "first_word")
    yes, no = bool(_YES.search(text)), bool(_NO.search(text))
    if yes and no:
        return ambiguous("both_polarities")
    if yes or no:
        return Parsed("yes" if yes else "no", "ok", "only_polarity")
    if _PRESENT.search(text):
        return Parsed("yes", "ok", "present")
    return unparsable()
