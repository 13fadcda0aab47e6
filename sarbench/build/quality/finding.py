"""What the quality gate says: a rule, where it was met, how often, and the rows that show it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sarbench.build.quality.rules import ORDER, RULES, SEVERITIES, Severity
from sarbench.sources._known_issues import known_issues

LISTED = 20
"""Rows named for one finding; the rest is only counted."""


@dataclass(frozen=True)
class Example:
    """One row that shows a finding, or one image that two splits share."""

    row: str
    """The row's `id`; for an overlap the `image_id`."""
    what: str


@dataclass(frozen=True)
class Finding:
    """One rule and one place where it was met.

    Attributes:
        rule: Its id, a key of `RULES`.
        place: `config/split`, or two of them joined by ` and `.
        count: How many rows it concerns (images, for an overlap).
        of: How many the rule looked at.
        detail: What was measured, a sentence without a final full stop; may be empty.
        examples: The first rows it concerns, at most `LISTED`.
        known: Statements of `KNOWN_ISSUES` that explain it.
    """

    rule: str
    place: str
    count: int
    of: int
    detail: str = ""
    examples: tuple[Example, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad it is: a property of the rule."""
        return RULES[self.rule].severity

    @property
    def share(self) -> float:
        """`count` over `of`, from 0 to 1."""
        return self.count / self.of if self.of else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return what `quality.json` holds of it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "place": self.place,
            "count": self.count,
            "of": self.of,
            "share": round(self.share, 6),
            "title": RULES[self.rule].title,
            "detail": self.detail,
            "fix": RULES[self.rule].fix,
            "known": list(self.known),
            "examples": [{"row": example.row, "what": example.what} for example in self.examples],
        }


def explained(name: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put findings in order, worst first, and add what is known about them.

    Args:
        name: The dataset.
        findings: In the order of the splits.
    """
    issues = known_issues(name)

    def with_known(finding: Finding) -> Finding:
        configs = [place.partition("/")[0] for place in finding.place.split(" and ")]
        known = tuple(
            issue.statement for issue in issues if all(issue.explains(finding.rule, [config]) for config in configs)
        )
        return replace(finding, known=known)

    return tuple(sorted(map(with_known, findings), key=lambda finding: ORDER[finding.rule]))


def tally(findings: Iterable[Finding]) -> str:
    """Count findings by severity for people.

    >>> tally([Finding("id-repeated", "a/train", 1, 9), Finding("box-outside", "a/train", 2, 9)])
    '1 error, 1 warning, 0 notes'
    """
    severities = [finding.severity for finding in findings]
    nouns = {"error": "error", "warning": "warning", "information": "note"}
    parts = ((severities.count(severity), nouns[severity]) for severity in SEVERITIES)
    return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in parts)
