"""Words around the name of a class that say whether it is there: "no ships", "ship: 0", "ships are not visible".

Every pattern is bounded and anchored at the name, so that a text of many names is read in linear time.
"""

import re
from typing import Literal

from sarbench.answers._hint import may_hold
from sarbench.answers._mention import Mention

Verdict = Literal["yes", "no", "unsure"]

_EXCEPT_WORDS = ("excep", "exclud", "other than", "apart", "aside", "beside", "beyond")
_BEFORE_WORDS = (
    *("no", "nei", "never", "n't", "without", "zero", "0", "abs", "lack", "devoid", "free of", "instead", "rather"),
    *("hardly", "barely"),
)
_SIGN_WORDS = (
    *_BEFORE_WORDS,
    *_EXCEPT_WORDS,
    *("missing", "nil", "null", "false", "negative", "maybe", "perhaps", "possib", "unsure", "unclear"),
    *("uncertain", "%"),
)
_SIGN = re.compile(
    r"n(?:o|ei|ever|'t|il\b|ull\b)|without|\b0|zero|abs|missing|lack|devoid|free of|false|excep|exclud|other than|apart"
    r"|aside|beside|beyond|instead|rather|hardly|barely|negative|maybe|perhaps|possib|un(?:sure|clear|certain)"
    r"|\.\d|%|\[ ?\]|[✗✘❌☒]",
    re.IGNORECASE,
)
_SIGN_MARK = re.compile(r"\.\d|\[ ?\]")

_PLACE = r"(?:in|on|at|near|by|from|with|under|along|alongside|beside|behind|next|around|inside|outside|over|is|are)"
# "no ship", "not visible ships", "cannot see any ship", "without a car": up to three plain words between.
_BEFORE = re.compile(
    r"(?:\b(?:no|not|cannot|without|neither|nor|never|none of|lacks?|lacking|(?:lack|absence|free|devoid|instead) of"
    r"|rather than|(?:hardly|barely) any)|n't|(?<![.\d:=(|])(?<![:=(|] )\b(?:0|zero)(?: ?[x×])?)"
    r"(?P<words>(?: (?!(?:but|only|just|doubt|and|or|nor)\b)[A-Za-z-]{1,20}){0,3}) \Z",
    re.IGNORECASE,
)
# "No activity in the harbor": what is denied is something else, in a place that may well be there.
_ELSEWHERE = re.compile(rf" (?!any\b|the\b)[A-Za-z-]+(?: [A-Za-z-]+)? {_PLACE}\b", re.IGNORECASE)
_EXCEPT = re.compile(
    r"\b(?:except|excluding|other than|apart from|aside from|besides|beyond)(?: [A-Za-z-]{1,20}){0,3} \Z", re.IGNORECASE
)
# "Absent: ships, cars", "not present: …", "none of the following: …".
_HEADED = re.compile(
    r"(?:(?:\b(?:absent|missing)|(?:\bnot|n't) (?:present|visible|seen|found|detected|shown|included|contain|include"
    r"|show|see))(?: (?:classes|categories|objects|targets|ones))?|\bnone of [a-z ]{1,40})"
    r"[\"'*]{0,3} ?[:(] ?[\"'\[(*-]{0,4} ?\Z",
    re.IGNORECASE,
)
_NO_LIST = re.compile(r"(?:\A|[.;|)] )[\"'*-]{0,3}no[\"'*]{0,3} ?: ?[\"'\[(*-]{0,4} ?\Z", re.IGNORECASE)
_CROSSED = re.compile(r"(?:[✗✘❌☒]|\[ ?\]) ?\Z")
_MARKED = re.compile(r"[:(✗✘❌☒\]][^:(\]]{0,6}\Z")
"""What stands before a class under a heading, or behind a cross."""
_REACH = 100

