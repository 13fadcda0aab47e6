"""Read cells of the 3 × 3 grid: {top, middle, bottom} × {left, center, right}."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from sarbench.answers.parsed import Parsed, ambiguous, excerpt, unparsable
from sarbench.answers.vocabulary import Mention

_ROWS = {"top": "top", "upper": "top", "bottom": "bottom", "lower": "bottom"}
_COLUMNS = {"left": "left", "right": "right"}
_MIDDLE = r"middle|mid|cent(?:er|re|ral)"
_ROW = rf"top|upper|bottom|lower|{_MIDDLE}"
# "Right in the centre" is no place on the right.
_RIGHT = rf"(?:(?<=the )right|right(?! (?:in|at|near|on) the (?:very )?(?:{_ROW}|left)))"
_COLUMN = rf"left|right|{_MIDDLE}"
_LINK = r"(?:[ _/-]?|[ -]hand[ -]|(?: (?:part|side|edge|end|half|portion|section))? of the )"
_CELL = re.compile(
    rf"(?<![A-Za-z])(?:(?P<row>{_ROW}){_LINK}(?P<column>{_COLUMN})|(?P<column2>{_COLUMN}){_LINK}(?P<row2>{_ROW})"
    rf"|(?P<alone>top|upper|bottom|lower|middle|cent(?:er|re|ral)|left|{_RIGHT}))(?![A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
_COMPASS = re.compile(r"\b(?:north|south)(?:[ -]?(?:east|west))?(?:ern)?\b|\b(?:east|west)(?:ern)?\b", re.IGNORECASE)

_TAKEN_BACK = re.compile(r"\bnot (?:in |at |on )?(?:the )?\Z", re.IGNORECASE)


def find_cells(text: str) -> list[Mention]:
    """Return every cell that a text names, under its canonical name.

    A cell is a row word and a column word in either order, joined by nothing, a blank, a hyphen, an underscore or a
    slash ("top-left", "topleft", "left top"), by "hand" ("left-hand top"), or by "of the" ("the middle of the left
    side"). Upper is top, lower is bottom; centre, central, mid and middle are one word. One word alone stands for the
    middle of the other axis: "left" is "middle left", "top" is "top center", "center" and "middle" are "middle center"
    (SARChat-2M writes both "left side" and "middle left").

    >>> [cell.name for cell in find_cells("upper-left, the right side and the centre")]
    ['top left', 'middle right', 'middle center']
    """
    return [Mention(_canonical(*match.groups()), match.start(), match.end()) for match in _CELL.finditer(text)]


def affirmed_cells(text: str) -> list[Mention]:
    """Return the cells that no "not in the" straight before takes back."""
    return [cell for cell in find_cells(text) if not _TAKEN_BACK.search(text, max(0, cell.start - 20), cell.start)]


def read_position(text: str, choices: tuple[str, ...]) -> Parsed:
    """Read the one cell that an answer names: rule `single_position`.

    With choices (such as top, center, bottom, left and right) the value is the choice that names the same cell; a cell
    that no choice names is `not_a_choice`: unparsable. Several cells are ambiguous, as `several_positions`, even where
    the choices hold only one of them. Compass words are no cells (`compass`: unparsable): no image of these datasets
    says where north is, and an image in radar geometry has it anywhere. "Not in the top left" names no cell.
    """
    cells = affirmed_cells(text)
    if not cells:
        compass = _COMPASS.search(text)
        return unparsable("compass", compass[0]) if compass else unparsable()
    first = cells[0]
    if len(cells) > 1 and any(cell.name != first.name for cell in cells):
        return ambiguous("several_positions", excerpt(text, first.start, cells[-1].end))
    words = text[first.start : first.end]
    name = _spelled(choices).get(first.name) if choices else first.name
    return unparsable("not_a_choice", words) if name is None else Parsed(name, "ok", "single_position", read=words)


@lru_cache(maxsize=128)
def _spelled(choices: tuple[str, ...]) -> Mapping[str, str]:
    """Return how the choices spell the cells that they name; the first choice for a cell wins."""
    cells = {cell.name: choice for choice in reversed(choices) for cell in find_cells(choice)[:1]}
    return MappingProxyType(cells)


@lru_cache(maxsize=1024)
def _canonical(row: str | None, column: str | None, column2: str | None, row2: str | None, alone: str | None) -> str:
    first, second = (row or row2 or alone or "").lower(), (column or column2 or alone or "").lower()
    return f"{_ROWS.get(first, 'middle')} {_COLUMNS.get(second, 'center')}"
