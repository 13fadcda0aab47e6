"""The six classes of SARDet-100K, and the spellings under which they are met."""

import re

CLASSES = ("aircraft", "bridge", "car", "harbor", "ship", "tank")
"""Sorted; the names are SARDet-100K's (MSFA/msfa/datasets/SAR_Det.py), so `harbor`."""

_ALIASES = {
    "airplane": "aircraft",
    "aeroplane": "aircraft",
    "plane": "aircraft",
    "vehicle": "car",
    "harbour": "harbor",
    "port": "harbor",
    "vessel": "ship",
    "boat": "ship",
    "storagetank": "tank",
    "oiltank": "tank",
}
_MENTION = re.compile(r"\b(aircraft|bridge|car|harbou?r|ship|tank)s?\b", re.IGNORECASE)


def class_named(name: str) -> str | None:
    """Return the class that a category name stands for, or None.

    >>> [class_named(name) for name in ("Ship", "harbours", "oil-tank", "wind turbine")]
    ['ship', 'harbor', 'tank', None]
    """
    word = re.sub(r"[^a-z]", "", name.casefold())
    for form in (word, word.removesuffix("s")):
        if form in CLASSES:
            return form
        if form in _ALIASES:
            return _ALIASES[form]
    return None


def mentions(text: str) -> list[tuple[str, int]]:
    """Return the classes that a text names, in order, with the offset behind each word.

    >>> mentions("There are 4 ships: one near the harbor")
    [('ship', 17), ('harbor', 38)]
    """
    return [
        ("harbor" if found[1].lower() == "harbour" else found[1].lower(), found.end())
        for found in _MENTION.finditer(text)
    ]
