"""Charts as SVG: pure functions from numbers to markup. Colours come from the style sheet, so both themes work.

Every text that goes in is escaped here; the markup that comes out is safe to print.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from sarbench.board.numbers import compact, number, share

Mark = Literal["model", "other_prompt", "blind", "floor", "perturbed"]


@dataclass(frozen=True)
class ForestRow:
    """One line of a forest plot, in the units shown."""

    name: str
    note: str
    """What to say behind the name, e.g. `partial`; never cut."""
    mark: Mark
    value: float
    low: float | None
    high: float | None
    text: str
    """The numbers as the table writes them."""


def interval_bar(value: float, low: float | None, high: float | None, *, top: float, floor: float | None) -> Markup:
    """Draw an estimate on a track from 0 to `top`: band = interval, tick = value, notch = best floor.

    It says nothing that the numbers beside it do not say, so screen readers skip it.

    >>> "band" in interval_bar(0.5, 0.4, 0.6, top=1.0, floor=None)
    True
    """
    parts = [_rect("track", 0, 100, 5.5, 1)]
    if floor is not None:
        parts.append(_rect("notch", _percent(floor, top) - 0.5, 1, 0, 12))
    if low is not None and high is not None:
        start, end = _percent(low, top), _percent(high, top)
        parts.append(_rect("band", start, max(end - start, 0.5), 3, 6))
    parts.append(_rect("tick", min(max(_percent(value, top) - 0.8, 0), 98.4), 1.6, 1, 10))
    body = Markup("").join(parts)
    return Markup(
        '<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(body)


def stacked_bar(shares: Sequence[tuple[str, float]]) -> Markup:
    """Draw shares that add up to 1 as one bar, in the order given; the class of a segment is its name.

    >>> stacked_bar([("ok", 1.0)]).count("<rect")
    1
    """
    left, parts = 0.0, []
    for name, part in shares:
        if part > 0:
            # A hair's breadth between segments keeps neighbours apart for every eye.
            width = max(part * 100 - 0.4, 0.2) if part < 1 else 100.0
            parts.append(_rect(f"outcome-{name}", left, width, 0, 12))
        left += part * 100
    label = ", ".join(f"{name} {share(part)}" for name, part in shares if part > 0)
    opening = '<svg class="stack" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    return Markup(opening).format(label, Markup("").join(parts))


_WIDTH, _LEFT, _RIGHT, _ROW, _HEAD = 860.0, 300.0, 140.0, 26.0, 12.0
_NAME_LENGTH = 38


def forest(rows: Sequence[ForestRow], *, label: str, unit: str) -> Markup:
    """Draw estimates with their intervals, one under the other, on an axis that just holds them all.

    Models are discs, those asked in another way triangles, blind runs rings, floors diamonds, perturbed runs squares:
    shape, not colour, tells them apart.

    Args:
        rows: From top to bottom.
        label: What the plot shows, for screen readers; the table is the alternative.
        unit: Unit under the axis.
    """
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    ticks = axis_ticks(min(ends, default=0.0), max(ends, default=1.0))
    bottom = _HEAD + _ROW * len(rows)
    scale = _Axis(ticks[0], ticks[-1])
    parts = [_grid(tick, scale, ticks, bottom) for tick in ticks]
    parts += [_line(row, scale, _HEAD + _ROW * (index + 0.5)) for index, row in enumerate(rows)]
    parts.append(
        Markup('<text class="unit" x="{}" y="{}">{}</text>').format(
            _round((_LEFT + _WIDTH - _RIGHT) / 2), _round(bottom + 36), unit
        )
    )
    opening = '<svg class="forest" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    return Markup(opening).format(_round(_WIDTH), _round(bottom + 42), label, Markup("").join(parts))


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

    def x(self, value: float) -> float:
        return _LEFT + (value - self.low) / (self.high - self.low) * (_WIDTH - _LEFT - _RIGHT)


def _grid(tick: float, scale: _Axis, ticks: Sequence[float], bottom: float) -> Markup:
    step = ticks[1] - ticks[0]
    places = max(0, math.ceil(-math.log10(step) - 1e-9)) if step < 1 else int(step % 1 > 0)
    x = _round(scale.x(tick))
    line = '<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
    text = '<text class="axis" x="{x}" y="{under}">{text}</text>'
    return Markup(line + text).format(
        x=x, top=_round(_HEAD), bottom=_round(bottom), under=_round(bottom + 18), text=number(tick, places)
    )


def _line(row: ForestRow, scale: _Axis, y: float) -> Markup:
    note = f" ({row.note})" if row.note else ""
    room = _NAME_LENGTH - len(note)
    name = (row.name if len(row.name) <= room else row.name[: room - 1] + "…") + note
    whisker = Markup("")
    if row.low is not None and row.high is not None:
        whisker = Markup('<line class="whisker" x1="{}" x2="{}" y1="{y}" y2="{y}"/>').format(
            _round(scale.x(row.low)), _round(scale.x(row.high)), y=_round(y)
        )
    texts = '<text class="name" x="{}" y="{y}">{}<title>{}</title></text><text class="numbers" x="{}" y="{y}">{}</text>'
    text = Markup(texts).format(_round(_LEFT - 16), name, row.name + note, _round(_WIDTH), row.text, y=_round(y + 4))
    return Markup('<g class="mark-{}">{}{}{}</g>').format(
        row.mark, text, whisker, _symbol(row.mark, scale.x(row.value), y)
    )


def _symbol(mark: Mark, x: float, y: float) -> Markup:
    match mark:
        case "model":
            return Markup('<circle class="point" cx="{}" cy="{}" r="4.5"/>').format(_round(x), _round(y))
        case "blind":
            return Markup('<circle class="point hollow" cx="{}" cy="{}" r="4.5"/>').format(_round(x), _round(y))
        case "perturbed":
            return Markup('<rect class="point" x="{}" y="{}" width="8" height="8"/>').format(
                _round(x - 4), _round(y - 4)
            )
        case "other_prompt":
            points = _points((x, y - 5), (x + 5, y + 4), (x - 5, y + 4))
            return Markup('<polygon class="point" points="{}"/>').format(points)
        case "floor":
            points = _points((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y))
            return Markup('<polygon class="point hollow" points="{}"/>').format(points)


def _points(*corners: tuple[float, float]) -> str:
    return " ".join(f"{_round(left)},{_round(up)}" for left, up in corners)


def _percent(value: float, top: float) -> float:
    return min(max(value / top * 100, 0.0), 100.0)


def _rect(name: str, x: float, width: float, y: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        escape(name), _round(x), _round(y), _round(width), _round(height)
    )


def _round(value: float) -> str:
    return compact(round(value, 2))
