"""Which rows of a test split make its lite twin: a stratified sample that depends on nothing but the rows.

Every headline score, that is every (task, subtask), gets so many rows. Its rows are divided into strata by class,
number of targets and upstream dataset; each stratum gets its share by the method of largest remainders, at least one
row where there is room, and gives the rows whose ids hash lowest. Larger samples mostly contain the smaller ones, but
need not: a remainder may fall to another stratum.
"""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

_ANSWER_IS_CLASS = frozenset({"classification", "presence", "position", "region"})
_LONGEST_CLASS = 40
"""A longer answer is a text, not a class."""

_COUNTS_BOXES = frozenset({"grounding", "referring"})


Stratum = tuple[str, str, str]
"""Class, band of the number of targets, upstream dataset."""


class LiteRow(NamedTuple):
    """What the choice depends on."""

    id: str
    score: tuple[str, str | None]
    """Task and subtask: rows that are scored together."""
    stratum: Stratum


def lite_row(
    *,
    id: str,  # noqa: A002 - the column's name
    task: str,
    subtask: str | None,
    labels: Sequence[str | None],
    answers: Sequence[str],
    count: int | None,
    dataset: str | None,
) -> LiteRow:
    """Place a row in its stratum.

    Args:
        id: The row's id.
        task: Its task.
        subtask: Its subtask.
        labels: Labels of its boxes.
        answers: Its accepted answers.
        count: Its target number.
        dataset: The upstream dataset.

    >>> lite_row(id="a", task="grounding", subtask=None, labels=["ship", "ship"], answers=[], count=None, dataset="x")
    LiteRow(id='a', score=('grounding', None), stratum=('ship', '2-3', 'x'))
    """
    number = count
    if number is None and (labels or task in _COUNTS_BOXES):
        number = len(labels)
    return LiteRow(id, (task, subtask), (_class(task, labels, answers), count_band(number), dataset or ""))


def count_band(number: int | None) -> str:
    """Return the band of a number of targets.

    >>> [count_band(number) for number in (None, 0, 1, 3, 7, 15, 16)]
    ['none', '0', '1', '2-3', '4-7', '8-15', '16+']
    """
    if number is None:
        return "none"
    for last, band in ((0, "0"), (1, "1"), (3, "2-3"), (7, "4-7"), (15, "8-15")):
        if number <= last:
            return band
    return "16+"


def choose(rows: Sequence[LiteRow], size: int) -> list[int]:
    """Return the places of the chosen rows, in ascending order.

    Args:
        rows: All rows, with different ids.
        size: Rows for each score; a score with fewer rows keeps all.

    >>> rows = [LiteRow(str(n), ("vqa", None), ("", "none", "a" if n < 8 else "b")) for n in range(10)]
    >>> sorted(rows[place].stratum[2] for place in choose(rows, 5))
    ['a', 'a', 'a', 'a', 'b']
    """
    scores: dict[Hashable, dict[Stratum, list[int]]] = {}
    for place, row in enumerate(rows):
        scores.setdefault(row.score, {}).setdefault(row.stratum, []).append(place)
    chosen: list[int] = []
    for strata in scores.values():
        shares = allocate({stratum: len(places) for stratum, places in strata.items()}, size)
        for stratum, places in strata.items():
            ranked = sorted(places, key=lambda place: (_rank(rows[place].id), rows[place].id))
            chosen += ranked[: shares[stratum]]
    return sorted(chosen)


def allocate(sizes: Mapping[Stratum, int], total: int) -> dict[Stratum, int]:
    """Divide a sample among strata in proportion to their sizes, by largest remainders.

    With room for all, a stratum whose share is less than one row gets one, and the others divide what is left. Equal
    remainders are served in the order of the strata's hashes.

    Args:
        sizes: Stratum → its rows, at least one each.
        total: Rows to divide; all are taken where there are no more.

    Returns:
        Stratum → rows to take. They add up to `total`, or to all rows.

    >>> allocate({("ship", "1", ""): 90, ("tank", "1", ""): 9, ("car", "1", ""): 1}, 10)
    {('ship', '1', ''): 8, ('tank', '1', ''): 1, ('car', '1', ''): 1}
    """
    if total >= sum(sizes.values()):
        return dict(sizes)
    divided = dict(sizes)
    if total >= len(sizes):
        while small := _below_one(divided, total - (len(sizes) - len(divided))):
            for stratum in small:
                del divided[stratum]
    room, everything = total - (len(sizes) - len(divided)), sum(divided.values())
    shares = {stratum: room * divided[stratum] // everything if stratum in divided else 1 for stratum in sizes}
    ranked = sorted(divided, key=lambda stratum: (-(room * divided[stratum] % everything), _rank(repr(stratum))))
    for stratum in ranked[: total - sum(shares.values())]:
        shares[stratum] += 1
    return shares


def _below_one(sizes: Mapping[Stratum, int], room: int) -> list[Stratum]:
    """Return the strata whose share of the room is less than one row."""
    everything = sum(sizes.values())
    return [stratum for stratum, size in sizes.items() if room * size < everything]


def _class(task: str, labels: Sequence[str | None], answers: Sequence[str]) -> str:
    if labels:
        return ", ".join(sorted({label or "" for label in labels}))
    if task in _ANSWER_IS_CLASS and answers and len(answers[0]) <= _LONGEST_CLASS:
        return answers[0].lower()
    return ""


def _rank(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
