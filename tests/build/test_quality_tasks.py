from sarbench.build.quality.report import lines, page
from tests.build.quality_case import answering, examined, findings, numbers, row


def test_the_share_of_rows_of_unknown_task() -> None:
    origins = ("rule", "unknown", "rule", "unknown")
    rows = [row(at, image=f"{at:07d}", task_origin=origin) for at, origin in enumerate(origins)]
    found = findings(rows, step=3)["task-unknown"]
    assert (found.severity, found.count, found.of) == ("information", 2, 4)
    assert numbers(found) == [1, 3]
    assert found.examples[0].what == rows[1].question


def test_where_every_task_is_known_nothing_is_said() -> None:
    assert "task-unknown" not in findings([row(0, task_origin="file")])
    assert "task-unknown" not in findings([row(0, task_origin="rule"), row(1, task_origin="rule")])


def test_what_is_known_stands_under_the_findings_that_it_explains() -> None:
    columns = {"task": "classification", "question": "What?"}
    rows = [
        *answering(["ship", "ship"], config="vqa1", split="train", **columns),
        *answering(["port", "port"], config="vqa2", split="train", **columns),
    ]
    quality = examined(rows, name="sarlang-1m")
    told = list(lines(quality))
    at = [place for place, line in enumerate(told) if line.startswith("    known: vqa1 is made from")]
    assert [told[place - 1].split(":")[0] for place in at] == ["  vqa1/train"]
    assert "- Known of vqa1/train: vqa1 is made from detection boxes" in page(quality, {})


def test_a_finding_between_two_configs_is_explained_by_what_holds_for_both() -> None:
    rows = [row(0, config=config, split=split) for config, split in (("vqa1", "train"), ("vqa2", "test"))]
    shared = [found for found in examined(rows, name="sarlang-1m").findings if found.rule == "texts-shared"]
    assert [found.known for found in shared] == [()]
