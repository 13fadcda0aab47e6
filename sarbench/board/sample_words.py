"""What the scorer noted about one answer, in words: the record's own keys stay as tooltips."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sarbench.board.names import metric_label
from sarbench.board.numbers import compact, share

_YES_NO = {
    "exact": "right",
    "read": "a number was read",
    "within_1": "within ±1",
    "within_10_percent": "within ±10 %",
    "all_fields": "all fields right",
    "category": "category right",
    "size": "size right",
    "position": "position right",
    "answered": "answered",
    "closed": "closed answer right",
    "undecided": "left open by the rules",
    "at_most": "right or left open",
    "paper_correct": "right by the paper's rule",
    "paper_undecided": "left open by the paper's rule",
}
_COUNTED = {"mention": "mentions", "category": "categories"}
_PART = re.compile(r"(?:(?P<what>\w+)_)?(?P<part>tp|fp|fn)(?P<at>@[\d.]+)?")
_AT = re.compile(r"(?P<what>hit|iou_sum)@(?P<at>[\d.]+)")
_UNTOLD = ("of_", "mirrored_")
"""Prefixes of what says nothing about this answer alone: which paper's rules apply, and what chance would give."""


@dataclass(frozen=True)
class Told:
    """One thing that the scorer noted."""

    what: str
    text: str
    keys: str
    """The record's keys and values that it stands for."""
    at: tuple[str, ...] = ()
    """The IoU thresholds that it is about."""

    @property
    def words(self) -> str:
        """What was noted."""
        return f"{self.what} at IoU {', '.join(self.at)}" if self.at else self.what


def told(scores: Sequence[tuple[str, float | None]]) -> tuple[Told, ...]:
    """Say what a sample's scores mean, in their order.

    Hits, false answers and misses of one kind are said together, and thresholds at which the same holds. What counts
    for each label (`fn:ship`) or protocol (`strict:i2t_rank`) is left out: the labels and the answer say it.

    >>> noted = told([("tp@0.5", 1), ("fp@0.5", 0), ("fn@0.5", 2), ("iou_sum@0.5", 0.625)])
    >>> [(each.words, each.text) for each in noted]
    [('boxes at IoU 0.5', '1 right, 0 extra, 2 missed'), ('mean overlap at IoU 0.5', '62.5 %')]
    >>> [(each.words, each.text) for each in told([("exact", 0.0), ("absolute_error", 3.0)])]
    [('right', 'no'), ('off by', '3')]
    """
    held = {name: value for name, value in scores if value is not None and ":" not in name}
    merged: dict[tuple[str, str, bool], Told] = {}
    for each in _each(held):
        place = (each.what, each.text, bool(each.at))
        like = merged.get(place)
        merged[place] = replace(like, keys=f"{like.keys}, {each.keys}", at=(*like.at, *each.at)) if like else each
    return tuple(merged.values())


def _each(held: Mapping[str, float]) -> Iterator[Told]:
    said: set[str] = set()
    for name, value in held.items():
        if name in said or name.startswith(_UNTOLD):
            continue
        if (part := _PART.fullmatch(name)) is not None:
            parts = _parts(part, held)
            said |= parts.keys()
            at = (part["at"][1:],) if part["at"] else ()
            yield Told(_kind(part["what"]), _counted(parts), _keys(parts), at)
        elif (overlap := _AT.fullmatch(name)) is not None:
            yield from _at(overlap, held)
        elif name in _YES_NO and value in (0, 1):
            yield Told(_YES_NO[name], _yes(value), _keys({name: value}))
        else:
            words = "off by" if name == "absolute_error" else metric_label(name, "strict")
            yield Told(words, compact(value), _keys({name: value}))


def _parts(part: re.Match[str], held: Mapping[str, float]) -> dict[str, float]:
    """Return the hits, false answers and misses that belong together."""
    what, at = f"{part['what']}_" if part["what"] else "", part["at"] or ""
    return {name: held[name] for each in ("tp", "fp", "fn") if (name := f"{what}{each}{at}") in held}


def _kind(what: str | None) -> str:
    return _COUNTED.get(what, what) if what else "boxes"


def _counted(parts: Mapping[str, float]) -> str:
    words = {"tp": "right", "fp": "extra", "fn": "missed"}
    told = [(next(word for key, word in words.items() if key in name), value) for name, value in parts.items()]
    return ", ".join(f"{compact(value)} {word}" for word, value in told)


def _at(found: re.Match[str], held: Mapping[str, float]) -> Iterator[Told]:
    """Say whether the first box hits; an overlap sum as the mean of the boxes that were matched, if there are any."""
    name, at = found.group(), found["at"]
    keys = _keys({name: held[name]})
    if found["what"] == "hit":
        yield Told("first box hits", _yes(held[name]), keys, (at,))
    elif hits := held.get(f"tp@{at}"):
        yield Told("mean overlap", share(held[name] / hits), keys, (at,))


def _yes(value: float) -> str:
    return "yes" if value else "no"


def _keys(held: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {compact(value)}" for name, value in held.items())
