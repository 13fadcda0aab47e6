"""Read yes or no."""

import re

from sarbench.answers._refusals import FINDING, OPEN
from sarbench.answers.parsed import Parsed, ambiguous, excerpt, unparsable

_BARE = {"yes": "yes", "no": "no"}
_YES = re.compile(r"(?<!\bnot )\b(?:yes|yeah|yep|yup|true|affirmative)\b", re.IGNORECASE)
_SURELY = (
    r"(?:absolutely|certainly|definitely|surely|clearly|apparently|(?:most )?(?:likely|probably)|possibly|perhaps|maybe"
    r"|of course|i (?:think|believe|guess|would say))"
)
_NO = re.compile(
    r"\b(?:no(?! (?:doubt|problem|way (?:to|of))\b)|nope|nah|none|neither|false|negative|absent"
    r"|nothing(?! (?:but|other|else|except|to)\b))\b"
    r"|\b(?:is|are|was|were|do|does|did|has|have)(?: not|n't)\b(?! (?:only|just|clear|sharp|sure|certain|possible"
    r"|enough|sufficient|easy|known|able|allow|provide|permit)\b)"
    rf"|\b(?:cannot|can't|can not|could not|couldn't) (?:be )?{FINDING}[a-z]{{0,3}}"
    r"|\bcan(?:not|'t| not) be (?:seen|found)\b"
    rf"|\A\W{{0,8}}{_SURELY},? not\W{{0,8}}\Z|\bnot that (?:i|we) can (?:see|tell)\b"
    r"|\b(?:i|we) (?:highly |strongly )?doubt\b"
    r"|(?:\A\W{0,8}|\b)not (?:yes|a single|any|really|at all|visible|present|seen|found|detected|observed)\b",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile(rf"{OPEN}[^.;!?]*", re.IGNORECASE)
_FIRST = re.compile(r"\W{0,8}(yes|no)\b(?:[.,;:!]\W{0,8}+(?!(?:yes|no)\b)|\W{0,8}\Z)", re.IGNORECASE)
_STATED = re.compile(r"\banswer(?: is|[\"']? ?:)\W{1,8}(yes|no)\b(?=[\"']|[.,;:!]|\W{0,8}\Z)", re.IGNORECASE)
_LETTER = re.compile(r"\W{0,8}([yn])\W{0,8}", re.IGNORECASE)
_PRESENT = re.compile(
    r"\bthere(?: is| are|'s) |\b(?:i|we)(?: can)? see |\b(?:is|are)(?: clearly| indeed)? (?:visible|present)\b",
    re.IGNORECASE,
)
_SOME = re.compile(r"\bthere (?:is|are) (?!no\b|not\b|none\b|nothing\b|neither\b|never\b)", re.IGNORECASE)


def read_yes_no(text: str) -> Parsed:
    """Read the polarity of an answer. sarbench's own rules.

    Rules, first that applies:

    - `first_word`: "No, there is …", "Yes.": a yes or no that opens the answer and is set off by punctuation;
    - `only_polarity`: only yes-words or only no-words anywhere ("The answer is yes", "There are none", "I don't see
      any");
    - `stated`: both, and one of them in the last "the answer is yes";
    - `letter`: "Y" or "N" and nothing else;
    - `present`: "There is a ship", "A ship is visible".

    Both polarities in none of these forms are ambiguous: "yes and no", "yes/no". "1" and "0" are no polarity, nor is
    "maybe". "No doubt" is no "no". A hedge takes nothing back: "probably not" is a no, as "probably yes" is a yes; but
    "it is unclear whether there is a ship" is no answer (see `_refusals`).
    """
    if (bare := _BARE.get(text)) is not None:
        return Parsed(bare, "ok", "first_word", read=text)
    if first := _FIRST.match(text):
        return Parsed(first[1].lower(), "ok", "first_word", read=first[1])
    text = _LEFT_OPEN.sub("", text)
    yes, no = _YES.search(text), _NO.search(text)
    if yes and no:
        statements = list(_STATED.finditer(text))
        if statements:
            stated = statements[-1]
            return Parsed(stated[1].lower(), "ok", "stated", read=excerpt(stated[0]))
        return ambiguous("both_polarities", excerpt(text, min(yes.start(), no.start()), max(yes.end(), no.end())))
    # "There are ships, but no cars": which of them the question is about cannot be told from the answer.
    if no and (first := _SOME.search(text)) and first.start() < no.start():
        return ambiguous("both_polarities", excerpt(text, first.start(), no.end()))
    if polarity := yes or no:
        return Parsed("yes" if yes else "no", "ok", "only_polarity", read=polarity[0].strip())
    if letter := _LETTER.fullmatch(text):
        return Parsed("yes" if letter[1] in "yY" else "no", "ok", "letter", read=letter[1])
    if present := _PRESENT.search(text):
        return Parsed("yes", "ok", "present", read=excerpt(present[0]))
    return unparsable()
