import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.schema import to_table
from sarbench.simulate import write_sartext
from sarbench.sources import Report, sartext
from tests.sources.layouts import Folder, picture

CAPTION = "Two ships, one of them large, in open water."


def table(*rows: tuple[str, ...], header: tuple[str, ...] = ("filepath", "caption")) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def dialogue(path: str, *turns: tuple[str, str], name: str | None = None) -> dict[str, Any]:
    spoken = [{"from": who, "value": said} for turn in turns for who, said in zip(("human", "gpt"), turn, strict=True)]
    return {"id": name or "_".join(path.split("/")[-2:]), "image": path, "conversations": spoken}


def test_captions_of_every_source(folder: Folder) -> None:
    data = "SAR-TEXT-data"
    folder.put(f"{data}/annotations_QXSLAB_SAROPT.csv", table(("Image/QXSLAB_SAROPT/7.png", CAPTION)))
    folder.put(f"{data}/Annotations-SEN12.csv", table(("./Image/SEN12/7.png", "Forest."), ("Image/SEN12/8.png", " ")))
    folder.put(f"{data}/Image/QXSLAB_SAROPT/7.png", picture(1))
    folder.put(f"{data}/Image/SEN12/7.png", picture(2))
    folder.put(f"{data}/Image/SEN12/8.png", picture(3))
    assert sartext.splits(folder.root) == {"caption": ("train",)}
    rows, report = folder.rows(sartext, "caption", "train")
    assert report.counts == {"caption is empty": 1}
    assert [(row.image_id, row.answers, row.question, row.task) for row in rows] == [
        ("QXSLAB_SAROPT/7", (CAPTION,), None, "caption"),
        ("SEN12/7", ("Forest.",), None, "caption"),
    ]
    assert [row.image.bytes for row in rows if row.image] == [picture(1), picture(2)]
    assert [(row.source.dataset, row.source.file, row.source.split) for row in rows if row.source] == [
        ("QXSLAB_SAROPT", f"{data}/annotations_QXSLAB_SAROPT.csv", None),
        ("SEN12", f"{data}/Annotations-SEN12.csv", None),
    ]
    assert json.loads(rows[0].record) == {"filepath": "Image/QXSLAB_SAROPT/7.png", "caption": CAPTION}
    assert to_table(rows).num_rows == 2


def test_image_of_another_source_is_not_taken_for_a_missing_one(folder: Folder) -> None:
    folder.put("annotations_QXSLAB_SAROPT.csv", table(("Image/QXSLAB_SAROPT/7.png", "a"), ("9.png", "b")))
    folder.put("annotations_SEN12.csv", table(("7.png", "c")))
    folder.put("Image/SEN12/7.png", picture())
    rows, report = folder.rows(sartext, "caption", "train")
    assert [(row.answers, row.source.dataset) for row in rows if row.source] == [(("c",), "SEN12")]
    assert report.counts == {"image not found": 2}


def test_flat_image_folder_will_do_and_doubtful_images_do_not(folder: Folder) -> None:
    folder.put("annotations_SEN12.csv", table(("Image/SEN12/a.png", "x"), ("Image/SEN12/b.png", "y")))
    folder.put("pictures/a.tif", picture(1))
    folder.put("one/b.png", picture(1))
    folder.put("two/b.png", picture(2))
    rows, report = folder.rows(sartext, "caption", "train")
    assert [row.image_id for row in rows] == ["a"]
    assert report.counts == {"several images fit": 1}


def test_a_key_given_twice_is_noted_once_a_record(folder: Folder) -> None:
    records = [dialogue(f"Image/SEN12/{at}.png", ("Is it a port?", "Yes"), ("Is it big?", "No")) for at in (1, 2)]
    twice = json.dumps(records).replace('"conversations": ', '"conversations": [], "conversations": ', 1)
    folder.put("SAR-VQA_conv.json", twice)
    for number in (1, 2):
        folder.put(f"Image/SEN12/{number}.png", picture(number))
    rows, report = folder.rows(sartext, "vqa", "train")
    assert [row.answers for row in rows] == [("Yes",), ("No",)] * 2
    (problem,) = report.problems
    assert (problem.record, problem.action) == ("record 0", "the last value counts")
    assert report.counts == {"record has a key twice": 1}


