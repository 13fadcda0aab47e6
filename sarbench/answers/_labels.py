"""Read one class, or a set of classes, from an answer."""

import re
from itertools import pairwise
from operator import attrgetter

from sarbench.answers.parsed import Parsed, ambiguous, excerpt, unparsable
from sarbench.answers.vocabulary import Mention, Vocabulary

_MARKER = r"\(?[a-z\d][.)] ?"
_LIST_SEPARATOR = re.compile(
    rf"[ '\"*]*(?:(?:[,;/|•·*-]+ ?(?:(?:and|or)\b)?|(?:and|or|plus|as well as)\b|&)[ '\"*]*(?:{_MARKER})?|{_MARKER})"
    r"[ '\"*]*",
    re.IGNORECASE,
)
_LONGEST_SEPARATOR = 20
_STATED = re.compile(r"\b(?:answer|category|class|label)(?: is|[\"']? ?:)(?=\W)", re.IGNORECASE)
_STRAIGHT = re.compile(r"\W{0,8}(?:(?:an?|the) )?", re.IGNORECASE)
_SET_OFF = re.compile(
    r"(?:[\"']{0,2}(?:[.;:!]| ?[(-])| (?:because|since)\b|[\"'] ?, ?[\"']\w{1,40}[\"'] ?:)", re.IGNORECASE
)
# "Ship: unlikely", "Ship! Wait, …": no class that opens an answer is meant for sure by these signs.
_SOFT = re.compile(r"[\"']{0,2}[:!]")
_TAKEN_BACK = re.compile(
    r"\b(?:wait|actually|on (?:second thoughts?|reflection)|more (?:likely|probably)|or rather|i mean(?:t)?"
    r"|correction|scratch that|instead|unlikely|no(?= ?[.,;:!-]| it\b| wait\b))\b",
    re.IGNORECASE,
)
_TWO_WORDS = re.compile(r"\W*(?!(?:and|or)\b)[A-Za-z]+\W+[A-Za-z]", re.IGNORECASE)
_ALL = re.compile(
    r"\W{0,8}(?:(?:the )?(?:answer|correct answer) is )?(?:everything|(?:all|every one)"
    r"(?: of (?:the above|them|these|the (?:listed |given )?(?:options|classes|categories))| the above"
    r"| (?:six|five|four|three)(?: of them)?(?: (?:options|classes|categories))?))"
    r"(?: (?:are|is) (?:present|visible|shown|correct))?\W{0,8}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]")


def read_label(text: str, words: Vocabulary) -> Parsed:
    """Read the one class that an answer names. sarbench's own rules.

    Rules, first that applies:

    - `exact`: the answer is a class and nothing else;
    - `single_mention`: one class, however often;
    - `stated`: one class after the last "the answer is" or "category:", or one straight behind it and set off from what
      follows by a full stop, a bracket, "because" or the next key of JSON;
    - `opening`: the same at the very beginning, with a sentence behind it: "Ship. It lies in a harbor.";
    - `after_echo`: one class beside the repeated list of all options.

    Classes taken back by a "no" or "not" do not count (see `_negation.standing`); where all that is named may be taken
    back, the answer is ambiguous, as `unclear_negation`. Two classes are ambiguous, as `several_labels`, and so is the
    list of all options alone, as `echo_only`, and "all of the above", as `all`.
    """
    if (bare := words.by_phrase.get(text)) is not None:
        return Parsed(bare, "ok", "exact", read=text)
    sure, unsure = words.standing(text)
    mentions = sorted([*sure, *unsure], key=attrgetter("start")) if unsure else sure
    if not mentions:
        every = _ALL.fullmatch(text)
        return ambiguous("all", excerpt(every[0])) if every else unparsable()
    first = mentions[0]
    if not sure:
        return ambiguous("unclear_negation", excerpt(text, first.start, mentions[-1].end))
    if all(mention.name == first.name for mention in mentions):
        bare_ends = len(mentions) == 1 and not (_WORD.search(text, 0, first.start) or _WORD.search(text, first.end))
        return Parsed(first.name, "ok", "exact" if bare_ends else "single_mention", read=text[first.start : first.end])
    if (stated := _after_statement(text, mentions)) is not None:
        return Parsed(stated.name, "ok", "stated", read=text[stated.start : stated.end])
    if _set_off(text, 0, mentions):
        return Parsed(first.name, "ok", "opening", read=text[first.start : first.end])
    rest = _without_echo(text, mentions, words)
    if rest and all(mention.name == rest[0].name for mention in rest):
        return Parsed(rest[0].name, "ok", "after_echo", read=text[rest[0].start : rest[0].end])
    return ambiguous("echo_only" if rest == [] else "several_labels", excerpt(text, first.start, mentions[-1].end))


