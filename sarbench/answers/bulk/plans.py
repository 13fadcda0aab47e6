"""What the ordinary parser makes of a skeleton: which run of digits is which number of which box."""

import re
from dataclasses import dataclass

from sarbench.answers import _clean
from sarbench.answers._box_labels import label_boxes
from sarbench.answers._spellings import (
    CONNECTIVES,
    LEADS,
    MAX_BOXES,
    NAMED_CORNER,
    NUMBER,
    SpelledBox,
    find_boxes,
    lists_points,
)
from sarbench.answers.vocabulary import Vocabulary

_FIRST_CODE = 1000
"""Run number n is written as 1000 + n while the structure is read: four digits, which fit every spelling."""

_CODE_DIGITS = 4
_LONGEST_KEY = 2
"""Digits of a key such as x1: fewer than a code has."""

_BY_VALUE = ("patches", "bins")
"""Spellings whose boxes are no numbers as they stand in the text."""

_PLACEHOLDER = re.compile("0")
_KEY = re.compile(r"\b[xyXY]_?(?=\d)")
_FOUR_DIGITS = re.compile(r"<loc(?=0)")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(NUMBER)
_PARTS = re.compile(r"([-+]?)([0-9]*)(?:\.([0-9]*))?")

# Places where it matters how many digits a run has.
_EXPONENT = re.compile(r"\d\.?[eE][-+]?\d")
_TOKEN = re.compile(r"<\|[^|>]*\d[^|>]*\|>")
_SCORED = re.compile(rf"{NUMBER}(?:(?: ?[,;] ?| )[\"']?{NUMBER}(?: ?px)?[\"']?){{3}}(?: ?[,;] ?| )[\"']?\d*\.\d")
_KEYED_LABEL = re.compile(r"[\"'](?:label|category|class|name|object)[\"'] ?: ?[\"'][^\"']*\d")

# Where no markup, quotation or typography can change what a word is, words that no rule knows are all alike.
_MARKUP = re.compile(rb"[\"'`\\\x80-\xff]|\*\*|<[A-Za-z|/]")
_NO_SIGN = bytes(byte for byte in range(1, 128) if byte not in b"\"'`\\*<")
_WORD = re.compile(rb"\b[A-Za-z]+\b")
_KEYS = ("px", "x", "y", "w", "h", "width", "height", "xmin", "ymin", "xmax", "ymax")
_ANY_WORD = b"q"
_CORNER_NAMED = re.compile(NAMED_CORNER.encode() + rb"[^0{}<>)]{0,60}0")
"""Where these words stand before a number, each of them counts."""

Spec = tuple[float, int, int]
"""Sign, and the runs before and after the point; −1 where there are no digits."""


@dataclass(frozen=True)
class Form:
    """How the runs from some first one on make a box."""

    spelling: str
    numbers: tuple[Spec, Spec, Spec, Spec]
    angle: Spec | None


@dataclass(frozen=True)
class Plan:
    """The boxes of every text of one skeleton."""

    forms: tuple[Form, ...]
    first_runs: tuple[int, ...]
    """For each box, the run of digits that its form counts from."""
    labels: tuple[str | None, ...]
    read: str
    """The words of the first box, with codes in place of the digits."""
    pinned: tuple[tuple[int, str], ...]
    """Runs whose digits belong to a key such as x1, and those digits."""
    four_digits: tuple[int, ...]
    """Runs that must have four digits."""


def plan_of(skeleton: bytes, digits: list[str], words: Vocabulary) -> Plan | None:
    """Read the structure of a skeleton that has digits.

    Args:
        skeleton: UTF-8, with a 0 for every run of digits.
        digits: The runs of one text of this skeleton; only those of keys such as "x1" are looked at.
        words: Class words.

    Returns:
        None where the ordinary parser must read every text: no boxes, or digits in places where their number or their
        value decides about the structure.
    """
    text = skeleton.decode("utf-8", "surrogatepass")
    run_at = {match.start(): number for number, match in enumerate(_PLACEHOLDER.finditer(text))}
    pinned = {run_at[match.end()]: digits[run_at[match.end()]] for match in _KEY.finditer(text)}
    fours = {run_at[match.end()] for match in _FOUR_DIGITS.finditer(text)}
    if any(len(key) > _LONGEST_KEY for key in pinned.values()):
        return None
    filled = _PLACEHOLDER.sub(lambda found: pinned.get(run := run_at[found.start()]) or f"{_FIRST_CODE + run}", text)
    cleaned = _cleaned(filled)
    if cleaned is None or not _stable(cleaned, len(run_at), fours):
        return None
    boxes, total = find_boxes(cleaned)
    if not boxes or total > MAX_BOXES or lists_points(cleaned) or any(box.spelling in _BY_VALUE for box in boxes):
        return None
    placed = [_placed(box, cleaned) for box in boxes]
    known = [box for box in placed if box is not None]
    if len(known) < len(placed):
        return None
    forms, first_runs = zip(*known, strict=True)
    return Plan(
        forms=forms,
        first_runs=first_runs,
        labels=tuple(label_boxes(cleaned, boxes, words)),
        read=cleaned[boxes[0].start : boxes[0].end],
        pinned=tuple(sorted(pinned.items())),
        four_digits=tuple(sorted(fours)),
    )


