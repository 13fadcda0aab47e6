"""What a turn of SAR-VQA asks for: the authors label nothing, so it is told from question and answer together.

The question's words are read by `kind_of`. Its label is kept where the answer is of the same kind (a number to "how
many", yes or no to "is there"), else the kind is unknown; so are questions with "what" and "which", which ask these
dialogues for anything.
"""

import re

from sarbench.schema import Task, TaskOrigin
from sarbench.sources._question_kinds import kind_of

# fmt: off
_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)
# fmt: on
_NUMBER = re.compile(rf"(?<![\w.,-])(\d{{1,6}}|{'|'.join(_WORDS)}|no|none)(?![\w%]|[.,]\d)", re.IGNORECASE)
_YES_NO = re.compile(r"(yes|no)\b", re.IGNORECASE)


def read_kind(question: str, answer: str) -> tuple[Task, TaskOrigin, int | None]:
    """Return the task, how we know it, and the number that a counting answer states.

    >>> read_kind("How many ships are there?", "There are two ships.")
    ('counting', 'rule', 2)
    >>> read_kind("Is it a port or a river?", "A port.")
    ('vqa', 'unknown', None)
    """
    task, origin = kind_of(question)
    if task == "counting" and (count := number_in(answer)) is not None:
        return task, origin, count
    if task in ("position", "attribute") or (task == "presence" and _YES_NO.match(answer)):
        return task, origin, None
    return "vqa", "unknown", None


def number_in(answer: str) -> int | None:
    """Return the number that an answer states; None where it states none or several.

    >>> [number_in(text) for text in ("4.", "There are no ships", "Twelve", "2 or 3", "about 1.5 km", "many")]
    [4, 0, 12, None, None, None]
    """
    found = [word.casefold() for word in _NUMBER.findall(answer)]
    if len(found) != 1:
        return None
    word = found[0]
    return 0 if word in ("no", "none") else _WORDS.index(word) if word in _WORDS else int(word)
