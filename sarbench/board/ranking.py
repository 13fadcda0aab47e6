"""Who can be told apart: rank ranges from intervals, and one order over many tasks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sarbench.board.numbers import span


@dataclass(frozen=True)
class Interval:
    """An estimate with its limits; limits are None where unknown, and such an estimate overlaps everything."""

    value: float
    low: float | None
    high: float | None

    def above(self, other: "Interval") -> bool:
        """Whether this interval lies wholly above the other one."""
        return self.low is not None and other.high is not None and self.low > other.high

    def flipped(self) -> "Interval":
        """Return the estimate with its sign turned, for metrics where less is better."""
        low, high = self.low, self.high
        return Interval(-self.value, None if high is None else -high, None if low is None else -low)


@dataclass(frozen=True)
class RankRange:
    """The ranks that an estimate may hold, as far as intervals can tell. 1 is best."""

    best: int
    worst: int

    def __str__(self) -> str:
        return str(self.best) if self.best == self.worst else span(str(self.best), str(self.worst))


@dataclass(frozen=True)
class Standing:
    """A place in the overall order."""

    rank: int
    points: float
    range: RankRange


def rank_ranges(intervals: Sequence[Interval]) -> list[RankRange]:
    """Return the range of ranks of every estimate; more is better.

    best = 1 + how many lie wholly above it; worst = n − how many lie wholly below it.

    >>> a, b, c = Interval(0.8, 0.7, 0.9), Interval(0.7, 0.6, 0.8), Interval(0.3, 0.2, 0.4)
    >>> [str(each) for each in rank_ranges([a, b, c])]
    ['1–2', '1–2', '3']
    """
    total = len(intervals)
    return [
        RankRange(
            best=1 + sum(other.above(mine) for other in intervals),
            worst=total - sum(mine.above(other) for other in intervals),
        )
        for mine in intervals
    ]


def borda(tasks: Sequence[Sequence[Interval]]) -> list[Standing]:
    """Order models over tasks: on each task a point for every model beaten, half a point for every tie.

    The range of overall ranks follows from the most and the fewest points that the rank ranges of the tasks allow: a
    model is surely ahead of another only where its fewest points exceed the other's most.

    Args:
        tasks: For every task the estimates of the same models in the same order; more is better.

    Returns:
        The standing of every model, in the order given. Equal points share a rank.

    >>> [(each.rank, each.points) for each in borda([[Interval(0.8, 0.7, 0.9), Interval(0.3, 0.2, 0.4)]])]
    [(1, 1.0), (2, 0.0)]
    """
    if not tasks:
        return []
    total = len(tasks[0])
    ranges = [rank_ranges(task) for task in tasks]
    points = [sum(_points(task, model) for task in tasks) for model in range(total)]
    bounds = [
        Interval(
            points[model],
            low=sum(total - task[model].worst for task in ranges),
            high=sum(total - task[model].best for task in ranges),
        )
        for model in range(total)
    ]
    return [
        Standing(rank=1 + sum(other > mine for other in points), points=mine, range=overall)
        for mine, overall in zip(points, rank_ranges(bounds), strict=True)
    ]


def _points(task: Sequence[Interval], model: int) -> float:
    mine = task[model].value
    beaten = sum(other.value < mine for other in task)
    ties = sum(other.value == mine for other in task) - 1
    return beaten + ties / 2
