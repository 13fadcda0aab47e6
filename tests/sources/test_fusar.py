import json
from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError
from sarbench.schema import to_table
from sarbench.simulate import write_fusar
from sarbench.sources import Report, fusar
from tests.sources.layouts import Folder, picture

FIELDS = ("Terrain", "Functionality", "Distribution", "Layout", "Boundary", "Buildings", "Roads", "Water")
BEGINNINGS = (
    "The terrain is classified as ",
    "The area functionality is described as ",
    "Functional distribution: ",
    "Spatial layout: ",
    "Boundary features: ",
    "Building presence: ",
    "Road presence: ",
    "Water presence: ",
)


def record(number: int, **changes: Any) -> dict[str, Any]:
    values = {field: f"{begins}value {number} of {field}" for field, begins in zip(FIELDS, BEGINNINGS, strict=True)}
    return {"image_id": number, **values, **changes}


def test_eight_rows_and_one_caption_a_record(folder: Folder) -> None:
    folder.put("data/part/caption_part1.json", json.dumps([record(0), record(1)], indent=4))
    assert fusar.splits(folder.root) == {"fields": ("train",), "caption": ("train",)}
    rows, report = folder.rows(fusar, "fields", "train")
    assert report.counts == {}
    assert [row.subtask for row in rows] == [*FIELDS, *FIELDS]
    assert [row.answers for row in rows[:2]] == [("value 0 of Terrain",), ("value 0 of Functionality",)]
    assert len({row.question for row in rows}) == 8
    assert {(row.task, row.image, row.image_sha256, row.text_origin) for row in rows} == {
        ("attribute", None, None, "authors")
    }
    assert [row.image_id for row in rows] == ["0"] * 8 + ["1"] * 8
    assert json.loads(rows[0].record) == record(0)
    captions, _ = folder.rows(fusar, "caption", "train")
    expected = " ".join(f"{begins}value 0 of {field}." for field, begins in zip(FIELDS, BEGINNINGS, strict=True))
    assert captions[0].answers == (expected,)
    assert captions[0].question is None
    assert captions[0].source is not None
    assert (captions[0].source.file, captions[0].source.licence) == ("data/part/caption_part1.json", "none stated")
    assert to_table([*rows, *captions]).num_rows == 18


def test_other_names_of_fields(folder: Folder) -> None:
    given = record(0)
    renamed = {"Distribution": "Location", "Buildings": "building", "Roads": " ROAD "}
    folder.put("caption_part1.json", [{renamed.get(key, key): value for key, value in given.items()}])
    rows, report = folder.rows(fusar, "fields", "train")
    assert report.counts == {}
    assert [row.subtask for row in rows] == list(FIELDS)
    assert [row.answers[0] for row in rows] == [f"value 0 of {field}" for field in FIELDS]


def test_record_that_lacks_fields_keeps_the_others(folder: Folder) -> None:
    broken = record(0, Water="Water presence: ", Roads=None, Layout=5)
    del broken["Terrain"]
    folder.put("caption_part1.json", [broken, record(1)])
    rows, report = folder.rows(fusar, "fields", "train")
    assert len(rows) == 4 + 8
    assert report.counts == {"field missing or empty": 4}
    assert report.skipped == 0


def test_a_key_given_twice_is_noted_once_a_record(folder: Folder) -> None:
    twice = json.dumps([record(0), record(1)]).replace('"Water": ', '"Water": "none", "Water": ', 1)
    folder.put("caption_part1.json", twice)
    rows, report = folder.rows(fusar, "fields", "train")
    assert rows[7].answers == ("value 0 of Water",)
    (problem,) = report.problems
    assert (problem.record, problem.action) == ("record 0", "the last value counts")
    assert report.counts == {"record has a key twice": 1}


def test_values_without_the_fixed_beginning_stay_whole(folder: Folder) -> None:
    folder.put("caption_part1.json", [record(0, Water="WATER PRESENCE: None.", Roads="Roads run – straight")])
    rows, _ = folder.rows(fusar, "fields", "train")
    assert [row.answers[0] for row in rows[-2:]] == ["Roads run – straight", "None."]


def test_clauses_with_dollar_signs(folder: Folder) -> None:
    folder.put("caption_part1.json", [{"image_id": 4, "caption": "terrain is hilly$ no water. $ $"}])
    assert folder.rows(fusar, "fields", "train")[0] == []
    captions, _ = folder.rows(fusar, "caption", "train")
    assert [row.answers for row in captions] == [("terrain is hilly. no water.",)]


def test_bad_records_do_not_lose_the_good_ones(folder: Folder) -> None:
    folder.put("caption_part1.json", [7, {"image_id": 3}, record(1), {"Terrain": "x"}])
    rows, report = folder.rows(fusar, "caption", "train")
    assert [row.image_id for row in rows] == ["1", "caption_part1-3"]
    assert report.counts == {"record is not an object": 1, "record has no field and no caption": 1}


def test_repeated_ids_in_several_parts_stay_apart(folder: Folder) -> None:
    folder.put("caption_part10.json", [record(0)])
    folder.put("caption_part2.json", [record(0), record(0)])
    rows, report = folder.rows(fusar, "caption", "train")
    assert [row.image_id for row in rows] == ["0", "0~1", "0~2"]
    assert [row.source.file for row in rows if row.source] == ["caption_part2.json"] * 2 + ["caption_part10.json"]
    assert [row.flags for row in rows] == [(), ("image_id_repeated",), ("image_id_repeated",)]
    assert len({row.id for row in rows}) == 3
    assert report.counts == {"image id used before": 2}