def test_dialogues_become_turns(folder: Folder) -> None:
    turns = [
        ("How many ships are there?", "There are 3 ships."),
        ("Is it a port?", "Yes, it is."),
        ("Is it a port or a river?", "A port"),
        ("Where is the quay?", "top left"),
        ("What is bright?", ""),
        ("What is bright?", "The quay"),
    ]
    record = dialogue("/home/author/SAR-TEXT-data/Image/SAR-ship/a.jpg", *turns)
    record["conversations"].append({"from": "human", "value": "And what el"})
    folder.put(
        "sar vqa CONV.json", [record, dialogue("/x/SAR-ship/a.jpg", turns[1], name=record["id"]), {"id": "b"}, 7]
    )
    folder.put("Image/SAR-ship/a.png", picture())
    rows, report = folder.rows(sartext, "vqa", "train")
    assert report.counts == {
        "record has no question with an answer": 1,
        "record is not a conversation": 1,
        "question without an answer": 1,
        "empty answer": 1,
    }
    assert [(row.task, row.task_origin, row.count, row.turn) for row in rows if row.dialogue_id == record["id"]] == [
        ("counting", "rule", 3, 0),
        ("presence", "rule", None, 1),
        ("vqa", "unknown", None, 2),
        ("position", "rule", None, 3),
        ("vqa", "unknown", None, 5),
    ]
    assert [(row.dialogue_id, row.turn, row.answers) for row in rows[5:]] == [
        (f"{record['id']}~1", 0, ("Yes, it is.",)),
    ]
    assert {row.source.dataset for row in rows if row.source} == {"SAR-ship"}
    assert json.loads(rows[0].record) == record
    assert len({row.id for row in rows}) == 6


def test_flattened_dialogues_stand_in_for_missing_ones(folder: Folder) -> None:
    header = ("id", "image", "question", "answer")
    image = "/SAR-TEXT-data/Image/MSAR-1.0/1.jpg"
    folder.put("SAR-VQA_ALL_v2.csv", table(("1", image, "Is it wet?", "No"), ("2", image, "Why?", ""), header=header))
    folder.put("Image/MSAR-1.0/1.jpg", picture(kind="JPEG"))
    rows, report = folder.rows(sartext, "vqa", "train")
    assert [(row.question, row.answers, row.dialogue_id, row.turn) for row in rows] == [
        ("Is it wet?", ("No",), None, None)
    ]
    assert set(report.counts) == {"flattened copy by somebody else, not the authors' SAR-VQA_conv.json", "empty answer"}
    folder.put("SAR-VQA_conv.json", [dialogue(image, ("Is it dry?", "Yes"))])
    rows, report = folder.rows(sartext, "vqa", "train")
    assert [row.question for row in rows] == ["Is it dry?"]
    assert report.counts == {"flattened copy beside the authors' dialogues": 1}


def test_retrieval_captions_have_one_row_each(folder: Folder) -> None:
    name = "P0001_0_800_7200_8000.jpg"
    folder.put("HRSID_test_caption.csv", table((name, "one"), (name, "two"), ("P0002_0_0_0_0.jpg", "three")))
    folder.put("HRSID_JPG/JPEGImages/" + name, picture(1, kind="JPEG"))
    folder.put("Image/HRSID/" + name, picture(2, kind="JPEG"))
    folder.put("HRSID_train_caption.csv", table((name, "not this one")))
    assert sartext.splits(folder.root) == {"retrieval-hrsid": ("test",)}
    rows, report = folder.rows(sartext, "retrieval-hrsid", "test")
    assert [(row.task, row.answers) for row in rows] == [("retrieval", ("one",)), ("retrieval", ("two",))]
    assert [row.image.bytes for row in rows if row.image] == [picture(1, kind="JPEG")] * 2
    assert len({row.image_id for row in rows}) == 1
    assert report.counts == {"image not found": 1}