_AT = r"[\"'*)\]]{0,4} ?(?:[:=|?(>-]|[-=]>) ?(?:\{ ?[\"']\w{1,20}[\"'] ?: ?)?[\"'*]{0,3}"
# What may stand behind a "no" that is a verdict, and not the beginning of "no ship": an end, or a new line.
_END = (
    r"(?:[\"'*)\]}|]{0,4} ?(?:[.,;!|)\]}<]|\Z)|[\"'*]{0,3} (?-i:[A-Z0-9*•\[{(-])"
    r"|[\"']{0,2} (?:instances?|objects?|detected|visible|present|found|seen|(?:clear )?(?:evidence|signs?|traces?))\b)"
)
_SEEN = (
    r"(?:visible|present|seen|found|detected|observed|shown|there|identified|included|in (?:the|this) (?:image|scene))"
)
_NO = re.compile(
    rf"{_AT}(?:(?:no|none|missing|nil|zero|negative|n)\b(?={_END})|(?:absent|false|null)\b"
    rf"|not {_SEEN}\b(?! ?:)|0(?![.\d%])(?! ?%)"
    r"|0\.0+(?!\d)|0 ?%)|[\"']{0,2} ?[:=] ?\[ ?\]|\[ ?0 ?\]|(?:[\"'*)\]]{0,4} ?[:=|-])? ?[✗✘❌☒]"
    rf"|[\"')]{{0,2}} 0(?={_END})",
    re.IGNORECASE,
)
_YES = re.compile(
    rf"{_AT}(?:(?:yes|true|present|visible|detected|found|positive|y)\b|[1-9]|0?\.[5-9]|[✓✔✅☑]|\[ ?[\[\d{{])"
    r"|(?:[\"'*)\]]{0,4} ?[:=|-])? ?[✓✔✅☑]",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    rf"(?![\"'*)\]]{{0,4}} ?[-(]){_AT}"
    r"(?:(?:no|not|none|un(?:sure|clear|known|certain)|maybe|possibl[ey]|perhaps|n/a)\b)"
    rf"|{_AT}(?:0?\.[0-4]|[1-4]?\d(?:\.\d{{1,4}})? ?%)|[\"')]{{0,2}} 0 (?=[a-z])|, no(?=[.;])"
    r"|[\"'*)]{0,3} ?[(,:-]? ?(?:with )?[\"']?(?:confidence|score|probability|likelihood)(?: score| of)?[\"']? ?[:=]? ?"
    r"(?:0?\.[0-4]|[1-4]?\d(?:\.\d{1,4})? ?%)",
    re.IGNORECASE,
)
_NO_BETWEEN = re.compile(
    rf"{_AT}(?:no|none|zero|nil|null|negative|n)\b[\"'*]{{0,3}} (?:[-*•] )?[\"'*]{{0,3}}", re.IGNORECASE
)
_POINTS = re.compile(r"[\"'*)\]]{0,4} ?(?:[:=|?(>,\[✗✘❌☒✓✔✅☑0\"'-]|with |confid|score|probab|likeli)", re.IGNORECASE)
"""How every verdict behind a class begins."""
_VERBAL = re.compile(
    r"[\"')\]]{0,2}(?: in (?:the|this) (?:image|picture|scene))?"
    rf" (?:(?:(?:is|are|was|were) (?:not|never) |(?:is|are|was|were)n't |not )(?:{_SEEN})(?! ?:)"
    r"|(?:absent|missing)(?! ?:)|(?:is|are|was|were) (?:absent|missing|nowhere|lacking|not the (?:correct )?answer)"
    r"|(?:cannot|can't|can not|could not) be (?:seen|found|detected|observed|identified|located|made)"
    r"|(?:is|are|was|were)(?: not|n't)(?= ?(?:[.,;!?)]|\Z))|(?:do|does)(?: not|n't) (?:appear|exist|occur)(?! to\b))\b",
    re.IGNORECASE,
)

_ORDER: tuple[tuple[Verdict, re.Pattern[str]], ...] = (("no", _NO), ("unsure", _UNSURE), ("yes", _YES))


def may_deny(text: str) -> bool:
    """Tell whether a text has what every negated or doubtful mention has near it: else it affirms all that it names."""
    if may_hold(text, _SIGN_WORDS):
        return _SIGN.search(text) is not None
    return _SIGN_MARK.search(text) is not None


def behind(text: str, mention: Mention) -> tuple[Verdict | None, int]:
    """Return what the words behind a class say of it alone ("ship: yes", "ship (absent)"), and where they end.

    >>> behind("ship: no, car", Mention("ship", 0, 4))
    ('no', 8)
    """
    if not _POINTS.match(text, mention.end):
        return None, mention.end
    for verdict, pattern in _ORDER:
        if found := pattern.match(text, mention.end):
            return verdict, found.end()
    return None, mention.end


def no_between(text: str, mention: Mention, following: Mention) -> bool:
    """Tell whether a "no" between two classes with verdicts is the verdict of the first: "ship: no bridge: yes"."""
    return (
        following.start - mention.end <= _REACH
        and _NO_BETWEEN.fullmatch(text, mention.end, following.start) is not None
    )


def is_denied(text: str, mention: Mention) -> bool:
    """Tell whether the clause goes on with "are not visible", "is absent" or "cannot be seen"."""
    return _VERBAL.match(text, mention.end) is not None


def before(text: str, mention: Mention, floor: int) -> tuple[Verdict | None, int]:
    """Return what the words shortly before a class say of it, and where they begin.

    Args:
        text: The answer.
        mention: The class.
        floor: What stands before this place belongs to the verdict of the class before.
    """
    reach = max(floor, mention.start - _REACH)
    near = text[reach : mention.start]
    if may_hold(near, _EXCEPT_WORDS) and (found := _EXCEPT.search(text, reach, mention.start)):
        return "unsure", found.start()
    if _MARKED.search(near):
        if found := _NO_LIST.search(text, reach, mention.start):
            return "unsure", found.start()
        if found := _HEADED.search(text, reach, mention.start) or _CROSSED.search(text, reach, mention.start):
            return "no", found.start()
    if not (may_hold(near, _BEFORE_WORDS) and (found := _BEFORE.search(text, reach, mention.start))):
        return None, mention.start
    words = found["words"]
    return ("unsure" if _ELSEWHERE.match(words) else "no"), found.start()


def is_heading(text: str, mention: Mention) -> bool:
    """Tell whether the class is the first of a list with a heading that denies it: "Absent: ships, cars"."""
    return _HEADED.search(text, max(0, mention.start - _REACH), mention.start) is not None
