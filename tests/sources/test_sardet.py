"""SARDet-100K: layouts, boxes, and everything that may be wrong with the files."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError
from sarbench.schema import Row, to_table
from sarbench.simulate import write_sardet
from sarbench.sources import Report, sardet
from sarbench.sources.coco.annotations import read_coco
from tests.sources.layouts import Folder, box, coco, image, picture


def one(folder: Folder, images: list[dict[str, Any]], boxes: list[Any], **more: Any) -> tuple[list[Row], Report]:
    """Read a test split with a picture under every file name that has none yet."""
    folder.put("annotations/test.json", coco(images, boxes, **more))
    for entry in images:
        name = entry.get("file_name")
        if isinstance(name, str) and name.strip() and not (folder.root / "JPEGImages" / name).exists():
            folder.put(f"JPEGImages/{name}", picture(len(name)))
    return folder.rows(sardet, "detection", "test")


def test_rows_of_the_authors_layout(sardet_folder: Folder) -> None:
    assert sardet.splits(sardet_folder.root) == {"detection": ("train", "validation", "test")}
    rows, report = sardet_folder.rows(sardet, "detection", "train")
    assert report.counts == {}
    assert [row.image_id for row in rows] == ["0000001", "0000002"]
    first = rows[0]
    assert first.id == "sardet-100k/detection/train/0000001-97294f05c360-0"
    assert [(each.label, each.xyxy) for each in first.boxes] == [
        ("ship", (4, 4, 12, 10.5)),
        ("harbor", (30, 20, 60, 45)),
    ]
    assert first.image is not None
    assert first.image.bytes == picture(1)
    assert (first.width, first.height, first.task, first.question, first.answers) == (64, 48, "grounding", None, ())
    assert (first.task_origin, first.text_origin) == ("file", "authors")
    record = json.loads(first.record)
    assert record["image"] == image(1)
    assert record["annotations"] == [box(0, 1, [4.0, 4.0, 8.0, 6.5]), box(1, 1, [30.0, 20.0, 30.0, 25.0], 5)]
    assert first.source is not None
    assert (first.source.dataset, first.source.split, first.source.licence) == ("SARDet-100K", "train", "CC BY-NC 4.0")
    assert first.source.file == "SARDet_100K/Annotations/train.json"
    assert (first.source.box_frame, first.source.box_edges) == ("native pixels", "exclusive")
    assert to_table(rows).num_rows == 2


@pytest.mark.parametrize(
    "names", [("annotations", "images", "instances_{}2017"), ("ANNOTATIONS", "JPEG-Images", "{}_final")]
)
def test_other_names_of_folders_and_files(folder: Folder, names: tuple[str, str, str]) -> None:
    annotations, images, stem = names
    folder.put(f"{annotations}/{stem.format('Val')}.json", coco([image(3)], [box(0, 3, [1, 1, 5, 5])]))
    folder.put(f"{images}/0000003.png", picture())
    assert sardet.splits(folder.root) == {"detection": ("validation",)}
    rows, _ = folder.rows(sardet, "detection", "validation")
    assert len(rows) == 1


def test_union_and_other_json_files_are_not_taken_for_splits(sardet_folder: Folder) -> None:
    for name in ("Annotations/train_test2017.json", "Annotations/inshore.json", "test_results.json"):
        sardet_folder.put(f"SARDet_100K/{name}", {"x": 1})
    assert len(sardet_folder.rows(sardet, "detection", "test")[0]) == 1


def test_two_files_for_one_split_are_an_error(sardet_folder: Folder) -> None:
    sardet_folder.put("HRSID/annotations/test2017.json", coco([image(1)], []))
    with pytest.raises(InputError, match=r"HRSID/annotations/test2017\.json, SARDet_100K/Annotations/test\.json"):
        sardet.splits(sardet_folder.root)


def test_zipped_set_gives_the_same_rows(sardet_folder: Folder, tmp_path: Path) -> None:
    plain, _ = sardet_folder.rows(sardet, "detection", "train")
    archived = Folder(tmp_path / "zipped")
    shutil.make_archive(str(archived.root / "SARDet"), "zip", sardet_folder.root)
    zipped, report = archived.rows(sardet, "detection", "train")
    assert report.counts == {}
    assert [(row.id, row.sample_sha256, row.image) for row in zipped] == [
        (row.id, row.sample_sha256, row.image) for row in plain
    ]
    assert sardet.files(archived.root) == (archived.root / "SARDet.zip",)


def test_images_zip_beside_the_annotations(sardet_folder: Folder) -> None:
    images = sardet_folder.root / "SARDet_100K" / "JPEGImages"
    with zipfile.ZipFile(sardet_folder.root / "JPEGImages.zip", "w") as archive:
        for path in images.rglob("*.*"):
            archive.write(path, path.relative_to(images.parent))
    shutil.rmtree(images)
    assert len(sardet_folder.rows(sardet, "detection", "train")[0]) == 2


def test_files_identify_the_input(sardet_folder: Folder) -> None:
    root = sardet_folder.root / "SARDet_100K"
    expected = [root / "Annotations" / f"{split}.json" for split in ("test", "train", "val")]
    expected += [root / "JPEGImages" / split for split in ("test", "train", "val")]
    assert sardet.files(sardet_folder.root) == tuple(expected)


def test_rows_do_not_hang_on_the_order_of_the_file(folder: Folder) -> None:
    images, boxes = [image(1), image(2)], [box(0, 1, [1, 1, 5, 5]), box(1, 2, [2, 2, 5, 5])]
    forward, _ = one(folder, images, boxes)
    backward, _ = one(folder, images[::-1], boxes[::-1])
    assert [row.id for row in forward] == [row.id for row in backward]
    assert [row.sample_sha256 for row in forward] == [row.sample_sha256 for row in backward]


def test_one_changed_pixel_or_edge_changes_the_sample_hash(folder: Folder) -> None:
    before = one(folder, [image(1)], [box(0, 1, [1, 1, 5, 5])])[0][0]
    moved = one(folder, [image(1)], [box(0, 1, [1, 1, 5, 5.5])])[0][0]
    folder.put("JPEGImages/0000001.png", picture(99))
    repainted = one(folder, [image(1)], [box(0, 1, [1, 1, 5, 5])])[0][0]
    assert before.id == moved.id == repainted.id
    assert len({before.sample_sha256, moved.sample_sha256, repainted.sample_sha256}) == 3


def test_unicode_names_and_aliases(folder: Folder) -> None:
    rows, report = one(
        folder,
        [image(1, "港口_Fährhafen 1.png")],
        [box(0, 1, [1, 1, 5, 5], 0), box(1, 1, [2, 2, 5, 5], 1)],
        classes=("Harbour", "Vessels"),
    )
    assert report.counts == {}
    assert [each.label for each in rows[0].boxes] == ["harbor", "ship"]
    assert rows[0].image_id == "港口_Fährhafen 1"


def test_image_without_boxes_is_kept(folder: Folder) -> None:
    rows, _ = one(folder, [image(1), image(2)], [box(0, 1, [1, 1, 5, 5])])
    assert [len(row.boxes) for row in rows] == [1, 0]


@pytest.mark.parametrize(
    ("bbox", "problem"),
    [
        ([1, 1, 0, 5], "box has no area"),
        ([1, 1, -3, 5], "box has no area"),
        ([1, 1, None, 5], "box is not four numbers"),
        ([1, 1, float("nan"), 5], "box is not four numbers"),
        ([1, 1, 5], "box is not four numbers"),
        ([64, 1, 5, 5], "box wholly outside the image"),
        ([-9, -9, 5, 5], "box wholly outside the image"),
    ],
)
def test_bad_boxes_are_dropped_and_the_row_is_flagged(folder: Folder, bbox: list[Any], problem: str) -> None:
    rows, report = one(folder, [image(1)], [box(0, 1, bbox), box(1, 1, [1, 1, 5, 5])])
    mended = {"record is not strict JSON": 1} if "nan" in map(str, bbox) else {}
    assert report.counts == {**mended, problem: 1}
    assert report.problems[-1].action == "box dropped"
    assert len(rows[0].boxes) == 1
    assert rows[0].flags == ("box_dropped",)
    assert len(json.loads(rows[0].record)["annotations"]) == 2


def test_bbox_of_another_type_is_dropped(folder: Folder) -> None:
    rows, report = one(folder, [image(1)], [box(0, 1, []) | {"bbox": "1,2,3,4"}, box(1, 1, [1, 1, 5, 5])])
    assert report.counts == {"box is not four numbers": 1}
    assert len(rows[0].boxes) == 1


def test_box_over_the_edge_is_kept_as_it_is(folder: Folder) -> None:
    rows, report = one(folder, [image(1)], [box(0, 1, [60, -2, 10, 5])])
    assert rows[0].boxes[0].xyxy == (60, -2, 70, 3)
    assert rows[0].flags == ("box_outside_image",)
    assert report.counts == {"box reaches over the edge of the image": 1}


def test_wrong_declared_size_gives_way_to_the_true_one(folder: Folder) -> None:
    rows, report = one(folder, [image(1, size=(512, 512))], [box(0, 1, [1, 1, 5, 5])])
    assert (rows[0].width, rows[0].height) == (64, 48)
    assert rows[0].flags == ("size_mismatch",)
    assert report.counts == {"declared size is not the image's size": 1}
    assert "512 × 512" in report.problems[0].record


def test_missing_damaged_and_foreign_images_are_skipped(folder: Folder) -> None:
    folder.put("JPEGImages/0000002.png", b"not an image")
    folder.put("JPEGImages/0000003.png", picture()[:-30])
    folder.put("annotations/test.json", coco([image(n) for n in (1, 2, 3, 4)], [box(0, 4, [1, 1, 5, 5])]))
    folder.put("JPEGImages/0000004.png", picture())
    rows, report = folder.rows(sardet, "detection", "test")
    assert [row.image_id for row in rows] == ["0000004"]
    assert report.counts == {"image not found": 1, "image cannot be read": 2}
    assert report.skipped == 3
    assert "cut off" in report.problems[2].record


def test_image_in_the_folder_of_another_split_is_not_taken(sardet_folder: Folder) -> None:
    images = sardet_folder.root / "SARDet_100K" / "JPEGImages"
    (images / "test" / "0000004.jpg").rename(images / "train" / "0000004.jpg")
    rows, report = sardet_folder.rows(sardet, "detection", "test")
    assert rows == []
    assert report.counts == {"image not found": 1}


def test_file_listed_twice_is_one_image_with_all_boxes(folder: Folder) -> None:
    images = [image(1), image(2, "0000001.png")]
    rows, report = one(folder, images, [box(0, 1, [1, 1, 5, 5]), box(1, 2, [1, 1, 5, 5]), box(2, 2, [9, 9, 5, 5])])
    assert len(rows) == 1
    assert [each.xyxy for each in rows[0].boxes] == [(1, 1, 6, 6), (9, 9, 14, 14)]
    assert rows[0].flags == ("image_listed_twice",)
    assert report.counts == {"image listed twice": 1, "box given twice": 1}


def test_one_id_for_two_files_loses_both(folder: Folder) -> None:
    images = [image(1), image(1, "0000009.png"), image(2)]
    rows, report = one(folder, images, [box(0, 1, [1, 1, 5, 5]), box(1, 2, [1, 1, 5, 5])])
    assert [row.image_id for row in rows] == ["0000002"]
    assert report.counts == {"image id stands for several files": 2, "annotation of an unknown image": 1}


def test_repeated_annotations(folder: Folder) -> None:
    boxes = [box(7, 1, [1, 1, 5, 5]), box(7, 1, [1, 1, 5, 5]), box(7, 1, [9, 9, 5, 5]), box(8, 1, [9, 9, 5, 5])]
    rows, report = one(folder, [image(1)], boxes)
    assert [each.xyxy for each in rows[0].boxes] == [(1, 1, 6, 6), (9, 9, 14, 14), (9, 9, 14, 14)]
    assert report.counts == {"annotation id used twice": 2, "box given twice": 2}
    assert rows[0].flags == ()


@pytest.mark.parametrize("mark", [{"iscrowd": 1}, {"ignore": 1}])
def test_crowds_and_ignored_boxes_are_no_targets(folder: Folder, mark: dict[str, int]) -> None:
    rows, report = one(folder, [image(1)], [box(0, 1, [1, 1, 5, 5]), box(1, 1, [9, 9, 5, 5], **mark)])
    assert len(rows[0].boxes) == 1
    assert rows[0].flags == ("box_ignored",)
    assert report.counts == {"box marked as crowd or ignore": 1}


def test_unknown_category_is_reported_and_the_rest_is_read(folder: Folder) -> None:
    boxes = [box(0, 1, [1, 1, 5, 5], 1), box(1, 1, [9, 9, 5, 5], 0), box(2, 1, [9, 9, 5, 5], 77)]
    rows, report = one(folder, [image(1)], boxes, classes=("wind turbine", "ship"))
    assert [each.label for each in rows[0].boxes] == ["ship"]
    assert rows[0].flags == ("box_dropped",)
    assert report.counts == {"unknown category": 1, "box of an unknown class": 2}


def test_bad_records_do_not_lose_the_good_ones(folder: Folder) -> None:
    images = [image(1), {"id": 2}, "text", image(3, " "), {"file_name": 5, "id": 9}]
    boxes = [box(0, 1, [1, 1, 5, 5]), {"bbox": [1, 2, 3, 4]}, 17, box(2, 55, [1, 1, 5, 5])]
    folder.put("annotations/test.json", coco(images, boxes) | {"info": None})
    folder.put("JPEGImages/0000001.png", picture())
    rows, report = folder.rows(sardet, "detection", "test")
    assert len(rows) == 1
    assert report.counts == {
        "image record cannot be read": 3,
        "image record without a file name": 1,
        "annotation cannot be read": 2,
        "annotation of an unknown image": 1,
    }


def test_ids_may_be_text_or_floats(folder: Folder) -> None:
    rows, report = one(folder, [image(1) | {"id": "1"}], [box(0, 1, [1, 1, 5, 5]) | {"image_id": 1.0}])
    assert len(rows[0].boxes) == 1
    assert report.counts == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('{"images": [], "annota', r"is cut off at line 1, column \d+"),
        ("not JSON", "holds no JSON, not a COCO object"),
        ("[]", "holds a JSON array, not a COCO object"),
        ('{"images": []}', "has no annotations and no categories"),
        ('{"images": 5, "annotations": [], "categories": []}', "is not a COCO object"),
        (coco([], [1]), "lists no image that can be read"),
        (coco([image(1)], []), "lists 1 images and not one box"),
        (coco([image(1)], [box(0, 1, [1, 1, 5, 5])], ("dog", "cat")), "its categories are dog, cat"),
        (coco([image(1)], [box(0, 1, [1, 1, 5, 5])], ()), "its categories are none"),
    ],
)
def test_unusable_annotation_files_are_named_with_the_next_step(folder: Folder, content: Any, message: str) -> None:
    path = folder.put("annotations/test.json", content)
    with pytest.raises(InputError, match=message) as caught:
        folder.rows(sardet, "detection", "test")
    assert caught.value.where == str(path)
    assert caught.value.fix


def test_empty_folder_says_what_was_looked_for_and_where_to_get_it(folder: Folder) -> None:
    with pytest.raises(InputError, match=r"holds nothing usable: looked for COCO files .*Download SARDet-100K"):
        sardet.splits(folder.root)
    with pytest.raises(InputError, match="there is no such folder"):
        sardet.splits(folder.root / "nowhere")


def test_missing_split_is_named(sardet_folder: Folder) -> None:
    (sardet_folder.root / "SARDet_100K/Annotations/val.json").unlink()
    with pytest.raises(InputError, match="a COCO file of validation"):
        sardet_folder.rows(sardet, "detection", "validation")


def test_foreign_archive_beside_the_images_is_noted(sardet_folder: Folder) -> None:
    sardet_folder.put("rest.rar", b"Rar!")
    _, report = sardet_folder.rows(sardet, "detection", "test")
    assert report.counts == {"archive cannot be opened": 1}


def test_simulated_folder_marks_every_row(tmp_path: Path) -> None:
    folder = Folder(write_sardet(tmp_path / "simulated", images={"test": 3}))
    rows, report = folder.rows(sardet, "detection", "test")
    assert report.counts == {}
    assert len(rows) == 3
    assert {(row.text_origin, row.source.licence) for row in rows if row.source} == {("simulated", "simulated")}


def test_hrsid(real_data: Path) -> None:
    root = real_data / "hrsid"
    assert sardet.splits(root) == {"detection": ("test",)}
    rows, report = Folder(root).rows(sardet, "detection", "test")
    assert report.counts == {}
    assert [len(row.boxes) for row in rows] == [10, 8, 6]
    assert {(each.label, row.width, row.height) for row in rows for each in row.boxes} == {("ship", 800, 800)}
    assert {row.source.dataset for row in rows if row.source} == {"HRSID"}
    assert rows[0].boxes[0].xyxy == (147, 467, 185, 500)


def test_a_category_id_of_two_classes_is_neither() -> None:
    image = {"id": 1, "file_name": "a.png", "width": 8, "height": 8}
    boxes = [{"id": n, "image_id": 1, "category_id": n, "bbox": [0, 0, 2, 2]} for n in (0, 1)]
    names = [(0, "ship"), (1, "tank"), (0, "aircraft")]
    content = {
        "images": [image],
        "annotations": boxes,
        "categories": [{"id": number, "name": name} for number, name in names],
    }
    report = Report()
    coco = read_coco(json.dumps(content).encode(), file="train.json", report=report)
    assert [box.label for box in coco.images[0].boxes if box.label] == ["tank"]
    assert report.counts["category id stands for several classes"] == 1


def test_bytes_behind_the_end_of_an_annotation_file_are_reported_and_its_boxes_read() -> None:
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 8}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 0, "bbox": [0, 0, 2, 2]}],
        "categories": [{"id": 0, "name": "ship"}],
    }
    report = Report()
    coco = read_coco(json.dumps(content).encode() + b"\0" * 512, file="train.json", report=report)
    assert [box.label for box in coco.images[0].boxes] == ["ship"]
    assert report.counts == {"text behind the end of the object": 1}