def test_osdataset_never_gives_optical_images(folder: Folder) -> None:
    rows = [("512/test/sar/sar1.png", "a"), ("512/train/sar/sar1.png", "b"), ("512/test/opt/opt1.png", "c")]
    folder.put("OSdataset_512_caption.csv", table(*rows))
    for split in ("train", "test"):
        folder.put(f"OSdataset/512/{split}/sar/sar1.png", picture(len(split)))
        folder.put(f"OSdataset/512/{split}/opt/opt1.png", picture(9))
    assert sartext.splits(folder.root) == {"retrieval-osdataset": ("train", "test")}
    test, report = folder.rows(sartext, "retrieval-osdataset", "test")
    train, _ = folder.rows(sartext, "retrieval-osdataset", "train")
    assert [(row.answers, row.image.bytes) for row in (*test, *train) if row.image] == [
        (("a",), picture(4)),
        (("b",), picture(5)),
    ]
    assert report.counts == {"image not found": 1}
    assert not any(place.name == "opt" for place in sartext.files(folder.root))


def test_lists_sort_captions_and_dialogues(folder: Folder) -> None:
    names = ("1.png", "2.png", "3.png", "4.png")
    folder.put("annotations_SEN12.csv", table(*[(f"Image/SEN12/{name}", name) for name in names]))
    folder.put("SAR-VQA_conv.json", [dialogue(f"/x/Image/SEN12/{name}", ("Why?", name)) for name in names])
    folder.put("lists/test.txt", "# held out\nSEN12/1.png\r\n\n/else/Image/HRSID/2.png\n3\n")
    for number, name in enumerate(names):
        folder.put(f"Image/SEN12/{name}", picture(number))
    assert sartext.splits(folder.root) == {"caption": ("train", "test"), "vqa": ("train", "test")}
    for config in ("caption", "vqa"):
        held = {split: folder.rows(sartext, config, split)[0] for split in ("train", "test")}
        assert [row.image_id for row in held["test"]] == ["1", "3"]
        assert [row.image_id for row in held["train"]] == ["2", "4"]
    folder.put("lists/train.txt", "2.png\n3.png\n")
    rows, report = folder.rows(sartext, "caption", "train")
    assert [row.image_id for row in rows] == ["2"]
    assert report.counts == {"image is in the lists of several splits": 1, "image is in no list": 1}


def test_column_and_file_names_sort_too(folder: Folder) -> None:
    header = ("filepath", "caption", "split")
    folder.put("annotations_SEN12.csv", table(("1.png", "a", "val"), ("1.png", "b", ""), header=header))
    folder.put("SAR-VQA_conv_test.json", [dialogue("1.png", ("Why?", "So."))])
    folder.put("Image/SEN12/1.png", picture())
    assert sartext.splits(folder.root) == {"caption": ("train", "validation"), "vqa": ("test",)}
    assert [row.answers for row in folder.rows(sartext, "caption", "validation")[0]] == [("a",)]


def test_bad_lines_do_not_lose_the_good_ones(folder: Folder) -> None:
    lines = b'filepath,caption\n1.png,"never closed\n2.png,caf\xe9\n3.png,"good, one"\n,none\n4.png,a,b\n5.png,good\n'
    folder.put("annotations_SEN12.csv", b"\xef\xbb\xbf" + lines)
    for number in range(1, 6):
        folder.put(f"Image/SEN12/{number}.png", picture(number))
    rows, report = folder.rows(sartext, "caption", "train")
    assert [row.answers for row in rows] == [("good, one",), ("good",)]
    assert report.counts == {
        "quotes are unbalanced": 1,
        "line is not UTF-8": 1,
        "record has too many cells": 1,
        "record names no image": 1,
    }


def test_one_bad_file_does_not_hide_the_others(folder: Folder) -> None:
    folder.put("annotations_SEN12.csv", table(("1.png", "a")))
    path = folder.put("SAR-VQA_conv.json", "<html>")
    folder.put("1.png", picture())
    assert sartext.splits(folder.root) == {"caption": ("train",), "vqa": ("train",)}
    with pytest.raises(InputError, match="a web page") as caught:
        folder.rows(sartext, "vqa", "train")
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("name,text\n", r"no column for image .* its columns are 'name', 'text'"),
        ("filepath,caption\n", "none of its 0 records names an image"),
        ("filepath,caption\n,x\n", "none of its 1 records names an image"),
    ],
)
def test_unusable_tables_are_named(folder: Folder, content: str, message: str) -> None:
    path = folder.put("annotations_SEN12.csv", content)
    with pytest.raises(InputError, match=message) as caught:
        folder.rows(sartext, "caption", "train")
    assert caught.value.where == str(path)


