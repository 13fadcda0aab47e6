"""Read the boxes of many answers at once."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sarbench.answers._boxes import OWN_FRAME
from sarbench.answers.bulk.alone import read_alone
from sarbench.answers.bulk.assembly import assemble
from sarbench.answers.bulk.columns import BoxAnswers
from sarbench.answers.bulk.fill import fill, tabulate
from sarbench.answers.bulk.plans import Plan, alike, plan_of
from sarbench.answers.bulk.sizes import UNKNOWN, known_sizes, shared
from sarbench.answers.bulk.skeletons import Skeletons, skeletons
from sarbench.answers.parse import checked_choices, parse
from sarbench.answers.parsed import Parsed
from sarbench.answers.vocabulary import Vocabulary, of_choices
from sarbench.coords import Convention, Size, parse_convention

Whole = npt.NDArray[np.int64]

_RUN = re.compile("[0-9]+")
_SEEN_OFTEN = 4
"""Texts; a plan costs about as much as reading three of them."""


def parse_boxes(
    texts: Sequence[str],
    *,
    choices: Sequence[str] = (),
    coords: str | Convention = "pixel",
    sizes: Sequence[Size | None] | npt.NDArray[np.integer[Any]] | None = None,
) -> BoxAnswers:
    """Read the boxes of many answers: the same as `parse(text, kind="boxes", …)` for each of them, only faster.

    Answers that differ in their digits alone are parsed once, and their digits are filled in by columns; whatever is
    not surely such an answer goes through `parse`.

    Args:
        texts: N answers, any strings at all.
        choices: The classes that labels are read from, as for `parse`.
        coords: The convention that the boxes are written in.
        sizes: Width and height of the native image of each text, as pairs or as an array [N, 2]; a None among the
            pairs, or in place of all, where it is not known.

    Raises:
        UnknownNameError: No such convention.
        InputError: A text is no string, there are not as many sizes as texts, a size is not positive, or the
            convention needs a size that is missing.

    >>> answers = parse_boxes(["[1, 2, 30, 40]", "none", "[5, 6, 70, 80] and [1, 1, 2, 2]"])
    >>> answers.offsets.tolist(), answers.values[0].tolist(), answers.parsed(1).rule
    ([0, 1, 1, 3], [1.0, 2.0, 30.0, 40.0], 'none')
    """
    convention = parse_convention(coords) if isinstance(coords, str) else coords
    known = known_sizes(sizes, len(texts), convention)
    found = skeletons(texts)
    words = of_choices(checked_choices(choices))
    group, plans = _plans(found, texts, words)
    alone = _alone(found, group, plans, known)
    ordinary = read_alone(texts, np.flatnonzero(alone).tolist(), words, convention, known)
    table = tabulate(plans)
    filled = fill(table, np.where(alone, -1, group), found.offsets[:-1], found.runs, convention, shared(known))
    return assemble(texts, group, plans, table, filled, ordinary)


def _plans(found: Skeletons, texts: Sequence[str], words: Vocabulary) -> tuple[Whole, list[Plan | Parsed | None]]:
    """Return the group of each text, and what is known of all texts of a group; None where it is nothing."""
    groups: dict[bytes, int] = {}
    fixed = not any(char.isdigit() for phrase in words.by_phrase for char in phrase)
    templates = alike(found.distinct, words) if fixed else found.distinct
    group_of = np.array([groups.setdefault(template, len(groups)) for template in templates], dtype=np.int64)
    group = group_of[found.code] if len(texts) else np.empty(0, dtype=np.int64)
    size = np.bincount(group, minlength=len(groups))
    first = np.zeros(len(groups), dtype=np.int64)
    first[group[::-1]] = np.arange(len(texts) - 1, -1, -1)
    plans: list[Plan | Parsed | None] = []
    for number, index in enumerate(first.tolist()):
        skeleton = found.distinct[found.code[index]]
        if size[number] < _SEEN_OFTEN or not fixed:
            plans.append(None)
        elif b"0" in skeleton:
            plans.append(plan_of(skeleton, _RUN.findall(texts[index]), words))
        else:
            plans.append(_constant(skeleton, words))
    return group, plans


def _constant(skeleton: bytes, words: Vocabulary) -> Parsed | None:
    """Return what every text of a skeleton without digits gives; None where digits of other scripts make boxes."""
    text = skeleton.decode("utf-8", "surrogatepass")
    if not skeleton.isascii() and any(char.isnumeric() for char in text):
        return None
    return parse(text, kind="boxes", choices=words.names)


def _alone(found: Skeletons, group: Whole, plans: Sequence[Plan | Parsed | None], known: Whole | None) -> Any:
    """Return [N] bool: the texts that the ordinary parser must read."""
    alone = np.array([plan is None for plan in plans], dtype=np.bool_)[group]
    alone[found.odd] = True
    for number, plan in enumerate(plans):
        if not isinstance(plan, Plan):
            continue
        own = any(form.spelling in OWN_FRAME for form in plan.forms)
        if not (own or plan.pinned or plan.four_digits):
            continue
        members = np.flatnonzero(group == number)
        if own:
            alone[members] |= known is None or known[members, 0] == UNKNOWN
        for run, digits in plan.pinned:
            at = found.offsets[members] + run
            alone[members] |= (found.runs.values[at] != int(digits)) | (found.runs.lengths[at] != len(digits))
        for run in plan.four_digits:
            alone[members] |= found.runs.lengths[found.offsets[members] + run] != 4
    return alone
