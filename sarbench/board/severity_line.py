"""A severity curve as a small SVG."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from sarbench.board.numbers import compact

_WIDTH, _HEIGHT, _EDGE = 120.0, 36.0, 4.0


def severity_line(values: Sequence[float | None], *, floor: float | None) -> Markup:
    """Draw scores over equally spaced severities, the clean one first, on a scale that begins at 0.

    A missing score interrupts the line; the score without an image is dashed. It says nothing that the numbers beside
    it do not say, so screen readers skip it.

    >>> severity_line([80.0, 60.0, None, 20.0], floor=None).count("<circle")
    3
    """
    known = [value for value in (*values, floor) if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    across = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    reach = (_HEIGHT - 2 * _EDGE) / ((high - low) or 1.0)

    def place(step: int, value: float) -> tuple[str, str]:
        return _round(_EDGE + across * step), _round(_HEIGHT - _EDGE - (value - low) * reach)

    parts = [_line("base", place(0, low), place(len(values) - 1, low))]
    if floor is not None:
        parts.append(_line("floor", place(0, floor), place(len(values) - 1, floor)))
    placed = [None if value is None else place(step, value) for step, value in enumerate(values)]
    for one, other in pairwise(placed):
        if one is not None and other is not None:
            parts.append(_line("fall", one, other))
    parts += [Markup('<circle cx="{}" cy="{}" r="2.5"/>').format(*at) for at in placed if at is not None]
    opening = '<svg class="severity" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>'
    return Markup(opening).format(_round(_WIDTH), _round(_HEIGHT), Markup("").join(parts))


def _line(name: str, start: tuple[str, str], end: tuple[str, str]) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(name, *start, *end)


def _round(value: float) -> str:
    return compact(round(value, 2))