def read_labels(text: str, words: Vocabulary) -> Parsed:
    """Read the set of classes that an answer names: every one that no "no" or "not" takes back.

    Rules: `mentions`, in whatever list the classes stand (commas, "and", bullets, numbers); `after_echo`, beside a
    repeated list of all options, which does not count there; `all`, "all of the above" and nothing else, is every
    option. A class of which it cannot be told whether it is taken back makes the set ambiguous, as `unclear_negation`
    ("ships, but no cars on the bridge"). The list of all options on its own is ambiguous, as `echo_only`, because a
    model that repeats the question and one that sees everything say the same.
    """
    mentions, unsure = words.standing(text)
    if unsure and not {mention.name for mention in unsure} <= {mention.name for mention in mentions}:
        return ambiguous("unclear_negation", excerpt(text, unsure[0].start, unsure[-1].end))
    if not mentions:
        if words.names and (every := _ALL.fullmatch(text)):
            return Parsed(frozenset(words.names), "ok", "all", read=excerpt(every[0]))
        return unparsable()
    if len(mentions) == 1:
        only = mentions[0]
        return Parsed(frozenset((only.name,)), "ok", "mentions", read=text[only.start : only.end])
    rest = _without_echo(text, mentions, words)
    if rest == []:
        return ambiguous("echo_only", excerpt(text, mentions[0].start, mentions[-1].end))
    kept = rest or mentions
    value = frozenset(mention.name for mention in kept)
    return Parsed(value, "ok", "after_echo" if rest else "mentions", read=excerpt(text, kept[0].start, kept[-1].end))


def _after_statement(text: str, mentions: list[Mention]) -> Mention | None:
    end = None
    for statement in _STATED.finditer(text):
        end = statement.end()
    if end is None:
        return None
    named = [mention for mention in mentions if mention.start >= end]
    if not named:
        return None
    return named[0] if len({mention.name for mention in named}) == 1 or _set_off(text, end, named) else None


def _set_off(text: str, start: int, named: list[Mention]) -> bool:
    """Tell whether the first of several classes stands straight behind a place and is set off from the others.

    Not where a word behind it may take it back: "Answer: ship. On second thought, harbor".
    """
    first = named[0]
    other = next(mention for mention in named if mention.name != first.name)
    return bool(
        _STRAIGHT.fullmatch(text, start, first.start)
        and (off := _SET_OFF.match(text, first.end))
        and not (start == 0 and _SOFT.match(text, first.end))
        and not _TAKEN_BACK.search(text, off.end())
        and (_TWO_WORDS.match(text, off.end(), other.start) or (start and _WORD.search(text, off.end(), other.start)))
    )


def _without_echo(text: str, mentions: list[Mention], words: Vocabulary) -> list[Mention] | None:
    """Drop the runs of mentions that list every option (three or more); None where there is no such run."""
    if len(words.names) < 3 or len(mentions) < 3:
        return None
    runs: list[list[Mention]] = [mentions[:1]]
    for before, after in pairwise(mentions):
        near = after.start - before.end <= _LONGEST_SEPARATOR
        if near and _LIST_SEPARATOR.fullmatch(text, before.end, after.start):
            runs[-1].append(after)
        else:
            runs.append([after])
    kept = [run for run in runs if {mention.name for mention in run} != set(words.names)]
    if len(kept) == len(runs):
        return None
    return [mention for run in kept for mention in run]
