"""The findings of the gate for people and machines: `QUALITY.md`, lines for a terminal, JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from sarbench.build.quality.finding import Finding, tally
from sarbench.build.quality.gate import Quality
from sarbench.build.quality.overlap import Overlap
from sarbench.build.quality.rules import RULES
from sarbench.sources._known_issues import KnownIssue, known_issues

_SHOWN = 3
"""Rows shown for a rule on the page; `quality.json` holds more."""


def page(quality: Quality, reading: Mapping[str, Mapping[str, Any]]) -> str:
    """Write `QUALITY.md`.

    Args:
        quality: What the gate found.
        reading: `config/split` → what was met while the authors' files were read, as `quality.json` holds it.
    """
    parts = [
        f"# Quality of {quality.name}",
        f"**{verdict(quality)}**",
        "Rows of each finding, up to 20, are listed in `quality.json`.",
        *_findings(quality.findings),
        *_meanings(quality.findings),
        *_overlaps(quality.overlaps),
        *_reading(reading),
        *_known(known_issues(quality.name)),
    ]
    return "\n\n".join(parts) + "\n"


def as_dict(quality: Quality) -> dict[str, Any]:
    """Return findings, overlaps and known issues as `quality.json` and `check --json` hold them."""
    return {
        "findings": [finding.to_dict() for finding in quality.findings],
        "overlaps": [overlap.to_dict() for overlap in quality.overlaps],
        "known_issues": [asdict(issue) for issue in known_issues(quality.name)],
    }


def verdict(quality: Quality) -> str:
    """Say in one line what was examined and how it turned out."""
    rows, splits = sum(quality.rows.values()), len(quality.rows)
    examined = f"{rows:,} row{'s' * (rows != 1)} of {splits} split{'s' * (splits != 1)}"
    return f"{tally(quality.findings)} in {examined}."


def lines(quality: Quality) -> Iterator[str]:
    """Yield the findings for a terminal: a line for each rule, below it one for each place with what is known of it."""
    for rule, findings in _by_rule(quality.findings):
        yield f"{_word(findings[0])} {rule}: {RULES[rule].title}"
        for finding in findings:
            example = finding.examples[0] if finding.examples else None
            shown = f", e.g. {example.row}: {example.what}" if example else ""
            yield f"  {finding.place}: {_amount(finding)}{_measured(finding)}{shown}"
            yield from (f"    known: {statement}" for statement in finding.known)


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        rows = ((_word(each), each.rule, each.place, _amount(each), _safe(each.detail)) for each in findings)
        yield "## Findings"
        yield _table(("severity", "rule", "where", "how many", "measured"), rows)


def _meanings(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield "## What they mean"
    for rule, together in _by_rule(findings):
        yield f"**{rule}**: {RULES[rule].title}. {RULES[rule].fix}"
        examples = [example for finding in together for example in finding.examples]
        said = [f"- Known of {', '.join(places)}: {statement}" for statement, places in _explained(together).items()]
        said += [f"- `{each.row}`: {_safe(each.what)}" for each in examples[:_SHOWN]]
        if said:
            yield "\n".join(said)


def _overlaps(overlaps: Sequence[Overlap]) -> Iterator[str]:
    apart = [
        each
        for each in overlaps
        if each.first.partition("/")[2] != each.second.partition("/")[2] and (each.images or each.samples or each.texts)
    ]
    if apart:
        yield "## What splits share"
        yield "Share is the part of the second split's images whose bytes are in the first as well."
        rows = (
            (each.first, each.second, f"{each.images:,}", f"{each.share:.1%}", f"{each.samples:,}", f"{each.texts:,}")
            for each in apart
        )
        yield _table(("first", "second", "images", "share", "samples", "questions with answers"), rows)


def _reading(reading: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    counted = {place: report.get("counts", {}) for place, report in reading.items()}
    rows = [(place, _safe(kind), f"{number:,}") for place, counts in counted.items() for kind, number in counts.items()]
    if rows:
        yield "## Met while the authors' files were read"
        yield _table(("where", "problem", "records"), rows)


def _known(issues: Sequence[KnownIssue]) -> Iterator[str]:
    if issues:
        yield "## Known issues of the set"
        yield "\n".join(f"- {_concerned(each)}{each.statement} ({each.source}; {each.since})" for each in issues)


def _by_rule(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    return ((rule, list(together)) for rule, together in groupby(findings, key=lambda finding: finding.rule))


def _explained(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Return known statement → the places whose findings it explains."""
    places: dict[str, list[str]] = {}
    for finding in findings:
        for statement in finding.known:
            places.setdefault(statement, []).append(finding.place)
    return places


def _concerned(issue: KnownIssue) -> str:
    return f"{', '.join(f'`{config}`' for config in issue.configs)}: " if issue.configs else ""


def _measured(finding: Finding) -> str:
    return f", {finding.detail}" if finding.detail else ""


def _word(finding: Finding) -> str:
    return "note" if finding.severity == "information" else finding.severity


def _amount(finding: Finding) -> str:
    return f"{finding.count:,} of {finding.of:,} ({finding.share:.1%})"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(header)} |", f"|{'---|' * len(header)}", *body])


def _safe(text: str) -> str:
    r"""Keep Markdown from reading marks, tags or cells into a text of the authors.

    >>> _safe("<image> a|b *c*")
    '&lt;image&gt; a\\|b \\*c\\*'
    """
    escaped = "".join(f"\\{sign}" if sign in "\\`*_[]|#" else sign for sign in text)
    return " ".join(escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())