def filled_in(read: str, digits: list[str]) -> str:
    """Put the digits of a text in the place of their codes; digits of keys are shorter than any code."""
    return _DIGITS.sub(
        lambda found: digits[int(found[0]) - _FIRST_CODE] if len(found[0]) == _CODE_DIGITS else found[0], read
    )


def alike(skeletons: list[bytes], words: Vocabulary) -> list[bytes]:
    """Return the skeletons with one word for every word that no rule about boxes knows, so that more are the same.

    Left as they are: skeletons without digits ("none" is an answer), and those with quotation marks, tags or characters
    beyond ASCII.
    """
    kept = {word.lower() for phrase in words.by_phrase for word in re.findall(r"[A-Za-z]+", phrase)}
    kept |= {*CONNECTIVES, *LEADS, *_KEYS}
    if _ANY_WORD.decode() in kept or not all(phrase.isascii() for phrase in words.by_phrase):
        return skeletons
    # Most skeletons have no sign of markup in them, bar the < of {<0><0><0><0>}: these need no search.
    signs = b"\0".join(skeletons).replace(b"<0", b"").translate(None, _NO_SIGN).split(b"\0")
    plain = [
        number
        for number, (text, sign) in enumerate(zip(skeletons, signs, strict=bool(skeletons)))
        if b"0" in text and not (sign and _MARKUP.search(text))
    ]
    # What stands between two boxes of SARChat-2M, "(top left)", is the same in many skeletons: read it once.
    parts = b"\0".join([skeletons[index] for index in plain]).split(b"{")
    said = {
        part: part
        if _CORNER_NAMED.search(part)
        else _WORD.sub(lambda word: word[0] if word[0].decode().lower() in kept else _ANY_WORD, part)
        for part in set(parts)
    }
    result = list(skeletons)
    for index, skeleton in zip(
        plain, b"{".join([said[part] for part in parts]).split(b"\0") if plain else (), strict=True
    ):
        result[index] = skeleton
    return result


def _cleaned(text: str) -> str | None:
    """Clean a text as `sarbench.answers.parse` does before it looks for boxes; None where it would not look."""
    answer = _clean.without_reasoning(text)
    if _clean.harness_failed(text) or _TOKEN.search(answer):
        return None
    rest = _clean.without_special_tokens(answer)
    return None if _clean.is_blank(rest) else _clean.plain(rest)


def _stable(cleaned: str, runs: int, fours: set[int]) -> bool:
    """Tell whether every run of digits stands for itself, and any number of digits may stand in its place."""
    if _EXPONENT.search(cleaned) or _SCORED.search(cleaned) or _KEYED_LABEL.search(cleaned):
        return False
    keys = {match.end() for match in _KEY.finditer(cleaned)}
    for found in _DIGITS.finditer(cleaned):
        before = cleaned[max(0, found.start() - 4) : found.start()]
        run = int(found[0]) - _FIRST_CODE
        if found.start() in keys:
            stable = len(found[0]) <= _LONGEST_KEY
        else:
            stable = len(found[0]) == _CODE_DIGITS and found[0].isascii() and 0 <= run < runs
        if not stable or (before == "<loc" and run not in fours):
            return False
    return True


def _placed(box: SpelledBox, cleaned: str) -> tuple[Form, int] | None:
    """Find the runs that the numbers of a box come from: every code occurs once, so its value tells its place."""
    spec_of: dict[float, Spec] = {}
    for written in _NUMBER.findall(cleaned, box.start, box.end):
        parts = _PARTS.fullmatch(written)
        if parts is None:
            return None
        sign, whole, fraction = parts.groups()
        spec_of[float(written)] = (-1.0 if sign == "-" else 1.0, _run(whole), _run(fraction))
    specs = [spec_of[number] for number in box.numbers]
    angle = spec_of[box.angle] if box.angle else None
    first = min(run for _, *runs in [*specs, *([angle] if angle else [])] for run in runs if run >= 0)
    shifted = [_shifted(spec, first) for spec in specs]
    form = Form(box.spelling, (shifted[0], shifted[1], shifted[2], shifted[3]), angle and _shifted(angle, first))
    return form, first


def _run(digits: str | None) -> int:
    return int(digits) - _FIRST_CODE if digits else -1


def _shifted(spec: Spec, first: int) -> Spec:
    sign, whole, fraction = spec
    return sign, whole - first if whole >= 0 else -1, fraction - first if fraction >= 0 else -1