def test_images_and_geolocation_once_they_come(folder: Folder) -> None:
    given = record(0, image="tiles/a.png", lat=31.2, lon=121.5, platform="Gaofen-3")
    folder.put("caption_part1.json", [given, record(1, image="b.png", latitude=91, longitude=5)])
    folder.put("images/a.png", picture())
    rows, report = folder.rows(fusar, "caption", "train")
    first, second = rows
    assert first.image is not None
    assert first.image.bytes == picture()
    assert (first.image_id, first.width) == ("a", 64)
    assert first.geo is not None
    assert (first.geo.lat, first.geo.lon, first.geo.platform) == (31.2, 121.5, "Gaofen-3")
    assert (second.image, second.geo, second.flags) == (None, None, ("image_missing", "place_dropped"))
    assert report.counts == {"place out of range": 1, "image not found": 1}
    assert fusar.files(folder.root) == (folder.root / "caption_part1.json", folder.root / "images")


def test_images_named_after_the_ids(folder: Folder) -> None:
    folder.put("caption_part1.json", [record(0), record(1), record(2, image="x/named.png")])
    folder.put("images/0.png", picture(0))
    folder.put("images/named.png", picture(2))
    rows, report = folder.rows(fusar, "caption", "train")
    assert [row.image_id for row in rows if row.image] == ["named"]
    problem = "images not taken: records name none, and not every id is the name of one image"
    assert report.counts == {problem: 1}
    folder.put("images/1.tif", picture(1))
    rows, report = folder.rows(fusar, "caption", "train")
    assert [row.image.bytes for row in rows if row.image] == [picture(0), picture(1), picture(2)]
    assert report.counts == {}


def test_captions_of_the_record_go_before_its_fields(folder: Folder) -> None:
    five = [f"water is absent$ view {number}$" for number in range(5)]
    folder.put("caption_part1.json", [record(0, captions=five), record(1, caption=["one", " ", 2])])
    rows, report = folder.rows(fusar, "caption", "train")
    assert rows[0].answers == tuple(f"water is absent. view {number}." for number in range(5))
    assert rows[1].answers == ("one.",)
    assert report.counts == {}
    assert len(folder.rows(fusar, "fields", "train")[0]) == 16


def test_location_is_a_field_or_a_place(folder: Folder) -> None:
    given = record(0, location=[121.5, 31.2], City="Shanghai", resolution="0.5-3 m")
    text = record(1, Location="Functional distribution: even")
    del text["Distribution"]
    folder.put("caption_part1.json", [given, text])
    rows, report = folder.rows(fusar, "fields", "train")
    geo = rows[0].geo
    assert geo is not None
    assert (geo.lat, geo.lon, geo.place, geo.gsd_min_m, geo.gsd_max_m) == (31.2, 121.5, "Shanghai", 0.5, 3.0)
    assert [row.answers for row in rows if row.subtask == "Distribution"] == [("value 0 of Distribution",), ("even",)]
    assert rows[-1].geo is None
    assert report.counts == {}


@pytest.mark.parametrize("config", ["fields", "caption"])
def test_parts_give_the_rows_of_the_whole(folder: Folder, config: str) -> None:
    folder.put("caption_part1.json", [record(0), 5, record(0), record(2)])
    folder.put("caption_part2.json", [record(2, Water="x"), record(0)])
    whole = list(fusar.rows(folder.root, config, "train", report=Report()))
    with fusar.open_split(folder.root, config, "train", report=Report()) as opened:
        assert opened.groups == 5
        parts = [list(opened.rows(range(group, group + 1), Report())) for group in reversed(range(5))]
    assert [row for part in reversed(parts) for row in part] == whole
    assert len({row.id for row in whole}) == len(whole)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('[{"image_id": 0,', "is cut off"),
        ("[]", "none of its 0 records"),
        ('[{"a": 1}]', "none of its 1"),
    ],
)
def test_unusable_files_are_named(folder: Folder, content: str, message: str) -> None:
    path = folder.put("caption_part1.json", content)
    with pytest.raises(InputError, match=message) as caught:
        folder.rows(fusar, "fields", "train")
    assert caught.value.where == str(path)


def test_nothing_usable_and_doubles(folder: Folder) -> None:
    with pytest.raises(InputError, match=r"looked for caption_part1\.json\. Download data/part/"):
        fusar.splits(folder.root)
    folder.put("a/caption_part1.json", [record(0)])
    folder.put("b/caption_part1.json", [record(0)])
    with pytest.raises(InputError, match=r"part 1 is there twice: a/caption_part1\.json, b/caption_part1\.json"):
        fusar.splits(folder.root)


def test_simulated_records_are_marked(tmp_path: Path) -> None:
    write_fusar(tmp_path / "simulated")
    rows, report = Folder(tmp_path / "simulated").rows(fusar, "fields", "train")
    assert report.counts == {}
    assert rows
    assert {row.text_origin for row in rows} == {"simulated"}


def test_public_records_are_all_there(real_data: Path) -> None:
    folder = Folder(real_data / "fusar_geovl")
    records = json.loads((folder.root / "caption_part1.json").read_text(encoding="utf-8"))
    rows, report = folder.rows(fusar, "fields", "train")
    captions, more = folder.rows(fusar, "caption", "train")
    assert report.counts == more.counts == {}
    assert (len(rows), len(captions)) == (8000, 1000)
    assert len({row.id for row in rows}) == 8000
    beginnings = dict(zip(FIELDS, BEGINNINGS, strict=True))
    read = {(row.image_id, row.subtask): beginnings[str(row.subtask)] + row.answers[0] for row in rows}
    assert read == {(str(given["image_id"]), field): given[field].strip() for given in records for field in FIELDS}
    assert [json.loads(row.record) for row in captions] == records
    assert sum(not row.answers[0].isascii() for row in captions) == 33
