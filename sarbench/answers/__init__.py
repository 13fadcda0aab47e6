"""Model text → label, yes-no, number, position or boxes, with an outcome."""

from sarbench.answers._clean import harness_failed, without_reasoning
from sarbench.answers.parse import KINDS, Kind, parse
from sarbench.answers.parsed import Parsed
from sarbench.answers.short_text import short_text
from sarbench.answers.synonyms import SYNONYMS_VERSION
from sarbench.answers.version import ANSWERS_VERSION

__all__ = [
    "ANSWERS_VERSION",
    "KINDS",
    "SYNONYMS_VERSION",
    "Kind",
    "Parsed",
    "harness_failed",
    "parse",
    "short_text",
    "without_reasoning",
]
