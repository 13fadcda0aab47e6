"""What a free question asks for, told from its words and its answer: for texts whose authors label no task.

The rules and their order are sarbench's, after the example pairs that SARLANG-1M's authors show for each of their
applications (Overview.png and fig36.png in GitHub Jimmyxichen/SARLANG-1M). One of those, "Are any buildings under
construction?", stands among *others* there and not as identification, so that wording is reasoning here; other
questions that need reasoning cannot be told from their wording. A label is given only where the answer is of its kind:
a number, a position, yes or no.
"""

import re

from sarbench.schema import Task, TaskOrigin
from sarbench.sources._numbers import number_in

_LONGEST = 500
"""Characters of a question that its kind is told from; what asks stands at its beginning."""

_YES_NO_OPENING = re.compile(
    r"(?:(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|should)(?:n't)?|any)\b"
)
_YES_NO = re.compile(r"\W*(?:yes|no)\b", re.IGNORECASE)
_HOW_MANY = re.compile(
    r".*\bhow many\b|(?:please )?count\b"
    r"|(?:|.*\b(?:what|tell me|give|state|find|estimate|determine|specify)(?:'s| is| are| was| were)? )"
    r"(?:the )?(?:\w+ ){0,2}(?:number of|count)\b"
)
_WHERE = re.compile(r"where\b|.*\b(?:location|position) of\b")
_PLACE = re.compile(
    r"\b(?:top|bottom|left|right|cent(?:er|re|ral)|middle|upper|lower|corners?|edges?|sides?|half|quadrant|foreground"
    r"|background|(?:north|south)(?:[ -]?(?:east|west))?(?:ern)?|(?:east|west)(?:ern)?|in|on|at|by|near|next to|beside"
    r"|along|around|between|behind|above|below|inside|outside|within|across|throughout|everywhere|scattered)\b",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r".*\b(?:(?:what|which)\b.*\b(?:shapes?|directions?)|land[- ]?cover|arranged|arrangement|patterns?)\b"
)
_CLASS = re.compile(r"(?:what|which)\b")


def kind_of(question: str, answer: str) -> tuple[Task, TaskOrigin]:
    """Return the task of a question, and how we know it: by rule, or not at all. The first rule that fits counts.

    >>> kind_of("How many tanks are there in the image?", "4.")
    ('counting', 'rule')
    >>> kind_of("How are the buildings arranged?", "Grid pattern.")
    ('attribute', 'rule')
    >>> kind_of("Is the area urban or rural?", "Urban."), kind_of("Describe the image.", "A port.")
    (('vqa', 'unknown'), ('vqa', 'unknown'))
    """
    asked = _plain(question)
    task = _task(asked, answer, yes_no=bool(_YES_NO_OPENING.match(asked) and _YES_NO.match(answer)))
    return (task, "rule") if task else ("vqa", "unknown")


def asks_how_many(question: str) -> bool:
    """Tell whether a question asks for a number, whatever its answer says.

    >>> asks_how_many("What is the total number of tanks?"), asks_how_many("In which country is it?")
    (True, False)
    """
    return bool(_HOW_MANY.match(_plain(question)))


def _task(asked: str, answer: str, *, yes_no: bool) -> Task | None:
    if not yes_no and _HOW_MANY.match(asked):
        return "counting" if number_in(answer) is not None else None
    if not yes_no and _WHERE.match(asked):
        return "position" if _PLACE.search(answer) else None
    if _ATTRIBUTE.match(asked):
        return "attribute"
    if yes_no:
        return "reasoning" if "under construction" in asked else "presence"
    return "classification" if _CLASS.match(asked) else None


def _plain(question: str) -> str:
    return " ".join(question[:_LONGEST].casefold().split()).lstrip("\"'([ ")
