"""Find boxes in a text, whatever their spelling.

All patterns run on text whose white space is single blanks, with bounded or possessive repeats only, so that scanning
is linear in the length of the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_BOXES = 1000
"""Boxes beyond this number are counted, not read: a model in a loop."""

# An optional part that is kept once it is there, spelled out: Python 3.11.2 goes wrong on "(?:…)?+".
NUMBER = r"[-+]?(?:\d{1,7}+(?:\.\d{0,30}+|(?!\.))|\.\d{1,30}+)(?:[eE][-+]?\d{1,2}+|(?![eE][-+]?\d))"
"""A number of at most seven digits before the point."""

CONNECTIVES = ("to", "and")
"""The words that may stand between the two corners of a box."""

LEADS = ("is", "are", "at")
"""The words that may stand before four numbers without a bracket."""

_TO = "|".join(CONNECTIVES)
_SEP = r"(?: ?[,;] ?| )"
_FOUR = rf"{NUMBER}(?:{_SEP}{NUMBER}){{3}}"
_QUOTED = rf"[\"']?{NUMBER}(?: ?px)?[\"']?"
# A score behind the four numbers: "[10, 20, 30, 40, 0.95]".
_SCORE = r"(?:0|1)?\.\d{1,10}+"
_SCORED = rf"(?:{_SEP}[\"']?{_SCORE}[\"']?)?"
_CORNER = rf"[\[(] ?{NUMBER}{_SEP}{NUMBER} ?[\])]"
_ANGLED = rf"< ?{NUMBER} ?>"
_KEY = (
    r"(?:\b(?:[xyXY]_?(?:[12]|[Mm]in|[Mm]ax)|[xywhXYWH]|[Ww]idth|[Hh]eight)\b"
    r"|(?<=[\"'])(?:left|top|right|bottom)(?=[\"']))"
)
# A quoted number follows a colon, as in JSON, and no sign of equality: Molmo's <points x1="10.5" y1="20.3"> are points.
_POINT = rf"[\[(]? ?(?:x ?[=:] ?)?{NUMBER}{_SEP}(?:y ?[=:] ?)?{NUMBER}(?:px)?(?: ?[\])]|(?![\w.]))"
# "Top-left corner: (10, 20) Bottom-right corner: (30, 40)"; `top_left` and `bottom_right` are keys, see "corners".
_CORNER_IS = r"(?:[ -]corner| point| coordinates?){0,2}[\"'*]{0,3}(?: ?[:=]|(?: is)?(?: at)?)[\"'*]{0,3} ?"
NAMED_CORNER = r"(?:[Tt]op|[Uu]pper)[ -]?[Ll]eft"
_NAMED_CORNERS = (
    rf"{NAMED_CORNER}{_CORNER_IS}{_POINT}[,;.]?(?: ?(?:and|to|with|[-*•]))?(?: the| its)? ?[\"'*]{{0,3}}"
    rf"(?:[Bb]ottom|[Ll]ower)[ -]?[Rr]ight{_CORNER_IS}{_POINT}"
)
_IS = r"[\"']? ?(?:: ?[\"']?|= ?)"
_KEYED = rf"{_KEY}{_IS}{NUMBER}(?![\w.])"
_KEY_TAG = rf"<{_KEY}> ?{NUMBER} ?</{_KEY}>"

_SPELLINGS = (
    # PaliGemma, y first: <loc0123><loc0456><loc0789><loc1001>
    ("loc", r"<loc\d{4}>(?: ?<loc\d{4}>){3}"),
    # Florence-2: <loc_10><loc_20><loc_300><loc_400>
    ("bins", r"<loc_\d{1,4}>(?: ?<loc_\d{1,4}>){3}"),
    # Kosmos-2, the cells of two corners: <patch_index_0044><patch_index_0863>
    ("patches", r"<patch_index_\d{4}> ?<patch_index_\d{4}>"),
    # SARChat-2M {<x1><y1><x2><y2>}, GeoChat {<x1><y1><x2><y2>|<θ>}
    ("angled", rf"{_ANGLED}(?: ?,? ?{_ANGLED}){{3}}(?: ?\| ?{_ANGLED}|(?! ?\| ?{_ANGLED}))"),
    # [[x1, y1], [x2, y2], [x3, y3], …]: three points or more in brackets of their own are the corners of a polygon, or
    # the corners of several boxes, see `_of_points`
    ("polygon", rf"[\[(] ?{_CORNER}(?: ?,? ?{_CORNER}){{2,63}} ?[\])]"),
    # Qwen-VL, Qwen2-VL (x1,y1),(x2,y2); also "(x1, y1) to (x2, y2)" and "top_left": [x1, y1], "bottom_right": [x2, y2]
    ("corners", rf"{_CORNER} ?(?:[,;-]|(?:{_TO})\b|, ?[\"']bottom_right[\"'] ?:)? ?{_CORNER}"),
    # [x1, y1, x2, y2] in any bracket, and a score; JSON, CogVLM [[000,…]] and InternVL <box>[[…]]</box> hold it
    ("list", rf"[\[(<] ?{_QUOTED}(?:{_SEP}{_QUOTED}){{3}}{_SCORED} ?[\])>]"),
    # MiniCPM-V <box>x1 y1 x2 y2</box>
    ("tagged", rf"<(?:bbox|box|bbox_2d|BOX|BBOX)> ?{_FOUR} ?</"),
    # <x1>1</x1><y1>2</y1><x2>30</x2><y2>40</y2>
    ("key_tags", rf"{_KEY_TAG}(?: ?,? ?{_KEY_TAG}){{3}}"),
    # {"x1": 1, "y1": 2, "x2": 30, "y2": 40}, xmin=1, ymin=2, …; which keys and in what order is checked afterwards
    ("keyed", rf"{_KEYED}[\"']?(?: ?[,;]? ?(?:[-*] )?[\"']?{_KEYED}[\"']?){{3}}"),
)
# Every spelling begins with one of these characters: where there is none, none has to be tried.
_NAMED = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _SPELLINGS)
_BOX = re.compile(rf"(?=[<\[(xywhXYWHltrb])(?:{_NAMED})")
_BOX_OR_CORNERS = re.compile(rf"(?=[<\[(xywhXYWHltrbTUu])(?:(?P<named_corners>{_NAMED_CORNERS})|{_NAMED})")
# "10, 20, 300, 400" and nothing else, or behind "The bounding box is", "bbox:", "The ship lies at".
_BARE = re.compile(rf"(?:[^\d\[\](){{}}<>]{{0,120}}(?::|\b(?:{'|'.join(LEADS)})\b))?\W{{0,4}}({_FOUR})\W{{0,4}}", re.I)
# Lines of four numbers: commas hold the four together, none stands between two lines.
_COMMA_FOUR = rf"{NUMBER}(?: ?, ?{NUMBER}){{3}}"
_BARE_LINES = re.compile(
    rf"(?:[^\d\[\](){{}}<>]{{0,120}}(?::|\b(?:{'|'.join(LEADS)})\b))?\W{{0,4}}"
    rf"({_COMMA_FOUR}(?:(?: ?; ?| )(?:[-*•] )?{_COMMA_FOUR}){{1,{2 * MAX_BOXES}}})\W{{0,4}}",
    re.I,
)
_LINE = re.compile(_COMMA_FOUR)
_NUMBER = re.compile(NUMBER)
_POINT_OF = re.compile(_CORNER)
_KEYED_NUMBER = re.compile(rf"([A-Za-z]{{1,6}}_?(?:[12]|[A-Za-z]{{3}})?)(?:{_IS}|> ?)({NUMBER})")
_CORNER_KEYS = (("x1", "y1", "x2", "y2"), ("xmin", "ymin", "xmax", "ymax"), ("left", "top", "right", "bottom"))
_SIZE_KEYS = (("x", "y", "w", "h"), ("x", "y", "width", "height"), ("left", "top", "width", "height"))

_ROUNDING = 1e-9
"""Of the reach of a polygon: three points nearer to one line than this are on it."""

_BINS = 1000
"""Bins a side of Florence-2."""

_PATCHES = 32
"""Cells a side of Kosmos-2's grid."""


