"""The authors' question as a zero-shot prompt asks it: without task tags, its boxes in the run's convention."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sarbench import coords

_TAG = re.compile(r"^\s*\[(?:count|grounding|identify|refer)\]\s*")
_NUMBER = r"<\s*(\d{1,6}(?:\.\d{1,6})?)\s*>"
_SARCHAT_BOX = re.compile(r"\{\s*" + r"\s*,?\s*".join([_NUMBER] * 4) + r"\s*\}")
_SARLANG_NUMBER = r"\s*([-+]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9}))\s*"
_SARLANG_BOX = re.compile(r"\[" + ",".join([_SARLANG_NUMBER] * 4) + r"\]")

_Box = npt.NDArray[np.float64]


def in_convention(question: str, row: Mapping[str, Any], convention: str) -> str:
    """Take the task tag off a question and write its boxes in a convention.

    SARChat-2M writes `{<x1><y1><x2><y2>}`, SARLANG-1M `[x, y, width, height]`, both in pixels of the native image. The
    latter looks like any other list, so it is rewritten only where the row knows the box that is asked about.

    >>> row = {"task": "region", "region": [10, 20, 40, 60], "width": 100, "height": 100}
    >>> in_convention("What is in the area [10.0, 20.0, 30.0, 40.0]?", row, "norm1000")
    'What is in the area [100, 200, 400, 600]?'
    """
    size = (int(row["width"] or 1), int(row["height"] or 1))
    asked = _TAG.sub("", question)
    if _SARCHAT_BOX.search(asked):
        asked = _SARCHAT_BOX.sub(lambda found: coords.format_box(_numbers(found), convention, size), asked)
    elif row["task"] == "region" and _states_region(asked, row):
        asked = _SARLANG_BOX.sub(lambda found: coords.format_box(_corners(found), convention, size), asked)
    return asked.strip()


def told_in_convention(text: str, row: Mapping[str, Any], convention: str) -> str:
    """Write a question or an answer of a row's dialogue as `in_convention` does the row's own question.

    The row does not know the boxes of other turns, so in SARLANG-1M every list that fits into the image as x, y, width
    and height is one.

    >>> row = {"dataset": "sarlang-1m", "task": "count", "width": 100, "height": 100}
    >>> told_in_convention("A ship in [10.0, 20.0, 30.0, 40.0].", row, "norm1000")
    'A ship in [100, 200, 400, 600].'
    """
    told = in_convention(text, row, convention)
    if row.get("dataset") != "sarlang-1m" or _SARCHAT_BOX.search(text):
        return told
    size = (int(row["width"] or 1), int(row["height"] or 1))

    def spelled(found: re.Match[str]) -> str:
        box = _corners(found)
        inside = (box >= 0).all() and (box[2:] <= np.add(size, 1)).all()
        return coords.format_box(box, convention, size) if inside else found[0]

    return _SARLANG_BOX.sub(spelled, _TAG.sub("", text)).strip()


def has_region(row: Mapping[str, Any]) -> bool:
    """Tell whether a row knows the box that its question is about."""
    region = row.get("region")
    return region is not None and len(region) == 4


def _states_region(question: str, row: Mapping[str, Any]) -> bool:
    """Tell whether the first list of a question is the row's box as SARLANG-1M writes it."""
    found = _SARLANG_BOX.search(question)
    return bool(found and has_region(row) and np.allclose(_corners(found), row["region"], atol=0.01))


def _corners(found: re.Match[str]) -> _Box:
    left, top, width, height = _numbers(found)
    return np.array([left, top, left + width, top + height])


def _numbers(found: re.Match[str]) -> _Box:
    return np.array([float(number) for number in found.groups()])
