"""Find the phrases of a vocabulary in a text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sarbench.answers._folding import folded
from sarbench.answers._mention import Mention as Mention
from sarbench.answers._negation import Standing, standing
from sarbench.answers.synonyms import CLASSES, NOTHING, PAIRS, SYNONYMS

_JOINT = re.compile("[ _-]")


@dataclass(frozen=True)
class Vocabulary:
    """Phrases and what they name; a phrase that names nothing hides the shorter ones in it."""

    names: tuple[str, ...]
    by_phrase: Mapping[str, str | None]
    pattern: re.Pattern[str]
    lower: re.Pattern[str] | None = None
    """The same pattern for ASCII text in lower case, several times as fast; None where case matters."""

    def find(self, text: str) -> list[Mention]:
        """Return every mention, longest phrase first at each place, negated ones included."""
        if self.lower is not None and text.isascii():
            return self._mentions(self.lower.finditer(text.lower()))
        return self._mentions(self.pattern.finditer(text))

    def affirmed(self, text: str) -> list[Mention]:
        """Return the mentions that the text surely affirms: see `_negation.standing`."""
        return self.standing(text).sure

    def standing(self, text: str) -> Standing:
        """Return the mentions that the text affirms, and those of which it cannot be told whether it does."""
        return standing(text, self.find(text))

    def _mentions(self, matches: Iterable[re.Match[str]]) -> list[Mention]:
        found = []
        for match in matches:
            name = self._named(match[0].lower())
            if name is not None:
                found.append(Mention(name, match.start(), match.end()))
        return found

    def _named(self, words: str) -> str | None:
        # Ignoring case, Python also takes "ı" for "i": such a match is no phrase of ours.
        if words in self.by_phrase:
            return self.by_phrase[words]
        return self.by_phrase.get(_JOINT.sub("", words))


def vocabulary(phrases: Mapping[str, Iterable[str]], *, nothing: Iterable[str] = ()) -> Vocabulary:
    """Build a vocabulary from the phrases of each name, and from phrases that hold some of them and name nothing.

    Matching ignores case and takes whole words only, where an underscore ends a word ("SAR_ship"); a blank in a phrase
    also matches a hyphen, an underscore or nothing. Of two names with one phrase the first has it.
    """
    spelled: dict[str, str | None] = {}
    for name, group in phrases.items():
        for phrase in group:
            spelled.setdefault(phrase.lower(), name)
    for phrase in nothing:
        spelled.setdefault(phrase.lower(), None)
    joined = {_JOINT.sub("", phrase): name for phrase, name in reversed(spelled.items())}
    longest_first = sorted(spelled, key=lambda phrase: (-len(_JOINT.sub("", phrase)), phrase))
    # (?!) matches nowhere: an empty vocabulary finds nothing.
    inner = "|".join(map(_pattern, longest_first)) or "(?!)"
    pattern = re.compile(rf"(?<![^\W_])(?:{inner})(?![^\W_])", re.IGNORECASE)
    return Vocabulary(tuple(phrases), {**joined, **spelled}, pattern, _lower(longest_first))


def _lower(longest_first: Sequence[str]) -> re.Pattern[str] | None:
    """Compile phrases so that the search leaps from one first letter to the next: the boundary is checked behind it."""
    if not longest_first or any(map(_is_letter, longest_first)) or not all(longest_first):
        return None
    tails: dict[str, list[str]] = {}
    for phrase in longest_first:
        tails.setdefault(phrase[0], []).append(_loose(phrase[1:]))
    heads = (rf"{re.escape(head)}(?<![^\W_].)(?:{'|'.join(group)})" for head, group in tails.items())
    return re.compile(rf"(?:{'|'.join(heads)})(?![^\W_])", re.DOTALL)


def _is_letter(phrase: str) -> bool:
    return len(phrase) == 1 and phrase.isalpha()


def _pattern(phrase: str) -> str:
    if _is_letter(phrase):
        # The letter of an option, not the article: a capital that no small word follows, or a letter that stands alone.
        article = r"(?! [a-z])" if phrase in "ai" else ""
        return rf"(?-i:{phrase.upper()}){article}|(?<=answer is )(?-i:{phrase.upper()})|(?<![^(]){phrase}(?=\)|\W?\Z)"
    return _loose(phrase)


def _loose(phrase: str) -> str:
    return "[ _-]?".join(map(re.escape, _JOINT.split(phrase)))


@lru_cache(maxsize=128)
def of_choices(choices: tuple[str, ...]) -> Vocabulary:
    """Return the vocabulary of a closed answer list.

    Where all choices are among the six SARDet classes (in any spelling of the synonym table), the table applies. Any
    other list is matched as it is spelled, in the singular and the plural of its last word, and with the other word of
    one of the `PAIRS` unless that is an option too. No choices stand for the six classes.

    >>> of_choices(("harbour", "ship")).find("two ports")
    [Mention(name='harbour', start=4, end=9)]
    >>> [mention.name for mention in of_choices(("building", "factory")).find("rooftops and factories")]
    ['building', 'factory']
    """
    spelled = choices or CLASSES
    class_of = {phrase: name for name, phrases in SYNONYMS.items() for phrase in phrases}
    classes = [class_of.get(_normal(choice)) for choice in spelled]
    if None not in classes and len(set(classes)) == len(spelled):
        return vocabulary(
            {choice: SYNONYMS[str(name)] for choice, name in zip(spelled, classes, strict=True)}, nothing=NOTHING
        )
    words = {choice: word for choice in spelled if (word := _normal(choice))}
    # Every option as it is spelled goes before any derived form: of "ship" and "ships" each keeps its own.
    taken = set(words.values())
    derived = {
        choice: [
            form for near in (word, *_paired(word, taken)) for form in (near, *_inflected(near)) if form not in taken
        ]
        for choice, word in words.items()
    }
    return vocabulary({choice: [word, *derived[choice]] for choice, word in words.items()})


@lru_cache(maxsize=128)
def beside_classes(other: str) -> Vocabulary:
    """Return the vocabulary of the six classes and of one more, where it is none of them.

    >>> [mention.name for mention in beside_classes("Building").find("buildings and boats")]
    ['building', 'ship']
    """
    word = _normal(other)
    known = {phrase for phrases in SYNONYMS.values() for phrase in phrases}
    more = {word: [word, *_inflected(word)]} if word and word not in known else {}
    return vocabulary({**SYNONYMS, **more}, nothing=NOTHING)


def _normal(choice: str) -> str:
    return " ".join(folded(choice).lower().split())


def _paired(word: str, taken: set[str]) -> list[str]:
    found = [
        f" {word} ".replace(f" {form} ", f" {other} ").strip()
        for pair in PAIRS
        for one, other in (pair, pair[::-1])
        for form in (one, *_inflected(one))
        if f" {form} " in f" {word} "
    ]
    return [near for near in found if taken.isdisjoint((near, *_inflected(near)))]


def _inflected(word: str) -> list[str]:
    """Return the plurals of a word, or its singulars; none of very short words, which "as" and "is" would match."""
    if len(word) < 3 or not word[-1:].isalpha():
        return []
    forms = [f"{word}s", f"{word}es"]
    if word.endswith("y"):
        forms.append(f"{word[:-1]}ies")
    if word.endswith("ies"):
        forms.append(f"{word[:-3]}y")
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        forms += [word[:-1], *([word[:-2]] if word.endswith("es") else [])]
    return forms
