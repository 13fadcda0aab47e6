import json

from sarbench.sources import Report
from sarbench.sources._report import LISTED


def test_all_are_counted_and_the_first_of_each_kind_listed() -> None:
    report = Report()
    for number in range(LISTED + 30):
        report.skip(file="a.json", record=str(number), problem="image not found")
    report.flag(file="a.json", record="x", problem="size")
    assert report.counts == {"image not found": LISTED + 30, "size": 1}
    assert report.skipped == LISTED + 30
    assert len(report.problems) == LISTED + 1
    assert report.problems[0].record == "0"


def test_json_holds_everything() -> None:
    report = Report()
    report.flag(file="ä.json", record="図", problem="size", action="box dropped")
    assert json.loads(report.to_json()) == {
        "skipped": 0,
        "counts": {"size": 1},
        "problems": [{"file": "ä.json", "record": "図", "problem": "size", "action": "box dropped"}],
    }


def test_same_problem_with_two_actions_is_counted_once_over_and_shown_twice() -> None:
    report = Report()
    report.flag(file="f", record="1", problem="box given twice", action="kept")
    report.flag(file="f", record="2", problem="box given twice", action="counted once")
    assert report.counts == {"box given twice": 2}
    assert report.summary().count("box given twice") == 2


def test_merge_adds_counts_and_keeps_the_limit() -> None:
    one, other = Report(), Report()
    for report in (one, other):
        for number in range(LISTED - 10):
            report.skip(file="f", record=str(number), problem="p")
    one.merge(other)
    assert one.counts == {"p": 2 * (LISTED - 10)}
    assert len(one.problems) == LISTED


def test_empty_report() -> None:
    assert Report().summary() == "no problems"
    assert json.loads(Report().to_json()) == {"skipped": 0, "counts": {}, "problems": []}
