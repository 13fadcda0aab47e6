import pytest

from sarbench.build.quality import RULES
from sarbench.sources._known_issues import KNOWN_ISSUES, KnownIssue, known_issues

DATASETS = {"sarlang-1m", "sarchat-2m", "sar-text", "fusar-geovl", "sardet-100k"}


def test_every_dataset_has_some() -> None:
    assert {issue.dataset for issue in KNOWN_ISSUES} == DATASETS
    assert known_issues("fake") == ()


@pytest.mark.parametrize("issue", KNOWN_ISSUES, ids=lambda issue: issue.statement[:40])
def test_entries_are_complete(issue: KnownIssue) -> None:
    assert issue.rule is None or issue.rule in RULES
    assert issue.statement.endswith(".")
    assert issue.source
    assert issue.since[:2] == "20"
    assert ".md" not in issue.source or "https://" in issue.source


def test_what_an_entry_explains() -> None:
    issue = KnownIssue(
        dataset="fake", configs=("vqa",), rule="box-outside", statement="It is so.", source="README", since="2025"
    )
    assert issue.explains("box-outside", ["vqa1"])
    assert issue.explains("box-outside", ["caption", "vqa2"])
    assert not issue.explains("box-outside", ["caption"])
    assert not issue.explains("box-frame", ["vqa1"])
    everywhere = KnownIssue(dataset="fake", rule="box-outside", statement="It is so.", source="README", since="2025")
    assert everywhere.explains("box-outside", ["caption"])
    note = KnownIssue(dataset="fake", statement="It is so.", source="README", since="2025")
    assert not note.explains("box-outside", ["caption"])
