"""How the board writes numbers: one rule for decimals, one for signs, one for ranges."""

import math

MINUS = "\N{MINUS SIGN}"
_MOST = 3
_UNKNOWN = 1


def finite(value: float | None) -> float | None:
    """Return `value`, or None where it is absent, infinite or not a number."""
    return value if value is not None and math.isfinite(value) else None


def same_value(one: float | None, other: float | None) -> bool:
    """Tell whether two recorded values are one number, and are there."""
    return one is not None and other is not None and math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


def factor(unit: str) -> float:
    """Return what a value is multiplied with before it is shown: fractions are shown in percent.

    >>> factor("fraction"), factor("objects")
    (100.0, 1.0)
    """
    return 100.0 if unit == "fraction" else 1.0


def unit_text(unit: str) -> str:
    """Name the unit of the shown number."""
    return "%" if unit == "fraction" else unit


def decimals(low: float | None, high: float | None) -> int:
    """Return how many decimals an estimate deserves: its last digit is worth at most a quarter of its interval.

    Args:
        low: Lower limit in the units shown, e.g. percent; None where unknown.
        high: Upper limit in the same units.

    Returns:
        0 to 3; 1 where there is no interval, or one without width.

    >>> decimals(68.2, 74.9), decimals(70.9, 73.7), decimals(71.31, 71.52), decimals(None, None)
    (0, 1, 2, 1)
    """
    if low is None or high is None or not high > low:
        return _UNKNOWN
    quarter = (high - low) / 4
    return next((places for places in range(_MOST) if 10**-places <= quarter), _MOST)


def number(value: float, places: int) -> str:
    """Write a number with a true minus sign, and no minus before zero.

    >>> number(71.349, 1), number(-0.04, 1), number(-2.5, 1)
    ('71.3', '0.0', '−2.5')
    """
    text = f"{value:.{places}f}"
    if not text.startswith("-"):
        return text
    return text[1:] if float(text) == 0 else MINUS + text[1:]


def signed(value: float, places: int) -> str:
    """Write a difference with its sign.

    >>> signed(4.21, 1), signed(-4.21, 1), signed(0.0, 0)
    ('+4.2', '−4.2', '±0')
    """
    text = number(value, places)
    if float(f"{value:.{places}f}") == 0:
        return f"±{text}"
    return text if text.startswith(MINUS) else f"+{text}"


def span(low: str, high: str) -> str:
    """Write a range; with words where a limit is negative, so that no dash meets a minus.

    >>> span("68", "75"), span("−2", "3")
    ('68–75', '−2 to 3')
    """
    return f"{low} to {high}" if MINUS in low + high else f"{low}–{high}"


def share(part: float) -> str:
    """Write a share in percent.

    >>> share(0), share(0.0004), share(0.0312), share(1)
    ('0 %', '<0.1 %', '3.1 %', '100 %')
    """
    if part in {0, 1}:
        return f"{part * 100:.0f} %"
    return "<0.1 %" if part < 0.0005 else f"{part * 100:.1f} %"


def count(value: int) -> str:
    r"""Write a whole number in groups of three, with narrow spaces that do not break.

    >>> count(175565) == "175\u202f565"
    True
    """
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def compact(value: float) -> str:
    """Write a coordinate or a per-sample score: at most three decimals, no trailing zeros.

    >>> compact(12.0), compact(0.66666)
    ('12', '0.667')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
