"""The authors' own wording, for models that were tuned on their set.

SARLANG-1M's README has one of two sentences prepended to the questions of SARVQA1, where both parts of the set are
used together; the files do not hold them. Its prompt for captions is the paper's, as a secondary source gives it: the
CSV files have captions without a question.
"""

from collections.abc import Mapping
from typing import Any

CLASS_LIST = "The classes are: tank, car, aircraft, harbor, bridge, ship."
POSITION_LIST = "The classes are: top, center, bottom, left, right."
_SARLANG_CAPTION = "Describe the content of this image in one sentence."
_CAPTION = "Describe this SAR image."


def authors_text(row: Mapping[str, Any]) -> str:
    """Return a row's question as its authors put it to their models.

    >>> authors_text({"dataset": "sarlang-1m", "config": "vqa1", "task": "position", "question": "Where is the ship?"})
    'The classes are: top, center, bottom, left, right. Where is the ship?'
    """
    if question := row["question"]:
        listed = list_of(row)
        return f"{listed} {question}" if listed else str(question)
    if row["task"] not in ("caption", "retrieval"):
        return ""
    return _SARLANG_CAPTION if row.get("dataset") == "sarlang-1m" else _CAPTION


def list_of(row: Mapping[str, Any]) -> str | None:
    """Return the sentence that SARLANG-1M's README has prepended to a question; None where it has none.

    A question that states its list already keeps that one.
    """
    if row.get("dataset") != "sarlang-1m" or row.get("config") != "vqa1" or row.get("choices"):
        return None
    lists = {"classification": CLASS_LIST, "region": CLASS_LIST, "position": POSITION_LIST}
    return lists.get(row["task"])
