"""Read one class, or a set of classes, from an answer."""

import re
from itertools import pairwise

from sarbench.answers.parsed import Parsed, ambiguous, unparsable
from sarbench.answers.vocabulary import Mention, Vocabulary

_LIST_SEPARATOR = re.compile(r"[ '\"*]*(?:[,;/|-]+ ?(?:(?:and|or)\b)?|(?:and|or)\b)[ '\"*]*", re.IGNORECASE)
_LONGEST_SEPARATOR = 20
_STATED = re.compile(r"\b(?:answer|category|class|label)(?: is|:)(?=\W)", re.IGNORECASE)


def read_label(text: str, words: Vocabulary) -> Parsed:
    """Read the one class that an answer names.

    Rules, first that applies: `exact` (the answer is a class and nothing else), `single_mention` (one class, however
    often), `stated` (one class after the last "the answer is" or "category:"), `after_echo` (one class beside the
    repeated list of all options). Classes taken back by a "no" or "not" do not count. Two classes are ambiguous.
    """
    mentions = words.affirmed(text)
    named = {mention.name for mention in mentions}
    if not named:
        return unparsable()
    if len(named) == 1:
        only = mentions[0]
        bare = len(mentions) == 1 and not re.search(r"\w", text[: only.start] + text[only.end :])
        return Parsed(only.name, "ok", "exact" if bare else "single_mention")
    if (stated := _after_statement(text, mentions)) is not None:
        return Parsed(stated, "ok", "stated")
    rest = _without_echo(text, mentions, words)
    if rest is not None and len({mention.name for mention in rest}) == 1:
        return Parsed(rest[0].name, "ok", "after_echo")
    return ambiguous("echo_only" if rest == [] else "several_labels")


def read_labels(text: str, words: Vocabulary) -> Parsed:
    """Read the set of classes that an answer names: every one that no "no" or "not" takes back.

    A repeated list of all options does not count where classes are named beside it; on its own it is ambiguous,
    because a model that repeats the question and one that sees everything say the same.
    """
    mentions = words.affirmed(text)
    if not mentions:
        return unparsable()
    rest = _without_echo(text, mentions, words)
    if rest == []:
        return ambiguous("echo_only")
    rule = "mentions" if rest is None else "after_echo"
    return Parsed(frozenset(mention.name for mention in rest or mentions), "ok", rule)


def _after_statement(text: str, mentions: list[Mention]) -> str | None:
    ends = [match.end() for match in _STATED.finditer(text)]
    if not ends:
        return None
    named = {mention.name for mention in mentions if mention.start >= ends[-1]}
    return named.pop() if len(named) == 1 else None


def _without_echo(text: str, mentions: list[Mention], words: Vocabulary) -> list[Mention] | None:
    """Drop the runs of mentions that list every option (three or more); None where there is no such run."""
    if len(words.names) < 3:
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
