"""The forest plot: estimates with their intervals, one under the other, readable at any width.

Names and numbers are text of the page and keep its size; only the lines between them are drawn, at places in percent,
so that on a phone a plot takes the width that there is. Every text that goes in is escaped here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from sarbench.board.numbers import compact, number

Mark = Literal["model", "other_prompt", "blind", "floor", "perturbed"]


@dataclass(frozen=True)
class ForestRow:
    """One line of a forest plot, in the units shown."""

    name: str
    note: str
    """What to say under the name, e.g. `partial`."""
    mark: Mark
    value: float
    low: float | None
    high: float | None
    text: str
    """The numbers as the table writes them."""


def forest(rows: Sequence[ForestRow], *, label: str, unit: str) -> Markup:
    """Draw estimates on an axis that just holds them all.

    Models are discs, those asked in another way triangles, blind runs rings, floors diamonds, perturbed runs squares:
    shape, not colour, tells them apart.

    Args:
        rows: From top to bottom.
        label: What the plot shows, for screen readers; the table is the alternative.
        unit: Unit under the axis.
    """
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    ticks = axis_ticks(min(ends, default=0.0), max(ends, default=1.0))
    scale = _Axis(ticks[0], ticks[-1])
    grid = Markup("").join(
        Markup('<line class="grid" x1="{x}" x2="{x}" y1="0" y2="100%"/>').format(x=scale.at(tick)) for tick in ticks
    )
    lines = Markup("\n").join(_line(row, scale, grid) for row in rows)
    opening = '<div class="forest" role="img" aria-label="{}">\n{}\n{}\n</div>'
    return Markup(opening).format(label, lines, _axis(ticks, scale, unit))


def axis_ticks(low: float, high: float) -> list[float]:
    """Return four to eight round numbers that enclose both limits.

    >>> axis_ticks(31.2, 78.9), axis_ticks(0.2, 0.2)
    ([30.0, 40.0, 50.0, 60.0, 70.0, 80.0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    if high - low < 1e-6 * max(1.0, abs(low)):
        low, high = math.floor(low), max(math.floor(low) + 1.0, math.ceil(high))
    rough = (high - low) / 5
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * index, 10) for index in range(first, last + 1)]


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float

    def at(self, value: float) -> str:
        return f"{compact((value - self.low) / (self.high - self.low) * 100)}%"


def _line(row: ForestRow, scale: _Axis, grid: Markup) -> Markup:
    note = Markup(' <span class="small">{}</span>').format(row.note) if row.note else Markup("")
    whisker = Markup("")
    if row.low is not None and row.high is not None:
        whisker = Markup('<line class="whisker" x1="{}" x2="{}" y1="50%" y2="50%"/>').format(
            scale.at(row.low), scale.at(row.high)
        )
    symbol = Markup('<svg x="{}" y="50%">{}</svg>').format(scale.at(row.value), _SYMBOLS[row.mark])
    return Markup(
        '<div class="line mark-{}"><span class="name">{}{}</span>'
        '<span class="plot"><svg>{}{}{}</svg></span><span class="numbers">{}</span></div>'
    ).format(row.mark, row.name, note, grid, whisker, symbol, row.text)


def _axis(ticks: Sequence[float], scale: _Axis, unit: str) -> Markup:
    step = ticks[1] - ticks[0]
    places = max(0, math.ceil(-math.log10(step) - 1e-9)) if step < 1 else int(step % 1 > 0)
    marks = Markup("").join(
        Markup('<text x="{}" y="1em">{}</text>').format(scale.at(tick), number(tick, places)) for tick in ticks
    )
    return Markup(
        '<div class="line axis"><span class="plot"><svg>{}</svg></span><span class="unit">{}</span></div>'
    ).format(marks, unit)


_SYMBOLS: dict[Mark, Markup] = {
    "model": Markup('<circle class="point" r="4.5"/>'),
    "other_prompt": Markup('<polygon class="point" points="0,-5 5,4 -5,4"/>'),
    "blind": Markup('<circle class="point hollow" r="4.5"/>'),
    "floor": Markup('<polygon class="point hollow" points="0,-6 6,0 0,6 -6,0"/>'),
    "perturbed": Markup('<rect class="point" x="-4" y="-4" width="8" height="8"/>'),
}
