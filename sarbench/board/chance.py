"""Whether boxes follow the picture: what is as good in the mirrored pictures says nothing of a model."""

from collections.abc import Sequence

from sarbench.board.numbers import finite
from sarbench.runs.record import Score

NOT_ABOVE_CHANCE = "not above chance"
EXPLAINED = (
    "the same boxes do as well, within the interval, where the mirrored picture has its targets: nothing shows "
    "that they follow the picture"
)


def above_chance(scores: Sequence[Score], score: Score) -> bool | None:
    """Tell whether a score of boxes is above that of the same boxes in the mirrored pictures, interval and all.

    Args:
        scores: All scores of the task.
        score: One of them, such as `f1@0.5`, to which `f1_above_chance@0.5` belongs.

    Returns:
        None where nothing was said of chance, as for scores of anything but boxes.

    >>> like = {"task": "t", "protocol": "strict", "n": 9, "clusters": 9, "method": "cluster-bootstrap-2000"}
    >>> f1 = Score(metric="f1@0.5", value=0.018, **like)
    >>> above_chance([f1, Score(metric="f1_above_chance@0.5", value=-0.001, low=-0.004, high=0.002, **like)], f1)
    False
    >>> above_chance([f1], f1) is None
    True
    """
    name, at, threshold = score.metric.partition("@")
    wanted = (f"{name}_above_chance{at}{threshold}", score.protocol, score.slice)
    found = next((each for each in scores if (each.metric, each.protocol, each.slice) == wanted), None)
    low = None if found is None else finite(found.low)
    return None if low is None else low > 0
