"""Read category, size and position from an identification answer."""

from functools import cache

from sarbench.answers._grid import find_cells
from sarbench.answers._spellings import without_boxes
from sarbench.answers.parsed import Parsed, ambiguous, excerpt, unparsable
from sarbench.answers.synonyms import SIZES
from sarbench.answers.vocabulary import Vocabulary, vocabulary


def read_fields(text: str, words: Vocabulary) -> Parsed:
    """Read the three fields of a SARChat-2M identification answer.

    Each field is read on its own: the one value that the text names, or None where it names none or several. The
    outcome is `ok` where at least one field was read, `ambiguous` where all that was found contradicts itself
    (`contradictory_fields`). The rule names the fields that were read, e.g. `category+position`.
    """
    rest = without_boxes(text)
    sure, unsure = words.standing(rest)
    found = {"category": [*sure, *unsure], "size": _size_words().find(rest), "position": find_cells(rest)}
    mentions = [mention for group in found.values() for mention in group]
    if not mentions:
        return unparsable()
    value = {field: _only({mention.name for mention in group}) for field, group in found.items()}
    if not sure:
        value["category"] = None
    read = [field for field, name in value.items() if name is not None]
    told = excerpt(rest, min(m.start for m in mentions), max(m.end for m in mentions))
    return Parsed(value, "ok", "+".join(read), read=told) if read else ambiguous("contradictory_fields", told)


@cache
def _size_words() -> Vocabulary:
    return vocabulary(SIZES)


def _only(names: set[str]) -> str | None:
    return names.pop() if len(names) == 1 else None
