"""Read category, size and position from an identification answer."""

from sarbench.answers._grid import find_cells
from sarbench.answers._spellings import without_boxes
from sarbench.answers.parsed import Parsed, ambiguous, unparsable
from sarbench.answers.synonyms import SIZES
from sarbench.answers.vocabulary import Vocabulary, vocabulary

SIZE_WORDS = vocabulary(SIZES)


def read_fields(text: str, words: Vocabulary) -> Parsed:
    """Read the three fields of a SARChat-2M identification answer.

    Each field is read on its own: the one value that the text names, or None where it names none or several. The
    outcome is `ok` where at least one field was read, `ambiguous` where all that was found contradicts itself. The rule
    names the fields that were read.
    """
    rest = without_boxes(text)
    found = {
        "category": {mention.name for mention in words.affirmed(rest)},
        "size": {mention.name for mention in SIZE_WORDS.find(rest)},
        "position": {cell.name for cell in find_cells(rest)},
    }
    value = {field: next(iter(names)) if len(names) == 1 else None for field, names in found.items()}
    read = [field for field, name in value.items() if name is not None]
    if read:
        return Parsed(value, "ok", "+".join(read))
    return ambiguous("contradictory_fields") if any(found.values()) else unparsable()
