"""What a free question asks for, told from its words: for texts whose authors label no task.

The rules and their order are sarbench's, after the example pairs that SARLANG-1M's authors show for each of their
applications (Overview.png and fig36.png in GitHub Jimmyxichen/SARLANG-1M). They are an approximation: that figure
counts "Are any buildings under construction?" among the others, these rules as a question of presence.
"""

import re

from sarbench.schema import Task, TaskOrigin

_RULES: tuple[tuple[Task, re.Pattern[str]], ...] = (
    ("counting", re.compile(r"how many\b|what (is|'s) the (total )?number of\b|count the\b")),
    ("position", re.compile(r"where\b")),
    ("attribute", re.compile(r".*\b(what shapes?|what directions?|land[- ]cover|arranged|arrangement|patterns?)\b")),
    ("presence", re.compile(r"(is|are|does|do|can|did|was|were|has|have|could)\b")),
    ("classification", re.compile(r"(what|which)\b")),
)
"""Task → how its questions read, in lower case with single blanks; the first rule that fits counts."""


def kind_of(question: str) -> tuple[Task, TaskOrigin]:
    """Return the task of a question, and how we know it: by rule, or not at all.

    >>> kind_of("How many tanks are there in the image?")
    ('counting', 'rule')
    >>> kind_of("How are the buildings arranged?")
    ('attribute', 'rule')
    >>> kind_of("Describe the image.")
    ('vqa', 'unknown')
    """
    words = " ".join(question.casefold().split()).lstrip("\"'([ ")
    for task, rule in _RULES:
        if rule.match(words):
            return task, "rule"
    return "vqa", "unknown"
