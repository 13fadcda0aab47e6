"""What the truth of a row is, and whose published rules apply to it."""

from collections.abc import Mapping
from typing import Any

from sarbench.errors import InputError

PAPER_OF = {"sarlang-1m": "sarlang", "sarchat-2m": "sarchat", "fusar-geovl": "fusar-klip"}
"""Dataset → value of a target's `paper`: the paper whose rules score the answer too, under the protocol `paper`."""


def accepted(row: Mapping[str, Any]) -> list[str]:
    """Return the accepted answers of a row, of which there is at least one.

    Raises:
        InputError: There is none, so that no answer could be right.
    """
    given = row.get("answers") or ()
    texts = [text for text in ((given,) if isinstance(given, str) else given) if isinstance(text, str) and text.strip()]
    if not texts:
        fix = "Leave the row out, or give it an answer"
        raise InputError(where=row.get("id", "reference"), problem="has no accepted answer", fix=fix)
    return texts


def paper_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the part of a target that says whose rules apply, empty where no paper's do.

    >>> paper_of({"dataset": "sarchat-2m"}), paper_of({"dataset": "sar-text"})
    ({'paper': 'sarchat'}, {})
    """
    paper = PAPER_OF.get(row.get("dataset") or "")
    return {"paper": paper} if paper else {}


def applies(target: Mapping[str, Any], paper: str) -> dict[str, float]:
    """Return the fact that a paper's rules apply to an answer; its numbers look at such answers alone."""
    return {f"of_{paper}": 1.0} if target.get("paper") == paper else {}
