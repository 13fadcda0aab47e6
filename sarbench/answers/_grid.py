"""Read cells of the 3 × 3 grid: {top, middle, bottom} × {left, center, right}."""

import re

from sarbench.answers.parsed import Parsed, ambiguous, unparsable
from sarbench.answers.vocabulary import Mention

_ROWS = {"top": "top", "upper": "top", "bottom": "bottom", "lower": "bottom"}
_COLUMNS = {"left": "left", "right": "right"}
_MIDDLE = r"middle|cent(?:er|re|ral)"
_ROW = rf"top|upper|bottom|lower|{_MIDDLE}"
_COLUMN = rf"left|right|{_MIDDLE}"
_CELL = re.compile(
    rf"(?<![A-Za-z])(?:(?P<row>{_ROW})[ _/-]?(?P<column>{_COLUMN})|(?P<column2>{_COLUMN})[ _/-]?(?P<row2>{_ROW})"
    rf"|(?P<alone>{_ROW}|left|right))(?![A-Za-z])",
    re.IGNORECASE | re.ASCII,
)


def find_cells(text: str) -> list[Mention]:
    """Return every cell that a text names, under its canonical name.

    One word alone stands for the middle of the other axis: "left" is "middle left", "top" is "top center", "center"
    and "middle" are "middle center" (SARChat-2M writes both "left side" and "middle left").

    >>> [cell.name for cell in find_cells("upper-left, the right side and the centre")]
    ['top left', 'middle right', 'middle center']
    """
    return [Mention(_canonical(match), match.start(), match.end()) for match in _CELL.finditer(text)]


def read_position(text: str, choices: tuple[str, ...]) -> Parsed:
    """Read the one cell that an answer names.

    With choices (such as top, center, bottom, left and right) the value is the choice that names the same cell.
    """
    found = {cell.name for cell in find_cells(text)}
    if choices:
        spelled = {cell.name: choice for choice in choices for cell in find_cells(choice)[:1]}
        found = {spelled[name] for name in found if name in spelled}
    if not found:
        return unparsable()
    if len(found) > 1:
        return ambiguous("several_positions")
    return Parsed(found.pop(), "ok", "single_position")


def _canonical(match: re.Match[str]) -> str:
    first = match["row"] or match["row2"] or match["alone"]
    second = match["column"] or match["column2"] or match["alone"]
    return f"{_ROWS.get(first.lower(), 'middle')} {_COLUMNS.get(second.lower(), 'center')}"
