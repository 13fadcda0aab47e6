"""Put the digits of each text into the places that its plan names, for all texts at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from sarbench.answers._boxes import frame_of, hulls
from sarbench.answers.bulk.plans import Form, Plan, Spec
from sarbench.answers.bulk.skeletons import LONGEST_RUN, Runs
from sarbench.coords import Boxes, Convention, Size, faults, to_pixels

_TENS = 10.0 ** np.arange(LONGEST_RUN + 1)

_CHUNK = 16384
"""Boxes at a time, so that the arrays stay in the cache."""

Whole = npt.NDArray[np.int64]

_FOUR_WHOLE = tuple((1.0, place, -1) for place in range(4))
"""Four whole numbers, one after the other."""

_Kind = tuple[tuple[Spec, Spec, Spec, Spec], Spec | None, Convention]
"""Numbers, angle and what they are: a `Form` whatever the spelling."""


@dataclass(frozen=True)
class Table:
    """All plans, with a row for each of their boxes."""

    forms: tuple[Form, ...]
    """The different forms."""
    labels: tuple[str, ...]
    """The different labels."""
    count: Whole
    """[plans]: boxes of each plan."""
    start: Whole
    """[plans]: its first row."""
    form: Whole
    """[rows]: index into `forms`."""
    first_run: Whole
    """[rows]."""
    label: npt.NDArray[np.int32]
    """[rows]: index into `labels`, or −1."""


@dataclass(frozen=True)
class Filled:
    """Boxes in native pixels, and what is wrong with them."""

    text: Whole
    """[B]: the text of each box."""
    boxes: Boxes
    label: npt.NDArray[np.int32]
    degenerate: npt.NDArray[np.bool_]
    out_of_range: npt.NDArray[np.bool_]


def tabulate(plans: Sequence[object]) -> Table:
    """Lay plans out in rows; what is no plan has no boxes."""
    forms: dict[Form, int] = {}
    labels: dict[str, int] = {}
    rows: list[tuple[int, int, int]] = []
    for plan in plans:
        for form, run, label in _boxes(plan):
            code = -1 if label is None else labels.setdefault(label, len(labels))
            rows.append((forms.setdefault(form, len(forms)), run, code))
    count = np.array([len(_boxes(plan)) for plan in plans], dtype=np.int64)
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    start = np.cumsum(count) - count
    return Table(tuple(forms), tuple(labels), count, start, columns[0], columns[1], columns[2].astype(np.int32))


def _kinds(table: Table, convention: Convention) -> tuple[list[_Kind], Whole]:
    """Return the different ways to make boxes of runs, and which of them each row takes."""
    kinds: dict[_Kind, int] = {}
    of_form = [
        kinds.setdefault((form.numbers, form.angle, frame_of(form.spelling, convention)), len(kinds))
        for form in table.forms
    ]
    return list(kinds), np.array(of_form, dtype=np.int64)[table.form]


def _boxes(plan: object) -> list[tuple[Form, int, str | None]]:
    return list(zip(plan.forms, plan.first_runs, plan.labels, strict=True)) if isinstance(plan, Plan) else []


def fill(
    table: Table,
    plan_of_text: Whole,
    first_run: Whole,
    runs: Runs,
    convention: Convention,
    sizes: Whole | Size | None,
) -> Filled:
    """Read every box of N texts.

    Args:
        table: The plans.
        plan_of_text: [N], index of a plan, or −1 for a text that is not read here.
        first_run: [N], where the runs of each text begin.
        runs: The runs of all texts.
        convention: What the numbers are.
        sizes: [N, 2] widths and heights, or the size that all images have, where it is known.
    """
    count = np.where(plan_of_text >= 0, table.count[plan_of_text], 0)
    text = np.repeat(np.arange(len(count)), count)
    # Box n of all is row n of the table plus what stands here for its text.
    shift = table.start[plan_of_text] - np.cumsum(count) + count
    kinds, kind = _kinds(table, convention)
    boxes, label = np.empty((len(text), 4)), np.empty(len(text), dtype=np.int32)
    degenerate, out_of_range = np.empty((2, len(text)), dtype=np.bool_)
    for first in range(0, len(text), _CHUNK):
        part = slice(first, first + _CHUNK)
        here = text[part]
        row = shift[here] + np.arange(first, first + len(here))
        label[part] = table.label[row]
        within = sizes[here] if isinstance(sizes, np.ndarray) else sizes
        native, degrees = _native(kinds, kind[row], first_run[here] + table.first_run[row], runs, within)
        wrong = faults(native, within)
        degenerate[part] = wrong.degenerate
        if degrees.any():
            native = hulls(native, degrees)
            wrong = faults(native, within)
        boxes[part] = native
        out_of_range[part] = wrong.out_of_range
    return Filled(text, boxes, label, degenerate, out_of_range)


def _native(
    kinds: Sequence[_Kind], kind: Whole, run: Whole, runs: Runs, sizes: Whole | Size | None
) -> tuple[Boxes, npt.NDArray[np.float64]]:
    """Return [n, 4] boxes in native pixels, not turned yet, and the angles to turn them by."""
    native = np.empty((len(run), 4))
    degrees = np.zeros(len(run))
    for number in np.flatnonzero(np.bincount(kind)).tolist():
        numbers, angle, frame = kinds[number]
        chosen = np.flatnonzero(kind == number)
        at = run[chosen]
        within = sizes[chosen] if isinstance(sizes, np.ndarray) and frame.needs_size else sizes
        native[chosen] = to_pixels(_numbers(numbers, at, runs), frame, within)
        if angle is not None:
            degrees[chosen] = _column(angle, at, runs)
    return native, degrees


def _numbers(specs: Sequence[Spec], at: Whole, runs: Runs) -> npt.NDArray[np.float64 | np.int32]:
    """Return [n, 4] numbers as they are written."""
    if specs == _FOUR_WHOLE:
        return sliding_window_view(runs.values, 4)[at]
    return np.stack([_column(spec, at, runs) for spec in specs], axis=1)


def _column(spec: Spec, at: Whole, runs: Runs) -> npt.NDArray[np.float64]:
    """Return one number of each box, correctly rounded: whole numbers below 10^14 over a power of ten."""
    sign, whole, fraction = spec
    number = runs.values[at + whole].astype(np.float64) if whole >= 0 else np.zeros(len(at))
    if fraction >= 0:
        tens = _TENS[runs.lengths[at + fraction]]
        number = (number * tens + runs.values[at + fraction]) / tens
    return number if sign > 0 else -number
