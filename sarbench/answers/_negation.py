"""Tell which of the classes that a text names it affirms, and of which that cannot be told."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from sarbench.answers._mention import Mention
from sarbench.answers._verdicts import Verdict, before, behind, is_denied, is_heading, may_deny, no_between

_Link = Literal["or", "and", "comma", "article"]

# What may stand between two classes of one list: commas, conjunctions, and words that open no clause of their own.
_GAP = re.compile(
    r"(?:[ ,/&\"'*|()\[\]+-]|\b(?!(?:but|only|just|however|though|although|while|whereas|is|are|was|were|be|has|have"
    r"|had|contains?|shows?|can|could|there|here|it|this|that|these|those|which|who|with|without|in|on|at|near|by|of|to|from"
    r"|under|over|along|beside|behind|between|next|i|we|you|see|also|yes|no|not|neither|nor|an?|the|one|two|three|four"
    r"|five|six|seven|eight|nine|ten|several|some|many|few|numerous|multiple|both|another|except|so|then|instead|rather"
    r"|maybe|perhaps|possibly|likely)\b)[A-Za-z]{1,20}\b)*",
    re.IGNORECASE,
)
_SMALL = re.compile(r"(?P<link>\bn?or|,)(?P<article> (?:an?|the))\b", re.IGNORECASE)
_OR = re.compile(r"\bn?or\b", re.IGNORECASE)
_AND = re.compile(r"\band\b|&|\bplus\b", re.IGNORECASE)
_COMMA = re.compile(r"[,/|]")
_LONGEST_GAP = 100

_CLAUSE = re.compile(r"(?:\A|[.;:!?,] |\b(?:and|but|while|as|that) )[\"'(*-]{0,3} ?\Z", re.IGNORECASE)
_ASSERTED = re.compile(
    r"\b(?:there(?: is| are|'s)|see|find|detect|observe|identify|contains?|shows?|includes?|has|have|with)"
    r"(?: [a-z0-9-]{1,20}){0,3} \Z",
    re.IGNORECASE,
)
_VERB_NEXT = re.compile(r"[\"')*]{0,3} (?:is|are|was|were|can|has|have|lies?|do|does)\b", re.IGNORECASE)
_MORE_NEXT = re.compile(
    r"[\"')*]{0,3} (?!(?:in (?:the|this) (?:image|picture|scene|photo)|here|at all)\b)[A-Za-z]", re.IGNORECASE
)


class Standing(NamedTuple):
    """The classes that a text affirms, and those of which it cannot be told whether it does."""

    sure: list[Mention]
    unsure: list[Mention]


class _Run(NamedTuple):
    """Neighbours in one list."""

    first: int
    links: list[_Link]


def standing(text: str, found: list[Mention]) -> Standing:
    """Sort the mentions of a text; those that it surely denies are in neither list. sarbench's own rules.

    A class is denied by a "no", "not", "without", "neither", "0" or "lack of" shortly before it; by a verdict behind it
    ("ship: no", "ship (absent)", `"ship": false`, "ship: 0", "ships are not visible"); and by standing in one list with
    a class that is denied ("no ships, cars, or tanks"; "ships and cars are absent"). Its own verdict goes before all.
    Where a list may have ended or a new clause begun ("no cars, ships on the water"), where a "no" denies something
    else at the place ("no activity in the harbor"), and of "except ships" and "ship: 0.2" nothing can be told.
    """
    if not found or not may_deny(text):
        return Standing(found, [])
    said: list[Verdict | None] = []
    heads: list[int | None] = []
    floor = 0
    verdicts = [behind(text, mention) for mention in found]
    for index in range(len(found) - 1):
        following = verdicts[index + 1][0] is not None
        if following and verdicts[index][0] != "yes" and no_between(text, found[index], found[index + 1]):
            verdicts[index] = "no", found[index + 1].start
    for mention, (verdict, end) in zip(found, verdicts, strict=True):
        told, start = before(text, mention, floor)
        own = verdict if verdict is not None else told
        said.append(own)
        heads.append(start if own == "no" and verdict is None else None)
        floor = floor if verdict is None else end
    for index in range(1, len(found)):
        # "<ship>no</ship>"
        if text.startswith("</", found[index].start - 2) and found[index].name == found[index - 1].name:
            said[index] = said[index - 1]
    for index in range(len(found) - 1):
        # "Ships: no ships are visible."
        if said[index] == "unsure" and said[index + 1] == "no" and found[index].name == found[index + 1].name:
            said[index] = "no"
    for run in _runs(text, found):
        _carry(text, found, said, heads, run)
        _carry_back(text, found, said, run)
    return Standing(
        [mention for mention, verdict in zip(found, said, strict=True) if verdict in (None, "yes")],
        [mention for mention, verdict in zip(found, said, strict=True) if verdict == "unsure"],
    )


def _runs(text: str, found: Sequence[Mention]) -> list[_Run]:
    runs = [_Run(0, [])]
    for index in range(1, len(found)):
        link = _link(text, found[index - 1].end, found[index].start)
        if link is None:
            runs.append(_Run(index, []))
        else:
            runs[-1].links.append(link)
    return runs


def _link(text: str, start: int, end: int) -> _Link | None:
    if end - start > _LONGEST_GAP:
        return None
    gap = text[start:end]
    if small := _SMALL.search(gap):
        gap = gap[: small.start("article")] + gap[small.end("article") :]
    if not _GAP.fullmatch(_OR.sub("or", gap)):
        return None
    if _OR.search(gap):
        return "or"
    if small:
        return "article"
    if _AND.search(gap):
        return "and"
    return "comma" if _COMMA.search(gap) else None


def _carry(
    text: str, found: Sequence[Mention], said: list[Verdict | None], heads: Sequence[int | None], run: _Run
) -> None:
    """Deny what stands in the list behind a class that a word before it denies."""
    last = run.first + len(run.links)
    head: int | None = None
    for index in range(run.first, last + 1):
        start = heads[index]
        if start is not None:
            head = index
            continue
        if head is None:
            continue
        if said[index] is not None:
            head = None
            continue
        ahead = run.links[index - 1 - run.first :]
        if ahead[0] == "article" and "or" not in ahead:
            head = None
            continue
        verdict = _carried(text, found, ahead, heads[head] or 0, found[head], found[last])
        # "No car, no harbor, ship, no tank": where each has its own "no", a class without one may be meant to be there.
        each = ahead[0] == "comma" and any(
            heads[near] is not None for near in (head - 1, last + 1) if 0 <= near < len(found)
        )
        said[index] = "unsure" if each and "or" not in ahead and "and" not in ahead else verdict


def _carried(
    text: str, found: Sequence[Mention], ahead: Sequence[_Link], start: int, head: Mention, last: Mention
) -> Verdict:
    if "or" in ahead or is_heading(text, head):
        return "no"
    if "and" in ahead:
        another = _VERB_NEXT.match(text, last.end) and not _CLAUSE.search(text, max(0, start - 10), start)
        return "unsure" if another else "no"
    return "unsure" if _MORE_NEXT.match(text, last.end) else "no"


def _carry_back(text: str, found: Sequence[Mention], said: list[Verdict | None], run: _Run) -> None:
    """Deny a class, and the list that ends with it, where the clause goes on with "are not visible"."""
    last = run.first + len(run.links)
    if said[last] not in (None, "no") or not is_denied(text, found[last]):
        return
    said[last] = "no"
    first = found[run.first].start
    bracketed = text[max(0, first - 1)] == "(" and text[found[last].end : found[last].end + 1] == ")"
    joined = bracketed or "and" in run.links or "or" in run.links
    sure = joined and "article" not in run.links and not _ASSERTED.search(text, max(0, first - _LONGEST_GAP), first)
    for index in range(run.first, last):
        if said[index] is None:
            said[index] = "no" if sure else "unsure"