def test_nothing_usable_and_doubles(folder: Folder) -> None:
    with pytest.raises(InputError, match=r"looked for annotations_<SOURCE>\.csv.*The data are on Baidu NetDisk"):
        sartext.splits(folder.root)
    with pytest.raises(InputError, match=r"looked for SAR-VQA_conv\.json"):
        folder.rows(sartext, "vqa", "train")
    with pytest.raises(UnknownNameError):
        sartext.rows(folder.root, "retrieval-hrsid", "train", report=Report())
    folder.put("a/annotations_SEN12.csv", table(("1.png", "a")))
    folder.put("b/Annotations_sen12.csv", table(("1.png", "a")))
    with pytest.raises(InputError, match=r"the captions of sen12 are there twice: a/annotations_SEN12\.csv, b/Annot"):
        sartext.splits(folder.root)


def test_zip_is_read_as_it_is(folder: Folder) -> None:
    with zipfile.ZipFile(folder.root / "SAR-TEXT-data.zip", "w") as archive:
        archive.writestr("SAR-TEXT-data/annotations_SEN12.csv", table(("Image/SEN12/1.png", CAPTION)))
        archive.writestr("SAR-TEXT-data/Image/SEN12/1.png", picture())
    rows, report = folder.rows(sartext, "caption", "train")
    assert (len(rows), report.counts) == (1, {})
    assert sartext.files(folder.root) == (folder.root / "SAR-TEXT-data.zip",)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sartext(tmp_path_factory.mktemp("sartext"), images={"QXSLAB_SAROPT": 4, "SEN12": 3, "HRSID": 2})


def test_simulated_set_is_read_without_a_problem(simulated: Path) -> None:
    splits = {"caption": ("train",), "vqa": ("train",), "retrieval-hrsid": ("test",)}
    assert sartext.splits(simulated) == splits
    rows = {}
    for config, (split,) in splits.items():
        rows[config], report = Folder(simulated).rows(sartext, config, split)
        assert report.counts == {}
    assert {config: len(held) for config, held in rows.items()} == {"caption": 7, "vqa": 70, "retrieval-hrsid": 4}
    assert {row.text_origin for held in rows.values() for row in held} == {"simulated"}
    assert [row.turn for row in rows["vqa"][:10]] == list(range(10))
    assert {row.task for row in rows["vqa"]} == {"vqa", "counting", "presence", "position"}
    assert all(row.count == int(row.answers[0]) for row in rows["vqa"] if row.task == "counting")


@pytest.mark.parametrize(("config", "split"), [("caption", "train"), ("vqa", "train"), ("retrieval-hrsid", "test")])
def test_parts_give_the_rows_of_the_whole(simulated: Path, config: str, split: str) -> None:
    whole = list(sartext.rows(simulated, config, split, report=Report()))
    with sartext.open_split(simulated, config, split, report=Report()) as opened:
        parts = [list(opened.rows(range(group, group + 1), Report())) for group in reversed(range(opened.groups))]
    assert [row for part in reversed(parts) for row in part] == whole
    assert len({row.id for row in whole}) == len(whole)


def test_simulated_set_never_overwrites_real_data(tmp_path: Path) -> None:
    (tmp_path / "SAR-VQA_conv.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="nothing says that it was simulated"):
        write_sartext(tmp_path)


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        folder = write_sartext(tmp_path / name, images={"SEN12": 1, "HRSID": 1}, seed=3)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        written.append([(path.relative_to(folder), path.read_bytes()) for path in files])
    assert written[0] == written[1]


def test_real_images_of_hrsid(real_data: Path, folder: Folder) -> None:
    images = sorted((real_data / "hrsid" / "JPEGImages").glob("*.png"))
    folder.put("HRSID_test_caption.csv", table(*[(f"./HRSID_JPG/JPEGImages/{path.stem}.jpg", "x") for path in images]))
    (folder.root / "HRSID_JPG").mkdir()
    (folder.root / "HRSID_JPG" / "JPEGImages").symlink_to(real_data / "hrsid" / "JPEGImages")
    rows, report = folder.rows(sartext, "retrieval-hrsid", "test")
    assert report.counts == {}
    assert [(row.image_id, row.width, row.height) for row in rows] == [(path.stem, 800, 800) for path in images]
