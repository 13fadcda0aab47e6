"""Model text → label, yes-no, number, position or boxes, with an outcome."""

from sarbench.answers.parse import KINDS, Kind, parse
from sarbench.answers.parsed import Parsed

__all__ = ["KINDS", "Kind", "Parsed", "parse"]
