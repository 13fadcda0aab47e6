r"""What SARLANG-1M's questions and answers say: kind of question, box, number and closed answer list.

The files hold no kind, so it is derived from the question in a fixed order: a box → region; how many → counting; where
→ position; shape, direction, land cover, arrangement and pattern → attribute; a yes-no opening → presence; what or
which → classification; else unknown. The literal questions that the order was made for are in Overview.png of
https://github.com/Jimmyxichen/SARLANG-1M. One of them, "Are any buildings under construction?", is counted among
*others* there and not as identification, so that wording is reasoning here; other reasoning questions cannot be told
from their wording and come out as presence or classification.

Boxes are Python lists of x, y, width, height in pixels of the native image: `[88.0, 376.0, 90.0, 99.0]` in the same
figure cannot be two corners.
"""

import re
from dataclasses import dataclass

from sarbench.schema import Task, TaskOrigin, Xyxy
from sarbench.sources import _flags
from sarbench.sources._boxes import corners

_PATTERNS: tuple[tuple[str, Task], ...] = (
    (r"how many\b", "counting"),
    (r"where\b", "position"),
    (r"(?:what|which)\b.{0,40}\b(?:shapes?|directions?)\b", "attribute"),
    (r".*\b(?:land[ -]?cover|arranged|patterns?)\b", "attribute"),
    (r"(?:is|are|does|do|can)\b.*\bunder construction\b", "reasoning"),
    (r"(?:is|are|does|do|can)\b", "presence"),
    (r"(?:what|which)\b", "classification"),
)
_RULES = tuple((re.compile(pattern, re.IGNORECASE), task) for pattern, task in _PATTERNS)
"""Patterns from the beginning of the question, in their order; a box goes before them all."""

_CLASSES = re.compile(r"\s*\bthe (?:classes|options) are:\s*([^.?!:]{1,400})(?:[.?!]|$)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\[\]]{1,200})\]")
_BEGINS = re.compile(r"\[\s*[-+]?(?:\.?\d|nan\b|inf\b)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})")

_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
)
_MORE_WORDS = (
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|pair|couple|or|to|and|half"
)
_COUNT = re.compile(
    rf"(?:there (?:is|are) )?(?P<number>\d{{1,6}}|{'|'.join(_WORDS)})(?P<rest>(?: [a-z][a-z-]*)*)\s?[.!]?",
    re.IGNORECASE,
)
_NOT_A_NOUN = re.compile(rf"\b(?:{'|'.join(_WORDS)}|{_MORE_WORDS})\b", re.IGNORECASE)


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
    task, origin = _task(question, has_box=bool(boxes))
    flags, problems = set(), []
    if broken:
        flags.add(_flags.BOX_UNREADABLE)
        problems.append("box in the question is unreadable")
    if origin == "unknown":
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
    count = count_of(answer) if task == "counting" else None
    if task == "counting" and count is None:
        flags.add(_flags.COUNT_UNREADABLE)
        problems.append("answer to a counting question states no single number")
    return Reading(task, origin, region, count, choices_of(question), tuple(sorted(flags)), tuple(problems))


def task_of(question: str) -> tuple[Task, TaskOrigin]:
    """Tell a question's kind by rule; `vqa` and `unknown` where no rule fits.

    >>> task_of("Are there any surrounding trees?"), task_of("Name the airport.")
    (('presence', 'rule'), ('vqa', 'unknown'))
    """
    return _task(question, has_box=bool(find_boxes(question)[0]))


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


def count_of(answer: str) -> int | None:
    """Return the number that an answer states: digits or a word, with or without what is counted, or None.

    >>> [count_of(answer) for answer in ("2.", "two", "2 ships", "2 or 3", "two hundred", "many", "2.5")]
    [2, 2, 2, None, None, None, None]
    """
    found = _COUNT.fullmatch(" ".join(answer.split()))
    if found is None or _NOT_A_NOUN.search(found["rest"]):
        return None
    number = found["number"].lower()
    return int(number) if number.isdecimal() else _WORDS.index(number)


def _task(question: str, *, has_box: bool) -> tuple[Task, TaskOrigin]:
    if has_box:
        return "region", "rule"
    asked = " ".join(_CLASSES.sub(" ", question).split())
    for pattern, task in _RULES:
        if pattern.match(asked):
            return task, "rule"
    return "vqa", "unknown"
