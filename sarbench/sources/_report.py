"""What was wrong with the authors' files, record by record: all is counted, the first hundred of a kind are listed."""

from collections import Counter

import msgspec

LISTED = 100
"""How many problems of one kind are kept with their file and record; the rest is only counted."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One record, one thing wrong with it, and what was done about it.

    `problem` is the kind: a short phrase without names or numbers, so that equal problems count together. `record` says
    which one it is.
    """

    file: str
    record: str
    problem: str
    action: str


class Report:
    """Collects problems while files are read. One report serves one pass, usually one config and split.

    >>> report = Report()
    >>> report.skip(file="train.json", record="0000007.png", problem="image not found")
    >>> report.flag(file="train.json", record="0000008.png", problem="box reaches over the image")
    >>> report.counts
    {'image not found': 1, 'box reaches over the image': 1}
    >>> report.skipped
    1
    >>> print(report.summary())
    2 problems, 1 record skipped
      1 × image not found (skipped), e.g. 0000007.png in train.json
      1 × box reaches over the image (kept), e.g. 0000008.png in train.json
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._listed: dict[tuple[str, str], list[Problem]] = {}

    def skip(self, *, file: str, record: str, problem: str) -> None:
        """Note a record that gives no row."""
        self._add(Problem(file=file, record=record, problem=problem, action="skipped"))

    def flag(self, *, file: str, record: str, problem: str, action: str = "kept") -> None:
        """Note a record that gives its rows all the same; `action` says what was done, e.g. `box dropped`."""
        self._add(Problem(file=file, record=record, problem=problem, action=action))

    def merge_new(self, other: "Report") -> None:
        """Take over the kinds of problems that this report has not met, e.g. from a second and closer look."""
        fresh = Report()
        fresh._counts.update({kind: count for kind, count in other._counts.items() if kind not in self._counts})
        fresh._listed.update({kind: other._listed[kind] for kind in fresh._counts})
        self.merge(fresh)

    def merge(self, other: "Report") -> None:
        """Take over what another report collected, e.g. in another process."""
        self._counts.update(other._counts)
        for kind, problems in other._listed.items():
            listed = self._listed.setdefault(kind, [])
            listed.extend(problems[: LISTED - len(listed)])

    @property
    def counts(self) -> dict[str, int]:
        """How often each kind of problem was met, in the order of first meeting."""
        totals: Counter[str] = Counter()
        for (problem, _), count in self._counts.items():
            totals[problem] += count
        return dict(totals)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems listed: at most `LISTED` of each kind."""
        return tuple(problem for listed in self._listed.values() for problem in listed)

    @property
    def skipped(self) -> int:
        """How many records gave no row."""
        return sum(count for (_, action), count in self._counts.items() if action == "skipped")

    def to_json(self) -> str:
        """Return the counts, the number of skipped records and the listed problems as one JSON object."""
        parts = {"skipped": self.skipped, "counts": self.counts, "problems": self.problems}
        return msgspec.json.encode(parts).decode()

    def summary(self) -> str:
        """Return a few lines for a terminal: one per kind of problem, with its first record."""
        total = sum(self._counts.values())
        if not total:
            return "no problems"
        lines = [f"{_number(total, 'problem')}, {_number(self.skipped, 'record')} skipped"]
        for (problem, action), count in self._counts.items():
            first = self._listed[problem, action][0]
            lines.append(f"  {count:,} × {problem} ({action}), e.g. {first.record} in {first.file}")
        return "\n".join(lines)

    def _add(self, problem: Problem) -> None:
        kind = (problem.problem, problem.action)
        self._counts[kind] += 1
        listed = self._listed.setdefault(kind, [])
        if len(listed) < LISTED:
            listed.append(problem)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
