"""Read which class a description puts where."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from sarbench.answers._grid import affirmed_cells
from sarbench.answers._number_words import NUMBER_WORD
from sarbench.answers._numbers import find_numbers
from sarbench.answers._spellings import without_boxes
from sarbench.answers.parsed import Parsed, ambiguous, excerpt, unparsable
from sarbench.answers.vocabulary import Mention, Vocabulary

_MOST_OF_ONE = 100
"""A description of more than this many of one kind in one place is read as this many."""

# A new sentence: after a full stop, or where a capital word follows a small one (the authors leave full stops out).
_SENTENCE = re.compile(r"[.!?;] |(?<=[a-z0-9)]) (?=(?:A|An|The|There|In|On|At|Another|One|Also|Additionally|It)\b)")
# Where one class is said to be absent, each part of the sentence that has a class and a cell is read on its own.
_PART = re.compile(r"[,;] |(?= (?:and|but|while|whereas)\b)", re.IGNORECASE)
_MORE = re.compile(rf"\d|\b(?:but|only|some|several|many|{NUMBER_WORD})\b", re.IGNORECASE)
_COUNTED = re.compile(rf"(?:\b\d{{1,9}}|\b{NUMBER_WORD})(?: [a-z-]{{1,20}}){{0,2}} \Z", re.IGNORECASE)
_REACH = 60


class Pair(NamedTuple):
    """One class in one cell, how many times, and the words from the one to the other."""

    category: str
    position: str
    times: int
    words: str
    start: int
    """Where the class stands in its sentence."""


def read_mentions(text: str, words: Vocabulary) -> Parsed:
    """Read the (category, position) pairs of a SARChat-2M description.

    Sentence by sentence, with or without full stops between: equally many classes and cells pair in order; a single
    cell holds all classes of its sentence, a single class stands in all its cells; otherwise each cell goes with the
    nearest class before it. A class that is denied ("no ships", "0 ships") gives no pair and uses up its cell: "the top
    left has no ship, the bottom right has a ship" is one pair; where it may be denied, the description is ambiguous, as
    `unclear_negation`. "Two ships" count twice. A class without any cell gives no pair, and a repeated pair is
    kept as often as it stands there, at most `_MOST_OF_ONE` times for one number. The rule is `sentences`, the words
    that were read those of the first pair.
    """
    rest = " ".join(without_boxes(text).split())
    pairs: list[Pair] = []
    for sentence in _SENTENCE.split(rest):
        read = _pairs(sentence, words)
        if read is None:
            return ambiguous("unclear_negation", excerpt(sentence))
        pairs += read
    value = tuple((pair.category, pair.position) for pair in pairs for _ in range(pair.times))
    return Parsed(value, "ok", "sentences", read=pairs[0].words) if value else unparsable()


def _pairs(sentence: str, words: Vocabulary) -> list[Pair] | None:
    """Return the pairs of a sentence; None where it may say that a class is not where it is named."""
    classes, cells = words.find(sentence), affirmed_cells(sentence)
    if not classes or not cells:
        return []
    sure, unsure = words.standing(sentence)
    if len(sure) == len(classes):
        return _paired(sentence, classes, cells)
    pairs: list[Pair] = []
    for of_part, in_part, more in _parts(sentence, classes, cells):
        if any(named in unsure for named in of_part) or (more and not any(named in sure for named in of_part)):
            return None
        affirmed = {named.start for named in of_part if named in sure}
        pairs += [pair for pair in _paired(sentence, of_part, in_part) if pair.start in affirmed]
    return pairs


def _parts(
    sentence: str, classes: Sequence[Mention], cells: Sequence[Mention]
) -> list[tuple[list[Mention], list[Mention], bool]]:
    """Return the classes and cells of each part of a sentence, and whether more words about places hang on to it."""
    ends = [*(part.start() for part in _PART.finditer(sentence)), len(sentence)]
    parts: list[tuple[list[Mention], list[Mention], bool]] = []
    named: list[Mention] = []
    placed: list[Mention] = []
    start = next_class = next_cell = 0
    for end in ends:
        while next_class < len(classes) and classes[next_class].start < end:
            named.append(classes[next_class])
            next_class += 1
        while next_cell < len(cells) and cells[next_cell].start < end:
            placed.append(cells[next_cell])
            next_cell += 1
        if named and placed:
            parts.append((named, placed, False))
            named, placed, start = [], [], end
    if parts and (named or placed):
        more = bool(placed) and _MORE.search(sentence, start) is not None
        parts[-1] = (parts[-1][0] + named, parts[-1][1] + placed, more)
    return parts


def _paired(sentence: str, classes: Sequence[Mention], cells: Sequence[Mention]) -> list[Pair]:
    if len(classes) == len(cells):
        matched = list(zip(classes, cells, strict=True))
    elif len(cells) == 1:
        matched = [(named, cells[0]) for named in classes]
    elif len(classes) == 1:
        matched = [(classes[0], cell) for cell in cells]
    else:
        matched = _nearest_before(classes, cells)
    spread = len(matched) > len(classes)
    return [
        Pair(
            named.name,
            cell.name,
            1 if spread else _times(sentence, named),
            excerpt(sentence, min(named.start, cell.start), max(named.end, cell.end)),
            named.start,
        )
        for named, cell in matched
    ]


def _nearest_before(classes: Sequence[Mention], cells: Sequence[Mention]) -> list[tuple[Mention, Mention]]:
    matched = []
    index = 0
    for cell in cells:
        while index + 1 < len(classes) and classes[index + 1].start < cell.start:
            index += 1
        matched.append((classes[index], cell))
    return matched


def _times(sentence: str, named: Mention) -> int:
    """Return the number before a class, e.g. "two small ships"; one where there is none."""
    counted = _COUNTED.search(sentence, max(0, named.start - _REACH), named.start)
    numbers = find_numbers(counted[0]) if counted else []
    return min(max(numbers[-1].value, 1), _MOST_OF_ONE) if numbers else 1
