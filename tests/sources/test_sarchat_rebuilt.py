"""SARChat-2M's six tasks rebuilt from SARDet-100K's boxes."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from sarbench.schema import Row
from sarbench.simulate import write_sardet
from sarbench.sources import Report, sarchat, sardet
from tests.sources.chat import TASKS, file_name, record
from tests.sources.layouts import Folder, box, coco, image, picture


def rebuilt(folder: Folder, split: str = "train") -> Iterator[tuple[str, list[Row], Report]]:
    for task in TASKS:
        yield task, *folder.rows(sarchat, f"rebuilt-{task}", split)


def test_rebuilt_rows_per_task(sardet_folder: Folder) -> None:
    assert sarchat.splits(sardet_folder.root) == dict.fromkeys(
        (f"rebuilt-{task}" for task in TASKS), ("train", "validation", "test")
    )
    sizes = {task: len(rows) for task, rows, _ in rebuilt(sardet_folder)}
    # Image 1 holds a ship and a harbor, image 2 a ship; both are smaller than descriptions ask for.
    assert sizes == {
        "classification": 2,
        "description": 0,
        "counting": 3,
        "grounding": 2,
        "identification": 3,
        "referring": 3,
    }


def test_rebuilt_columns(sardet_folder: Folder) -> None:
    rows = {task: given for task, given, _ in rebuilt(sardet_folder)}
    ship = rows["identification"][1]
    assert ship.region == (4, 4, 12, 10.5)
    assert ship.answers == ("Examining the top left area reveals a very small ship.",)
    assert "{<4><4><12><10>}" in (ship.question or "")
    assert len(json.loads(ship.record)["annotations"]) == 1
    assert json.loads(ship.record)["annotations"][0]["bbox"] == [4.0, 4.0, 8.0, 6.5]
    assert len(json.loads(rows["counting"][0].record)["annotations"]) == 2
    assert [row.count for row in rows["counting"]] == [1, 1, 1]
    assert {row.subtask for row in rows["grounding"]} == {"grounding_multi", "grounding_single"}
    assert rows["referring"][1].boxes[0].xyxy == (4, 4, 12, 10.5)
    assert {row.text_origin for given in rows.values() for row in given} == {"derived"}
    assert {row.task_origin for given in rows.values() for row in given} == {"file"}
    assert {row.source.dataset for given in rows.values() for row in given if row.source} == {"SARDet-100K"}
    assert rows["classification"][0].id.startswith("sarchat-2m/rebuilt-classification/train/0000001-")


def test_rebuilt_rows_are_stable_and_hang_on_nothing_but_content(sardet_folder: Folder, tmp_path: Path) -> None:
    before = {task: [row.id for row in rows] for task, rows, _ in rebuilt(sardet_folder)}
    path = sardet_folder.root / "SARDet_100K/Annotations/train.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {key: content[key][::-1] for key in content}), encoding="utf-8")
    assert {task: [row.id for row in rows] for task, rows, _ in rebuilt(sardet_folder)} == before


def test_rebuilt_equal_boxes_are_told_apart(folder: Folder) -> None:
    folder.put("Annotations/test.json", coco([image(1)], [box(0, 1, [1, 1, 9, 9]), box(1, 1, [1, 1, 9, 9])]))
    folder.put("0000001.png", picture())
    rows, _ = folder.rows(sarchat, "rebuilt-identification", "test")
    assert [row.id[-2:] for row in rows] == ["-0", "-1"]


def test_flags_of_the_image_reach_every_rebuilt_row(folder: Folder) -> None:
    boxes = [box(0, 1, [1, 1, 9, 9]), box(2, 1, [60, 1, 9, 9])]
    folder.put("Annotations/test.json", coco([image(1, size=(1, 1))], boxes))
    folder.put("0000001.png", picture())
    for task, rows, report in rebuilt(folder, "test"):
        assert {row.flags for row in rows} <= {("box_outside_image", "size_mismatch")}, task
        assert report.skipped == 0


def test_an_image_that_lost_a_box_is_asked_about_single_boxes_alone(folder: Folder) -> None:
    boxes = [box(0, 1, [1, 1, 9, 9]), box(1, 1, [1, 1, 0, 9])]
    folder.put("Annotations/test.json", coco([image(1)], boxes))
    folder.put("0000001.png", picture())
    for task, rows, report in rebuilt(folder, "test"):
        assert len(rows) == (1 if task == "identification" else 0), task
        assert report.skipped == (0 if task == "identification" else 1)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(write_sardet(tmp_path_factory.mktemp("simulated"), images={"train": 6, "test": 6}))


def test_simulated_scenes_give_rows_for_every_task(simulated: Folder) -> None:
    shown, _ = simulated.rows(sardet, "detection", "test")
    targets = sum(len(row.boxes) for row in shown)
    for task, rows, report in rebuilt(simulated, "test"):
        assert rows, task
        assert report.counts == {}
        assert {row.text_origin for row in rows} == {"simulated"}
        assert len({row.id for row in rows}) == len(rows)
        runs = [name for name, _ in groupby(row.image_id for row in rows)]
        assert len(runs) == len(set(runs))
        assert len({id(row.image) for row in rows}) == len(runs)
        if task == "identification":
            assert len(rows) == targets


def test_rebuilt_texts_read_as_the_authors_files_give_the_same_rows(simulated: Folder, tmp_path: Path) -> None:
    """The reader of the authors' files understands what the rules write."""
    folder = Folder(tmp_path / "chat")
    (folder.root / "JPEGImages").symlink_to(simulated.root / "JPEGImages", target_is_directory=True)
    for task, rows, _ in rebuilt(simulated, "test"):
        subtasks: dict[str, list[Any]] = {}
        for row in rows:
            subtasks.setdefault(str(row.subtask), []).append(
                record(str(row.question), row.answers[0], str(row.image_id))
            )
        for subtask, records in subtasks.items():
            folder.put(file_name(subtask), records)
        read, report = folder.rows(sarchat, task, "test")
        assert report.counts == {}
        for ours, theirs in zip(sorted(rows, key=key), sorted(read, key=key), strict=True):
            assert key(ours) == key(theirs)
            assert (ours.boxes, ours.region, ours.count, ours.subtask) == (
                theirs.boxes,
                theirs.region,
                theirs.count,
                theirs.subtask,
            )


def key(row: Row) -> tuple[object, ...]:
    return row.image_id, row.question, row.answers


def test_hrsid_gives_rows_for_every_rebuilt_task(real_data: Path) -> None:
    folder = Folder(real_data / "hrsid")
    sizes = {}
    for task, rows, report in rebuilt(folder, "test"):
        assert report.counts == {}
        sizes[task] = len(rows)
    # One image alone has ships of at least 1 % of its area.
    assert sizes == {
        "classification": 3,
        "description": 1,
        "counting": 3,
        "grounding": 3,
        "identification": 24,
        "referring": 3,
    }
    assert [row.count for row in folder.rows(sarchat, "rebuilt-counting", "test")[0]] == [10, 8, 6]