@dataclass(frozen=True)
class SpelledBox:
    """Four numbers as they stand in the text, and the angle in degrees where there is one."""

    spelling: str
    """The name of a pattern, or `bare`, or `sized` for keys x, y, width and height."""
    numbers: tuple[float, float, float, float]
    angle: float
    start: int
    end: int


def find_boxes(text: str) -> tuple[list[SpelledBox], int]:
    """Return the first `MAX_BOXES` boxes of a text, and how many there are in all.

    Four numbers without any bracket are a box only where they are the whole answer, bar a lead such as "The box is"; so
    are several lines of four with commas between.
    """
    found: list[SpelledBox] = []
    total = 0
    for match in _pattern(text).finditer(text):
        if match.lastgroup == "polygon":
            boxes = _of_points(match[0], match.start())
        else:
            box = _spelled(str(match.lastgroup), match[0], match.start())
            boxes = [] if box is None else [box]
        total += len(boxes)
        found += boxes[: MAX_BOXES - len(found)]
    if total:
        return found, total
    if (bare := _BARE.fullmatch(text)) and (box := _spelled("bare", bare[1], bare.start(1))):
        return [box], 1
    if lines := _BARE_LINES.fullmatch(text):
        written = [_spelled("bare", line[0], line.start()) for line in _LINE.finditer(text, *lines.span(1))]
        lined = [box for box in written if box is not None]
        return lined[:MAX_BOXES], len(lined)
    return [], 0


