"""Reports as plain data, so that a finished part of a build outlives the process."""

import msgspec

from sarbench.sources import Problem, Report


class KindState(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of problem of a report."""

    problem: str
    action: str
    count: int
    listed: list[Problem]


def report_state(report: Report) -> list[KindState]:
    """Take a report apart, in the order in which its kinds were first met."""
    return [
        KindState(problem=problem, action=action, count=count, listed=list(report._listed[problem, action]))
        for (problem, action), count in report._counts.items()
    ]


def restored_report(state: list[KindState]) -> Report:
    """Put a report together again.

    >>> report = Report()
    >>> report.skip(file="a.json", record="1", problem="image not found")
    >>> restored_report(report_state(report)).to_json() == report.to_json()
    True
    """
    report = Report()
    for kind in state:
        report._counts[kind.problem, kind.action] = kind.count
        report._listed[kind.problem, kind.action] = list(kind.listed)
    return report
