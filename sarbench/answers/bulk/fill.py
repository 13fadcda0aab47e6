"""Put the digits of each text into the places that its plan names, for all texts at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sarbench.answers._boxes import frame_of, hulls
from sarbench.answers.bulk.plans import Form, Plan, Spec
from sarbench.answers.bulk.skeletons import LONGEST_RUN, Runs
from sarbench.coords import Boxes, Convention, faults, to_pixels

_TENS = 10.0 ** np.arange(LONGEST_RUN + 1)

_CHUNK = 16384
"""Boxes at a time, so that the arrays stay in the cache."""

Whole = npt.NDArray[np.int64]


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


def _boxes(plan: object) -> list[tuple[Form, int, str | None]]:
    return list(zip(plan.forms, plan.first_runs, plan.labels, strict=True)) if isinstance(plan, Plan) else []


def fill(
    table: Table,
    plan_of_text: Whole,
    first_run: Whole,
    runs: Runs,
    convention: Convention,
    sizes: npt.NDArray[np.int64] | None,
) -> Filled:
    """Read every box of N texts.

    Args:
        table: The plans.
        plan_of_text: [N], index of a plan, or −1 for a text that is not read here.
        first_run: [N], where the runs of each text begin.
        runs: The runs of all texts.
        convention: What the numbers are.
        sizes: [N, 2] widths and heights, where they are known.
    """
    count = np.where(plan_of_text >= 0, table.count[plan_of_text], 0)
    text = np.repeat(np.arange(len(count)), count)
    row = np.repeat(table.start[plan_of_text] - np.cumsum(count) + count, count) + np.arange(len(text))
    label = table.label[row]
    boxes = np.empty((len(text), 4))
    degenerate, out_of_range = np.empty((2, len(text)), dtype=np.bool_)
    for first in range(0, len(text), _CHUNK):
        part = slice(first, first + _CHUNK)
        within = None if sizes is None else sizes[text[part]]
        run = first_run[text[part]] + table.first_run[row[part]]
        native, degrees = _native(table, table.form[row[part]], run, runs, convention, within)
        wrong = faults(native, within)
        degenerate[part] = wrong.degenerate
        if degrees.any():
            native = hulls(native, degrees)
            wrong = faults(native, within)
        boxes[part] = native
        out_of_range[part] = wrong.out_of_range
    return Filled(text, boxes, label, degenerate, out_of_range)


def _native(
    table: Table, form_of_box: Whole, run: Whole, runs: Runs, convention: Convention, sizes: Whole | None
) -> tuple[Boxes, npt.NDArray[np.float64]]:
    """Return [n, 4] boxes in native pixels, not turned yet, and the angles to turn them by."""
    native = np.empty((len(run), 4))
    degrees = np.zeros(len(run))
    for number in np.flatnonzero(np.bincount(form_of_box)).tolist():
        form = table.forms[number]
        chosen = np.flatnonzero(form_of_box == number)
        at = run[chosen]
        frame = frame_of(form.spelling, convention)
        native[chosen] = to_pixels(_numbers(form, at, runs), frame, None if sizes is None else sizes[chosen])
        if form.angle is not None:
            degrees[chosen] = _column(form.angle, at, runs)
    return native, degrees


def _numbers(form: Form, at: Whole, runs: Runs) -> Boxes:
    """Return [n, 4] numbers as they are written."""
    if form.numbers == tuple((1.0, place, -1) for place in range(4)):
        whole: Boxes = runs.values[at[:, None] + np.arange(4)].astype(np.float64)
        return whole
    return np.stack([_column(spec, at, runs) for spec in form.numbers], axis=1)


def _column(spec: Spec, at: Whole, runs: Runs) -> npt.NDArray[np.float64]:
    """Return one number of each box, correctly rounded: whole numbers below 10^14 over a power of ten."""
    sign, whole, fraction = spec
    number = runs.values[at + whole].astype(np.float64) if whole >= 0 else np.zeros(len(at))
    if fraction >= 0:
        tens = _TENS[runs.lengths[at + fraction]]
        number = (number * tens + runs.values[at + fraction]) / tens
    return number if sign > 0 else -number