def lists_points(text: str) -> bool:
    """Tell whether the values of some points, and not their places alone, decide what boxes there are."""
    return any(match.lastgroup == "polygon" for match in _pattern(text).finditer(text))


def without_boxes(text: str) -> str:
    """Replace every bracketed box by a semicolon, so that its coordinates are no numbers of the sentence."""
    return _pattern(text).sub(" ; ", text)


def _pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of every spelling that the text may hold: few texts name corners, and these cost time."""
    return _BOX_OR_CORNERS if "eft" in text and "ight" in text else _BOX


def _spelled(spelling: str, written: str, start: int) -> SpelledBox | None:
    end = start + len(written)
    if spelling in ("keyed", "key_tags"):
        return _by_keys(written, start)
    # The 2 of <bbox_2d> is no number.
    inner = written.partition(">")[2] if spelling == "tagged" else written
    numbers = [float(number) for number in _NUMBER.findall(inner)]
    if spelling == "patches":
        cells = _patch_corners(int(numbers[0]), int(numbers[1]))
        return None if cells is None else SpelledBox(spelling, cells, 0.0, start, end)
    if spelling == "bins":
        if max(numbers) >= _BINS:
            return None
        # The middle of a bin: `BoxQuantizer.dequantize` in processing_florence2.py of microsoft/Florence-2-large.
        numbers = [number + 0.5 for number in numbers]
    angle = numbers[4] if spelling == "angled" and len(numbers) > 4 else 0.0
    return SpelledBox(spelling, (numbers[0], numbers[1], numbers[2], numbers[3]), angle, start, end)


def _of_points(written: str, start: int) -> list[SpelledBox]:
    """Return the hull of a polygon, or the boxes whose corners are listed one behind the other.

    Where every two points are a top-left and a bottom-right corner they are boxes: no convex polygon has two of its
    sides, one side between them, within one quarter of the directions. Points of one line are neither.
    """
    points = list(_POINT_OF.finditer(written, 1))
    xs, ys = zip(*(map(float, _NUMBER.findall(point[0])) for point in points), strict=True)
    pairs = [
        SpelledBox("corners", (xs[n], ys[n], xs[n + 1], ys[n + 1]), 0.0, start + a.start(), start + b.end())
        for n, (a, b) in enumerate(pairwise(points))
        if n % 2 == 0
    ]
    if len(points) % 2 == 0 and all(a < c and b < d for a, b, c, d in (pair.numbers for pair in pairs)):
        return pairs
    hull = (min(xs), min(ys), max(xs), max(ys))
    return [] if _in_line(xs, ys) else [SpelledBox("polygon", hull, 0.0, start, start + len(written))]


def _in_line(xs: Sequence[float], ys: Sequence[float]) -> bool:
    """Tell whether no three of the points make a triangle, bar rounding of the last digit."""
    far = max(range(len(xs)), key=lambda n: abs(xs[n] - xs[0]) + abs(ys[n] - ys[0]))
    dx, dy = xs[far] - xs[0], ys[far] - ys[0]
    reach = max(abs(dx), abs(dy))
    return all(
        abs(dx * (y - ys[0]) - dy * (x - xs[0])) <= _ROUNDING * reach * reach for x, y in zip(xs, ys, strict=True)
    )


def _by_keys(written: str, start: int) -> SpelledBox | None:
    """Put the numbers in the order x, y, x, y or x, y, width, height; None where the keys are no such four."""
    values = {key.lower().replace("_", ""): float(number) for key, number in _KEYED_NUMBER.findall(written)}
    for spelling, families in (("keyed", _CORNER_KEYS), ("sized", _SIZE_KEYS)):
        for a, b, c, d in families:
            if values.keys() == {a, b, c, d}:
                numbers = (values[a], values[b], values[c], values[d])
                return SpelledBox(spelling, numbers, 0.0, start, start + len(written))
    return None


def _patch_corners(near: int, far: int) -> tuple[float, float, float, float] | None:
    """Return the box between two cells, in cells; None where there are no such cells.

    From centre to centre, or, where the box is only one cell wide or high, from border to border:
    `patch_index_to_coordinate` in transformers' processing_kosmos2.py.
    """
    if max(near, far) >= _PATCHES**2:
        return None
    (top, left), (bottom, right) = divmod(near, _PATCHES), divmod(far, _PATCHES)
    if left == right or top == bottom:
        return float(left), float(top), right + 1.0, bottom + 1.0
    return left + 0.5, top + 0.5, right + 0.5, bottom + 0.5
