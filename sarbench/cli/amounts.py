"""Numbers as every table in the terminal shows them: rates in percent. JSON, files and Python keep the fractions."""

RATES = "rates in percent"
"""What the title of a table says of its numbers."""


def unit_text(unit: str) -> str:
    """Name the unit of the shown number.

    >>> unit_text("fraction"), unit_text("objects")
    ('%', 'objects')
    """
    return "%" if unit == "fraction" else unit


def amount(value: float | None, unit: str, *, sign: bool = False, places: int = 2, absent: str = "–") -> str:
    """Write a number of a metric, without its unit.

    Args:
        value: As the record holds it.
        unit: The metric's: what is a `fraction` there is percent here.
        sign: Whether a plus is written, as differences have it.
        places: Decimals of percent; other units get one more.
        absent: What stands where there is no value.

    >>> amount(0.8213, "fraction"), amount(1.5, "objects"), amount(-0.05, "fraction", sign=True), amount(None, "rank")
    ('82.13', '1.500', '-5.00', '–')
    """
    if value is None:
        return absent
    scaled, digits = (100 * value, places) if unit == "fraction" else (value, places + 1)
    return f"{scaled:{'+' if sign else ''}.{digits}f}"


def span(low: float | None, high: float | None, unit: str, *, sign: bool = False) -> str:
    """Write an interval; empty where there is none.

    >>> span(0.25, 0.5, "fraction"), span(None, None, "fraction")
    ('25.00 to 50.00', '')
    """
    if low is None or high is None:
        return ""
    return f"{amount(low, unit, sign=sign)} to {amount(high, unit, sign=sign)}"
