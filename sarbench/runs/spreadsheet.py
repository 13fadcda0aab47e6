"""Texts in CSV files that people open in a spreadsheet."""

import re

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def plain(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula; numbers stay as they are.

    Source: OWASP, "CSV Injection", which names the characters that such a text begins with, and the apostrophe.

    >>> plain("=HYPERLINK(0)"), plain("org/model"), plain("-0.5"), plain("-inf")
    ("'=HYPERLINK(0)", 'org/model', '-0.5', "'-inf")
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
