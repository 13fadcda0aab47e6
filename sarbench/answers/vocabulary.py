"""Find the phrases of a vocabulary in a text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sarbench.answers.synonyms import CLASSES, SYNONYMS

# "no ship", "not visible ships", "cannot see any ship", "without a car": up to three plain words between.
_NEGATED = re.compile(
    r"(?:\b(?:no|not|cannot|without|neither|nor|never)|n't)(?: (?!but\b|only\b|just\b|doubt\b)[A-Za-z-]{1,20}){0,3} \Z",
    re.IGNORECASE,
)
_NEGATION_REACH = 100


@dataclass(frozen=True)
class Mention:
    """One place where the text names something."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Vocabulary:
    """Phrases and what they name."""

    names: tuple[str, ...]
    by_phrase: Mapping[str, str]
    pattern: re.Pattern[str]

    def find(self, text: str) -> list[Mention]:
        """Return every mention, longest phrase first at each place, negated ones included."""
        # Ignoring case, Python also takes "ı" for "i": such a match is no phrase of ours.
        return [
            Mention(name, match.start(), match.end())
            for match in self.pattern.finditer(text)
            if (name := self.by_phrase.get(match[0].lower())) is not None
        ]

    def affirmed(self, text: str) -> list[Mention]:
        """Return the mentions that no "no", "not" or "without" shortly before takes back."""
        return [
            mention
            for mention in self.find(text)
            if not _NEGATED.search(text, max(0, mention.start - _NEGATION_REACH), mention.start)
        ]


def vocabulary(phrases: Mapping[str, Iterable[str]]) -> Vocabulary:
    """Build a vocabulary from the phrases of each name; matching ignores case and takes whole words only."""
    by_phrase = {phrase.lower(): name for name, group in phrases.items() for phrase in group}
    longest_first = sorted(by_phrase, key=lambda phrase: (-len(phrase), phrase))
    # (?!) matches nowhere: an empty vocabulary finds nothing.
    inner = "|".join(re.escape(phrase) for phrase in longest_first) or "(?!)"
    return Vocabulary(tuple(phrases), by_phrase, re.compile(rf"(?<!\w)(?:{inner})(?!\w)", re.IGNORECASE))


@lru_cache(maxsize=128)
def of_choices(choices: tuple[str, ...]) -> Vocabulary:
    """Return the vocabulary of a closed answer list.

    Where all choices are among the six SARDet classes (in any spelling of the synonym table), the table applies; any
    other list is matched as it is spelled, with a plural "s" or "es". No choices stand for the six classes.

    >>> of_choices(("harbour", "ship")).find("two ports")
    [Mention(name='harbour', start=4, end=9)]
    """
    spelled = choices or CLASSES
    class_of = {phrase: name for name, phrases in SYNONYMS.items() for phrase in phrases}
    classes = [class_of.get(choice.strip().lower()) for choice in spelled]
    if None not in classes and len(set(classes)) == len(spelled):
        return vocabulary({choice: SYNONYMS[str(name)] for choice, name in zip(spelled, classes, strict=True)})
    plurals = {choice: tuple(f"{choice.strip()}{ending}" for ending in ("", "s", "es")) for choice in spelled}
    return vocabulary({choice: forms for choice, forms in plurals.items() if choice.strip()})
