"""Read yes or no."""

import re

from sarbench.answers._hint import may_hold
from sarbench.answers._numbers import NOUN
from sarbench.answers._refusals import FINDING, NO_WAY, OPEN
from sarbench.answers.parsed import Parsed, ambiguous, excerpt, unparsable

_REACH = 60
_BARE = {"yes": "yes", "no": "no"}
_YES = re.compile(
    r"(?<!\bnot )\b(?:yes|yeah|yep|yup|true|affirmative)\b"
    r"|\A\W{0,8}(?:that is |that's )?(?:correct|indeed)\W{0,8}\Z",
    re.IGNORECASE,
)
_SURELY = (
    r"(?:absolutely|certainly|definitely|surely|clearly|apparently|(?:most )?(?:likely|probably)|possibly|perhaps|maybe"
    r"|of course|i (?:think|believe|guess|would say))"
)
_QUALITY = r"(?:clarity|detail|resolution|contrast|context|colou?r|texture|quality|information|certainty|features?)"
_LITTLE = (
    r"(?:no\b|not\b(?! (?:only|just)\b)|none\b|nothing\b(?! (?:but|other|else|except)\b)|neither\b|never\b"
    r"|0\b(?![.,]\d)|zero\b|hardly\b|barely\b|scarcely\b|insufficient\b|little (?:evidence|sign|indication)"
    r"|an? (?:[a-z]{1,20} )?(?:lack|absence)\b|(?:an? |some )?(?:uncertainty|ambiguity))"
)
"""What is behind a "there is" that states nothing."""
_THERE = r"there(?: is| are| was| were|'s|'re| (?:appears?|seems?) to be)"
_NO = re.compile(
    rf"\b(?:(?!{NO_WAY})no(?! (?:doubt|problem)\b)|nope|nah|none|neither|false|negative|absent"
    r"|nothing(?! (?:but|other|else|except|to)\b))\b"
    r"|\b(?:is|are|was|were|do|does|did|has|have)(?: not|n't)\b(?! (?:only|just|clear|sharp|sure|certain|possible"
    r"|enough|sufficient|easy|known|able|allow|provide|permit|un(?:likely|clear|certain)"
    r"|impossible|improbable|doubtful)\b)"
    rf"|\b(?:cannot|can't|can not|could not|couldn't) (?:be )?{FINDING}[a-z]{{0,3}}"
    rf"|\bunable to {FINDING} (?:any|an?)\b|\bcan(?:not|'t| not) be (?:seen|found)\b"
    rf"|\A\W{{0,8}}{_SURELY},? not\W{{0,8}}\Z|\bnot that (?:i|we) can (?:see|tell)\b"
    r"|\b(?:i|we) (?:highly |strongly )?doubt\b"
    rf"|\b(?:{_THERE}|contains?|shows?|has|see|\A\W{{0,8}})(?: exactly| about)? ?\b(?:0|zero) (?!doubt\b)[a-z]"
    rf"|(?<![.\d])\b(?:0|zero) (?:[a-z-]{{1,20}} )?(?:{NOUN})\b"
    rf"|\b(?:lack|absence) of (?!(?:[a-z]{{1,20}} )?{_QUALITY}\b)|\b(?:devoid|free) of\b"
    rf"|\bwithout (?:any |an? |visible )?(?:{NOUN})\b"
    r"|(?<!not )(?<!n't )\b(?:(?:highly |very )?(?:unlikely|improbable|impossible|doubtful))"
    r" (?:(?:that|whether|if) )?(?:there|an?|any|it|(?:the|this)(?: [a-z]{1,20})? image)\b"
    r"|\A\W{0,8}(?:incorrect|wrong|not (?:correct|in (?:this|the) (?:image|picture|scene|photo)))\W{0,8}\Z"
    r"|(?:\A\W{0,8}|\b)not (?:yes|a single|any|really|at all|visible|present|seen|found|detected|observed)\b",
    re.IGNORECASE,
)
# "Unclear if there are ships, but there is one": this "but" goes back to the question; others bring up something else.
_AFTER_ALL = (
    rf",? (?:but|however|though|yet),? (?:(?:yes|no)\b|{_THERE} (?:(?:indeed|clearly|definitely) )?"
    r"(?:one|none)(?: (?:visible|present|here|in|at|near|on)\b|[.,;!]|\Z))"
)
_NO_WORDS = (
    *("no", "n't", "nah", "nei", "false", "negativ", "absen", "unable", "doubt", "0", "zero", "lack", "devoid"),
    *("free of", "without", "unlikely", "improbable", "impossible", "incorrect", "wrong"),
)
"""No no-word without one of them."""
_OPEN_WORDS = ("if", "whether")
_LEFT_OPEN = re.compile(
    rf"{OPEN}(?:(?!{_AFTER_ALL})[^.;!?])*"
    r"|(?<!doubtful )(?<!doubt )\b(?:whether|if) (?:or not )?(?:there|any|an?|the|this|it)\b[^.,;!?]*",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\W{0,8}(yes|no)\b(?:[.,;:!]\W{0,8}+(?!(?:yes|no)\b)|\W{0,8}\Z)", re.IGNORECASE)
_STATED = re.compile(r"\banswer(?: is|[\"']? ?:)\W{1,8}(yes|no)\b(?=[\"']|[.,;:!]|\W{0,8}\Z)", re.IGNORECASE)
_LETTER = re.compile(r"\W{0,8}([yn])\W{0,8}", re.IGNORECASE)
_SUCH = rf"(?!that\b)(?:[a-z0-9-]{{1,20}} ){{0,3}}(?:{NOUN})\b"
_PRESENT = re.compile(
    rf"\b{_THERE} (?!{_LITTLE})|\b(?:i|we)(?: can)? see (?!{_LITTLE})"
    rf"|\bimage (?:(?:clearly|also) )?(?:(?:does )?(?:contain|show|depict|include)|contains|shows|depicts|includes|has)"
    rf" (?!{_LITTLE}){_SUCH}"
    r"|\b(?:is|are)(?: clearly| indeed)? (?:visible|present)\b",
    re.IGNORECASE,
)
_SOME = re.compile(
    rf"\b{_THERE} (?!{_LITTLE})"
    rf"|\b(?:image (?:contains|shows|depicts|includes|has)|(?:i|we)(?: can)? see) (?!{_LITTLE}){_SUCH}"
    rf"|\b(?:{NOUN}) (?:is|are)(?: clearly)? (?:visible|present)\b",
    re.IGNORECASE,
)
_SOME_WORDS = ("there", "image", "see", "visible", "present")
_UNLIKELY_BEFORE = re.compile(
    r"\b(?:unlikely|improbable|impossible|doubtful|(?<!no )(?<!little )doubt)(?: that| whether| if)?(?: the| this)?"
    r"(?: [a-z]{1,20})? \Z",
    re.IGNORECASE,
)


def read_yes_no(text: str) -> Parsed:
    """Read the polarity of an answer. sarbench's own rules.

    Rules, first that applies:

    - `first_word`: "No, there is …", "Yes.": a yes or no that opens the answer and is set off by punctuation;
    - `only_polarity`: only yes-words or only no-words anywhere ("The answer is yes", "There are none", "I don't see
      any");
    - `stated`: both, and one of them in the last "the answer is yes";
    - `letter`: "Y" or "N" and nothing else;
    - `present`: "There is a ship", "A ship is visible", "The image contains ships"; not "there is little evidence".

    Both polarities in none of these forms are ambiguous: "yes and no", "yes/no". "1" and "0" are no polarity, nor is
    "maybe". "No doubt" is no "no". A hedge takes nothing back: "probably not" is a no, as "probably yes" is a yes; but
    "it is unclear whether there is a ship" is no answer (see `_refusals`), nor is any other "whether" or "if" clause.
    "0 ships", "a lack of ships" and "it is unlikely that there is a ship" are a no; a yes and a no about two things
    ("the image contains ships, but no cars") are ambiguous.
    """
    if (bare := _BARE.get(text)) is not None:
        return Parsed(bare, "ok", "first_word", read=text)
    if first := _FIRST.match(text):
        return Parsed(first[1].lower(), "ok", "first_word", read=first[1])
    if may_hold(text, _OPEN_WORDS):
        text = _LEFT_OPEN.sub("", text)
    yes = _YES.search(text)
    no = _NO.search(text) if may_hold(text, _NO_WORDS) else None
    if yes and no:
        statements = list(_STATED.finditer(text))
        if statements:
            stated = statements[-1]
            return Parsed(stated[1].lower(), "ok", "stated", read=excerpt(stated[0]))
        return ambiguous("both_polarities", excerpt(text, min(yes.start(), no.start()), max(yes.end(), no.end())))
    # "There are ships, but no cars": which of them the question is about cannot be told from the answer.
    if no and may_hold(text, _SOME_WORDS) and (first := _SOME.search(text)) and first.start() < no.start():
        return ambiguous("both_polarities", excerpt(text, first.start(), no.end()))
    if polarity := yes or no:
        return Parsed("yes" if yes else "no", "ok", "only_polarity", read=polarity[0].strip())
    if letter := _LETTER.fullmatch(text):
        return Parsed("yes" if letter[1] in "yY" else "no", "ok", "letter", read=letter[1])
    present = _PRESENT.search(text)
    if present and not _UNLIKELY_BEFORE.search(text, max(0, present.start() - _REACH), present.start()):
        return Parsed("yes", "ok", "present", read=excerpt(present[0]))
    return unparsable()
