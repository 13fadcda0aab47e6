"""Small bars as SVG: pure functions from numbers to markup. Colours come from the style sheet, so both themes work.

Every text that goes in is escaped here; the markup that comes out is safe to print.
"""

from collections.abc import Sequence

from markupsafe import Markup, escape

from sarbench.board.numbers import compact, share


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
    label = ", ".join(f"{name.replace('_', ' ')} {share(part)}" for name, part in shares if part > 0)
    opening = '<svg class="stack" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    return Markup(opening).format(label, Markup("").join(parts))


def _percent(value: float, top: float) -> float:
    return min(max(value / top * 100, 0.0), 100.0)


def _rect(name: str, x: float, width: float, y: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        escape(name), _round(x), _round(y), _round(width), _round(height)
    )


def _round(value: float) -> str:
    return compact(round(value, 2))
