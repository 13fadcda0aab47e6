"""Find boxes in a text, whatever their spelling.

All patterns run on text whose white space is single blanks, with bounded or possessive repeats only, so that scanning
is linear in the length of the text.
"""

import re
from dataclasses import dataclass

MAX_BOXES = 1000
"""Boxes beyond this number are counted, not read: a model in a loop."""

_N = r"[-+]?(?:\d{1,7}+(?:\.\d{0,30}+)?+|\.\d{1,30}+)(?:[eE][-+]?\d{1,2}+)?+"
_SEP = r"(?: ?[,;] ?| )"
_CORNER = rf"[\[(] ?{_N}{_SEP}{_N} ?[\])]"
_ANGLED = rf"< ?{_N} ?>"

_SPELLINGS = (
    # PaliGemma, y first: <loc0123><loc0456><loc0789><loc1001>
    ("loc", r"<loc\d{4}>(?: ?<loc\d{4}>){3}"),
    # SARChat-2M {<x1><y1><x2><y2>}, GeoChat {<x1><y1><x2><y2>|<θ>}
    ("angled", rf"{_ANGLED}(?: ?,? ?{_ANGLED}){{3}}(?: ?\| ?{_ANGLED})?+"),
    # Qwen-VL, Qwen2-VL (x1,y1),(x2,y2); also "(x1, y1) to (x2, y2)"
    ("corners", rf"{_CORNER} ?(?:[,;-]|to\b|and\b)? ?{_CORNER}"),
    # [x1, y1, x2, y2] in any bracket; JSON and <box>[[…]]</box> hold this one
    ("list", rf"[\[(<] ?{_N}(?:{_SEP}{_N}){{3}} ?[\])>]"),
)
_BOX = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _SPELLINGS))
_BARE = re.compile(rf"\W{{0,4}}({_N}(?:{_SEP}{_N}){{3}})\W{{0,4}}")
_NUMBER = re.compile(_N)


@dataclass(frozen=True)
class SpelledBox:
    """Four numbers as they stand in the text, and the angle in degrees where there is one."""

    spelling: str
    numbers: tuple[float, float, float, float]
    angle: float
    start: int
    end: int


def find_boxes(text: str) -> tuple[list[SpelledBox], int]:
    """Return the first `MAX_BOXES` boxes of a text, and how many there are in all.

    Four numbers without any bracket are a box only where they are the whole answer.
    """
    found: list[SpelledBox] = []
    total = 0
    for match in _BOX.finditer(text):
        total += 1
        if total <= MAX_BOXES:
            found.append(_spelled(str(match.lastgroup), match[0], match.start()))
    if not total and (bare := _BARE.fullmatch(text)):
        return [_spelled("bare", bare[1], bare.start(1))], 1
    return found, total


def without_boxes(text: str) -> str:
    """Replace every bracketed box by a semicolon, so that its coordinates are no numbers of the sentence."""
    return _BOX.sub(" ; ", text)


def _spelled(spelling: str, written: str, start: int) -> SpelledBox:
    numbers = [float(number) for number in _NUMBER.findall(written)]
    angle = numbers[4] if len(numbers) > 4 else 0.0
    return SpelledBox(spelling, (numbers[0], numbers[1], numbers[2], numbers[3]), angle, start, start + len(written))
