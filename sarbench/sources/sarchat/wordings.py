"""Our questions for SARChat's six tasks, with the authors' prefixes."""

import hashlib

from sarbench.sources._classes import CLASSES

_OPTIONS = ", ".join(CLASSES)
_WORDINGS = {
    "classification": (
        f"Which of these categories ({_OPTIONS}) does this SAR image show?",
        f"The categories are ({_OPTIONS}). What can be seen in this image?",
        f"Choose from ({_OPTIONS}): what is in this SAR scene?",
        f"What is present in this radar image, given the categories ({_OPTIONS})?",
    ),
    "description": (
        "Describe the targets in this SAR image.",
        "Which targets does this SAR image show, and where are they?",
        "Give a description of what this radar image shows.",
        "What can you see in this SAR scene?",
    ),
    "counting": (
        "[count] How many instances of {label} are there in this SAR image?",
        "[count] Give the number of {label} in this image.",
        "[count] Determine how many {label} this SAR scene contains.",
        "[count] What is the number of {label} in this radar image?",
    ),
    "grounding": (
        "[grounding] Which objects does this SAR image contain, and where does each of them lie?",
        "[grounding] List every target of this image with its location.",
        "[grounding] Find all objects in this SAR scene and give their positions.",
        "[grounding] What is shown in this radar image, and at which locations?",
    ),
    "identification": (
        "[identify] Which object lies in the area {box}?",
        "[identify] Name the target inside {box}.",
        "[identify] What does this SAR image show at {box}?",
        "[identify] Tell me what is located within {box}.",
    ),
    "referring": (
        "[refer] Give the boxes of {number} {label}.",
        "[refer] Where can I find {number} {label} in this SAR image?",
        "[refer] Mark {number} {label} in this image.",
        "[refer] Point out {number} {label} in this radar scene.",
    ),
}


def ask(task: str, stem: str, **parts: str) -> str:
    """Draw a wording by the hash of everything that the question is about, and fill it in.

    Args:
        task: The config's name without prefix.
        stem: The image's stem.
        parts: What is filled in: `label`, `number` or `box`.
    """
    about = "|".join((task, stem, *parts.values()))
    wordings = _WORDINGS[task]
    return wordings[hashlib.sha256(about.encode()).digest()[0] % len(wordings)].format(**parts)
