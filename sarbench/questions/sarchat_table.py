"""The numbers of six tasks as the columns of SARChat-Bench-2M's table 3, from which its averages follow.

`task_scores` of `sarbench.metrics.sarchat` takes what `columns` returns, with `leave_out=("AbsPos",)`, and `overall`
what that returns. How AbsPos is scored is not published, and it rests on a handful of samples. SG-M and SG-S are boxes
at an overlap of 0.5 here. The authors name no threshold, and theirs can hardly be boxes: a model with 97.58 in SG-S has
50.46 in RefS@.25. Why even the right columns do not give the printed Avg: `sarbench.metrics.sarchat.averages`.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sarbench.questions.family import Family

COLUMNS: Mapping[str, tuple[Family, str, str]] = MappingProxyType(
    {
        "Cls": ("classification", "jaccard", "all"),
        "Desc": ("description", "mention_jaccard", "all"),
        "Cnt": ("counting", "cnt", "all"),
        "Cnt@.25": ("counting", "cnt@0.25", "all"),
        "Cnt@.5": ("counting", "cnt@0.5", "all"),
        "SG-M": ("grounding", "jaccard@0.5", "multi"),
        "SG-S": ("grounding", "jaccard@0.5", "single"),
        "ID-M": ("identification", "jaccard", "multi"),
        "ID-S": ("identification", "jaccard", "single"),
        "RefM@.25": ("referring", "jaccard@0.25", "multi"),
        "RefM@.5": ("referring", "jaccard@0.5", "multi"),
        "RefS@.25": ("referring", "jaccard@0.25", "single"),
        "RefS@.5": ("referring", "jaccard@0.5", "single"),
    }
)
"""Column → kind of question, number under the protocol `paper`, and slice."""


def columns(scores: Mapping[str, Iterable[Any]]) -> dict[str, float]:
    """Return the columns that some scores give, in percent as the table has them.

    Args:
        scores: Kind of question → its numbers as the run record has them (`sarbench.runs.record.Score`), such as
            `sarbench.score(…).details.scores`.

    >>> from types import SimpleNamespace
    >>> columns({"counting": [SimpleNamespace(metric="cnt", protocol="paper", slice="all", value=0.5)]})
    {'Cnt': 50.0}
    """
    values = {
        (kind, one.metric, one.slice): one.value
        for kind, of_kind in scores.items()
        for one in of_kind
        if one.protocol == "paper" and one.value is not None
    }
    return {column: 100.0 * values[place] for column, place in COLUMNS.items() if place in values}
