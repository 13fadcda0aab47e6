"""What a turn of SAR-VQA asks for: the authors label nothing, so it is told from question and answer together."""

from sarbench.schema import Task, TaskOrigin
from sarbench.sources._numbers import number_in
from sarbench.sources._question_kinds import kind_of


def read_kind(question: str, answer: str) -> tuple[Task, TaskOrigin, int | None]:
    """Return the task, how we know it, and the number that a counting answer states.

    These dialogues ask with "what" and "which" for anything, so such questions are no classification.

    >>> read_kind("How many ships are there?", "There are two ships.")
    ('counting', 'rule', 2)
    >>> read_kind("What is bright?", "The quay.")
    ('vqa', 'unknown', None)
    """
    task, origin = kind_of(question, answer)
    if task == "classification":
        return "vqa", "unknown", None
    return task, origin, number_in(answer) if task == "counting" else None
