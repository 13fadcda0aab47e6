"""Read the boxes of many answers at once: the same as one by one, by columns."""

from sarbench.answers.bulk.columns import BoxAnswers
from sarbench.answers.bulk.reading import parse_boxes

__all__ = ["BoxAnswers", "parse_boxes"]
