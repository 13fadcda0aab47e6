r"""What SARLANG-1M's questions and answers say: kind of question, box, number and closed answer list.

The files hold no kind, so it is derived: a question with a box asks for a region, all others go by `kind_of`, whose
rules were made for the literal questions in Overview.png of https://github.com/Jimmyxichen/SARLANG-1M.

Boxes are Python lists of x, y, width, height in pixels of the native image: `[88.0, 376.0, 90.0, 99.0]` in the same
figure cannot be two corners.
"""

import re
from dataclasses import dataclass

from sarbench.schema import Task, TaskOrigin, Xyxy
from sarbench.sources import _flags
from sarbench.sources._boxes import corners
from sarbench.sources._numbers import number_in
from sarbench.sources._question_kinds import asks_how_many, kind_of

_REGION: tuple[Task, TaskOrigin] = ("region", "rule")
_CLASSES = re.compile(r"\s*\bthe (?:classes|options) are:\s*([^.?!:]{1,400})(?:[.?!]|$)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\[\]]{1,200})\]")
_BEGINS = re.compile(r"\[\s*[-+]?(?:\.?\d|nan\b|inf\b)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})")


@dataclass(frozen=True)
class Reading:
    """What one question and its answer state, in the terms of the schema.

    `problems` are kinds of problems for the report; each flag has one.
    """

    task: Task
    task_origin: TaskOrigin
    region: Xyxy | tuple[()] = ()
    count: int | None = None
    choices: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read_question(question: str, answer: str) -> Reading:
    """Read one question and its answer. Never raises.

    >>> read_question("What is the category visible in the area [56.0, 191.0, 112.0, 122.0]?", "aircraft.").region
    (56.0, 191.0, 168.0, 313.0)
    >>> read_question("How many harbors are located in the image?", "2.").count
    2
    """
    boxes, broken = find_boxes(question)
    asked = _CLASSES.sub(" ", question)
    task, origin = _REGION if boxes else kind_of(asked, answer)
    flags, problems = set(), []
    if broken:
        flags.add(_flags.BOX_UNREADABLE)
        problems.append("box in the question is unreadable")
    if origin == "unknown" and asks_how_many(asked):
        flags.add(_flags.COUNT_UNREADABLE)
        problems.append("answer to a counting question states no single number")
    elif origin == "unknown":
        problems.append("kind of question not known")
    region: Xyxy | tuple[()] = ()
    if boxes:
        try:
            region = corners(boxes[0])
        except ValueError as error:
            flags.add(_flags.BOX_DROPPED)
            problems.append(f"{error} (in the question)")
    if len(boxes) > 1:
        problems.append("question holds several boxes; the first is its region")
    count = number_in(answer) if task == "counting" else None
    return Reading(task, origin, region, count, choices_of(question), tuple(sorted(flags)), tuple(problems))


def find_boxes(question: str) -> tuple[tuple[tuple[float, ...], ...], int]:
    """Return the bracketed lists of four numbers in order, and how many places begin like one and are none.

    >>> find_boxes("Compare [1, 2, 3.5, 4] with [1, 2, 3]")
    (((1.0, 2.0, 3.5, 4.0),), 1)
    """
    boxes = []
    for found in _BRACKETS.finditer(question):
        parts = re.split(r"\s*,\s*|\s+", found[1].strip())
        if len(parts) == 4 and all(_NUMBER.fullmatch(part) for part in parts):
            boxes.append(tuple(float(part) for part in parts))
    return tuple(boxes), max(0, len(_BEGINS.findall(question)) - len(boxes))


def choices_of(question: str) -> tuple[str, ...]:
    """Return the closed answer list that a question states; the README has users prepend such a sentence.

    >>> choices_of("The classes are: tank, car, aircraft, harbor, bridge, ship. What is in the area [1, 2, 3, 4]?")
    ('tank', 'car', 'aircraft', 'harbor', 'bridge', 'ship')
    """
    found = _CLASSES.search(question)
    parts = re.split(r"\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+", found[1].strip()) if found else []
    choices = tuple(dict.fromkeys(part for part in parts if part))
    return choices if len(choices) > 1 else ()
