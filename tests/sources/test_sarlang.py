"""SARLANG-1M: the authors' files in every layout that is left open → rows."""

import json
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.imaging import decode_raw
from sarbench.schema import Geo, to_table
from sarbench.sources import Report, sarlang
from tests.sources import sarlang_layouts as made
from tests.sources.layouts import Folder, picture
from tests.sources.sarlang_layouts import PLACED, SARDET, read


@pytest.fixture
def lang(folder: Folder) -> Folder:
    made.put_texts(folder)
    made.put_images(folder)
    return folder


def everything(folder: Folder) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return ids and sample hashes of every row."""
    return {
        (config, split): [(row.id, row.sample_sha256) for row in read(folder, config, split)[0]]
        for config, splits in sarlang.splits(folder.root).items()
        for split in splits
    }


def test_card_and_splits(lang: Folder) -> None:
    assert sarlang.splits(lang.root) == made.CONTENTS
    assert {config.name: config.splits for config in sarlang.CARD.configs} == made.CONTENTS
    permitted = {sarlang.CARD.may_redistribute, sarlang.CARD.may_show_images, sarlang.CARD.may_show_texts}
    assert permitted == {False}
    assert sarlang.CARD.hub is not None


def test_captions(lang: Folder) -> None:
    rows, report = read(lang, "caption-mixed", "train")
    assert report.counts == {}
    assert [(row.image_id, row.question, row.answers) for row in rows] == [
        ("SN6_Rotterdam_7", None, ("A long text about a port, and quays.",)),
        ("SV_Darwin_-12.4278_130.8688", None, ("A port.",)),
    ]
    assert {(row.task, row.task_origin, row.text_origin, row.subtask) for row in rows} == {
        ("caption", "file", "authors", None)
    }
    concise, complicated = (read(lang, config, "test")[0] for config in ("caption-concise", "caption-complex"))
    assert [row.answers for row in concise] == [("A town.",)]
    assert complicated[0].answers[0].startswith("A town with")
    assert json.loads(concise[0].record) == {"Image Name": PLACED[2], "Caption": "A town."}
    assert to_table(rows).num_rows == 2


def test_questions_about_sardets_images(lang: Folder) -> None:
    rows, report = read(lang, "vqa1", "train")
    assert report.counts == {}
    assert [(row.task, row.task_origin, row.answers, row.count) for row in rows] == [
        ("counting", "rule", ("2",), 2),
        ("region", "rule", ("ship",), None),
    ]
    assert rows[1].question == "What is the object present in the area [1.0, 2.0, 30.0, 40.0]?"
    assert rows[1].region == (1.0, 2.0, 31.0, 42.0)
    source = rows[1].source
    assert source is not None
    assert (source.dataset, source.split, source.licence) == ("SARDet-100K", None, "CC BY-NC 4.0")
    assert (source.file, source.imagery) == ("Text/VQA/train/SARVQA1_train.csv", None)
    assert (source.box_frame, source.box_edges) == ("native pixels", "exclusive")
    assert rows[0].geo is None


def test_questions_about_places(lang: Folder) -> None:
    (row,), _ = read(lang, "vqa2", "train")
    assert (row.task, row.answers) == ("position", ("Top left.",))
    assert row.geo == Geo(lat=-12.4278, lon=130.8688, place="Darwin")
    assert row.source is not None
    assert (row.source.dataset, row.source.imagery) == ("DFC2023", "preprocessed")
    (row,), _ = read(lang, "vqa2", "test")
    assert (row.task, row.answers, row.geo) == (
        "attribute",
        ("Rectangular.",),
        Geo(place="Nice, Alpes-Maritimes, France"),
    )


@pytest.mark.parametrize("under", ["", "Text/", "SARLANG-1M/text/"])
@pytest.mark.parametrize("archive", [None, "Text.zip", "download/text.ZIP"])
@pytest.mark.parametrize("case", [str, str.upper, str.lower, lambda name: name.replace("_", " ").replace("-", "_")])
def test_every_place_of_the_texts_gives_the_same_rows(
    folder: Folder, lang: Folder, under: str, archive: str | None, case: Any
) -> None:
    expected = everything(lang)
    for path in sorted((lang.root / "Text").rglob("*.csv")):
        path.unlink()
    members = {under + case(name): content for name, content in made.texts().items()}
    if archive:
        made.zipped(folder, archive, members)
    else:
        for name, content in members.items():
            folder.put(name, content)
    assert everything(folder) == expected


@pytest.mark.parametrize(
    "under", ["SARimages_preprocessed/SARimages/", "SARimages/", "SARDet_100K/JPEGImages/train/", "x/y/"]
)
@pytest.mark.parametrize("archive", [None, "SARimages_preprocessed.zip", "images.zip"])
def test_every_place_of_the_images_gives_the_same_rows(
    folder: Folder, lang: Folder, under: str, archive: str | None
) -> None:
    expected = everything(lang)
    files = {path.name: path.read_bytes() for path in (lang.root / "SARimages").iterdir()}
    for name in files:
        (lang.root / "SARimages" / name).unlink()
    if archive:
        made.zipped(folder, archive, {under + name: content for name, content in files.items()})
    else:
        for name, content in files.items():
            folder.put(under + name, content)
    assert everything(folder) == expected


@pytest.mark.parametrize("spelling", ["messages", "conversations", "query"])
@pytest.mark.parametrize("lines", [False, True])
def test_json_gives_the_rows_of_the_csv(folder: Folder, lang: Folder, spelling: str, lines: bool) -> None:
    expected = everything(lang)
    for path in sorted((lang.root / "Text").rglob("*.csv")):
        path.unlink()
    for stem, records in made.QUESTIONS.items():
        listed = [made.conversation(*record, spelling=spelling) for record in records]
        text = "\n".join(map(json.dumps, listed)) if lines else json.dumps(listed, indent=2)
        folder.put(f"Text/{stem}.json", text)
    assert everything(folder) == {key: value for key, value in expected.items() if key[0].startswith("vqa")}
    rows, _ = read(folder, "vqa1", "train")
    assert json.loads(rows[0].record)["images"] == [f"/data/SARimages/{SARDET[0]}"]


def test_prompt_of_a_json_caption_is_its_question(lang: Folder) -> None:
    (lang.root / "Text/Caption/train/Caption-training.csv").unlink()
    asked = [
        made.conversation(PLACED[0], "Write a short summary.", "A port."),
        made.conversation(PLACED[1], "", "Sea."),
    ]
    lang.put("Text/Caption/train/Caption_train_SARLANG-1M.json", asked)
    rows, report = read(lang, "caption-mixed", "train")
    assert report.counts == {}
    assert [(row.question, row.answers) for row in rows] == [
        (None, ("Sea.",)),
        ("Write a short summary.", ("A port.",)),
    ]


def test_csv_goes_before_json_and_never_both(lang: Folder) -> None:
    expected, _ = read(lang, "vqa1", "train")
    lang.put("Text/VQA/train/SARVQA1_train.json", [made.conversation(SARDET[0], "Another?", "yes")])
    lang.put("more/SARVQA1_train.json", [made.conversation(SARDET[0], "A third?", "yes")])
    rows, report = read(lang, "vqa1", "train")
    assert rows == expected
    assert report.counts == {}


@pytest.mark.parametrize("content", ["", "Image,Text\na,b\n", "version https://git-lfs.github.com/spec/v1\n", "a"])
def test_json_stands_in_for_a_csv_that_cannot_be_used(lang: Folder, content: str) -> None:
    lang.put("Text/VQA/train/SARVQA1_train.csv", content)
    lang.put("Text/VQA/train/SARVQA1_train.json", [made.conversation(SARDET[0], "Is it a ship?", "yes")])
    rows, report = read(lang, "vqa1", "train")
    assert [row.question for row in rows] == ["Is it a ship?"]
    assert report.counts == {"text file cannot be used": 1}
    assert (report.problems[0].file, report.problems[0].action) == (
        "Text/VQA/train/SARVQA1_train.csv",
        "the file beside it is read",
    )


def test_neither_csv_nor_json_can_be_used(lang: Folder) -> None:
    lang.put("Text/VQA/train/SARVQA1_train.csv", "Image Name,Question\na.png,b\n")
    lang.put("Text/VQA/train/SARVQA1_train.json", "<html></html>")
    with pytest.raises(InputError, match=r"web page.*nor can .*SARVQA1_train\.csv: has no column for answer"):
        read(lang, "vqa1", "train")


def test_missing_column_is_named_with_those_there(lang: Folder) -> None:
    path = lang.put("Text/VQA/train/SARVQA1_train.csv", "Image Name,Question,Reply\na.png,b,c\n")
    with pytest.raises(
        InputError, match=r"has no column for answer.*its columns are 'Image Name', 'Question', 'Reply'"
    ) as e:
        read(lang, "vqa1", "train")
    assert e.value.where == str(path)


def test_two_different_files_of_one_content_are_an_error(lang: Folder) -> None:
    lang.put("old/SARVQA1_train.csv", made.questions([(SARDET[0], "Is it?", "yes")]))
    names = r"Text/VQA/train/SARVQA1_train\.csv, old/SARVQA1_train\.csv"
    with pytest.raises(InputError, match=rf"several different files may hold the texts of vqa1, train: {names}"):
        sarlang.splits(lang.root)
    with pytest.raises(InputError, match="several different files"):
        read(lang, "vqa2", "test")


def test_a_copy_in_the_archive_is_no_second_file(lang: Folder) -> None:
    expected = everything(lang)
    made.zipped(lang, "Text.zip", {f"Text/{name}": content for name, content in made.texts().items()})
    made.zipped(lang, "Text (1).zip", {f"Text/{name}": content for name, content in made.texts().items()})
    assert everything(lang) == expected
    lang.put("Text/VQA/test/SARVQA2_test.csv", made.questions([(PLACED[2], "Is it a newer file?", "yes")]))
    with pytest.raises(InputError, match=r"Text \(1\)\.zip/Text/VQA/test/SARVQA2_test\.csv"):
        sarlang.splits(lang.root)


def test_results_of_inference_are_no_texts(lang: Folder) -> None:
    expected = everything(lang)
    lang.put("SARVQA1_train_predictions.csv", made.questions([(SARDET[0], "Is it?", "yes")]))
    lang.put("Caption_test_results.json", [made.conversation(PLACED[0], "", "x")])
    assert everything(lang) == expected


def test_the_unnumbered_json_of_test_captions_is_taken_as_complex(lang: Folder) -> None:
    (lang.root / "Text/Caption/test/Caption_test.csv").unlink()
    both = [
        made.conversation(PLACED[2], "Be short.", "A town."),
        made.conversation(PLACED[2], "Say all.", "A town, big."),
    ]
    lang.put("Text/Caption/test/Caption_test_SARLANG-1M.json", both)
    rows, report = read(lang, "caption-complex", "test")
    assert [row.answers for row in rows] == [("A town, big.",)]
    assert report.counts == {"name of the file does not tell concise from complex captions": 1}
    (lang.root / "Text/Caption/test/Caption_test1.csv").unlink()
    rows, _ = read(lang, "caption-complex", "test")
    assert len(rows) == 2
    assert "caption-concise" not in sarlang.splits(lang.root)


def test_the_unnumbered_json_holds_only_concise_captions(lang: Folder) -> None:
    (lang.root / "Text/Caption/test/Caption_test.csv").unlink()
    lang.put("Text/Caption_test_SARLANG-1M.json", [made.conversation(PLACED[2], "", "A town.")])
    with pytest.raises(InputError, match="all of its captions are concise"):
        read(lang, "caption-complex", "test")


def test_imagery_chooses_the_file(lang: Folder) -> None:
    for number, name in enumerate(PLACED):
        lang.put(f"SARimages_original/{name.removesuffix('.png')}.tif", made.float_tiff(number))
    (preprocessed,), _ = read(lang, "vqa2", "train")
    (original,), report = read(lang, "vqa2", "train", imagery="original")
    assert report.counts == {}
    assert preprocessed.raw_image is None
    assert original.raw_image == made.float_tiff(0)
    assert decode_raw(msgspec.structs.asdict(original)).shape == (1, 48, 64)
    assert preprocessed.id == original.id
    assert preprocessed.image_id == original.image_id == "SV_Darwin_-12.4278_130.8688"
    assert preprocessed.sample_sha256 != original.sample_sha256
    assert original.source is not None
    assert original.source.imagery == "original"
    assert read(lang, "vqa1", "train", imagery="original")[0] == read(lang, "vqa1", "train")[0]


def test_folder_goes_before_suffix(lang: Folder) -> None:
    for name in PLACED:
        (lang.root / "SARimages" / name).unlink()
        lang.put(f"SARimages_original/{name}", picture(30))
        lang.put(f"SARimages_preprocessed/SARimages/{name.removesuffix('.png')}.tif", made.float_tiff())
    (preprocessed,), _ = read(lang, "vqa2", "train")
    (original,), _ = read(lang, "vqa2", "train", imagery="original")
    assert preprocessed.raw_image == made.float_tiff()
    assert original.image is not None
    assert original.image.bytes == picture(30)


def test_optical_twins_are_never_taken(lang: Folder) -> None:
    expected = everything(lang)
    for under in ("RGBimages/", "SARimages_preprocessed/rgb/", "RGB_images/SARimages/"):
        made.put_images(lang, under, names=tuple(reversed(PLACED)))
    made.zipped(lang, "RGBimages.zip", {name: picture(9) for name in PLACED})
    assert everything(lang) == expected
    for name in PLACED:
        (lang.root / "SARimages" / name).unlink()
    with pytest.raises(InputError, match="none of the 1 images of vqa2, train"):
        read(lang, "vqa2", "train")


def test_missing_images_are_skipped_and_counted(lang: Folder) -> None:
    (lang.root / "SARimages" / SARDET[0]).unlink()
    lang.put("SARimages/0099999.png", picture(3))
    rows, report = read(lang, "vqa1", "train")
    assert [row.image_id for row in rows] == ["0000002"]
    assert report.counts == {"image not found": 1}
    assert report.problems[0].record == f"line 2 ({SARDET[0]})"


@pytest.mark.parametrize(
    ("config", "split", "imagery", "message"),
    [
        (
            "vqa1",
            "train",
            "preprocessed",
            r"2 images of vqa1, train .*0000001\.jpg\. Fetch SARDet-100K .*the train images into",
        ),
        ("vqa1", "test", "preprocessed", r"SARDet-100K .*the val images into SARimages\.$"),
        ("vqa2", "test", "preprocessed", r"Fetch SARimages_preprocessed \(\.png\) of the Hub .*put it beside Text\.$"),
        ("caption-mixed", "train", "original", r"Fetch SARimages_original \(\.tif\) of the Hub"),
    ],
)
def test_without_any_image_the_error_says_what_to_fetch(
    folder: Folder, config: str, split: str, imagery: str, message: str
) -> None:
    made.put_texts(folder)
    with pytest.raises(InputError, match=message):
        read(folder, config, split, imagery=imagery)


def test_without_an_image_of_the_imagery_the_other_is_offered(lang: Folder) -> None:
    with pytest.raises(InputError, match="Or choose the option imagery=preprocessed"):
        read(lang, "vqa2", "test", imagery="original")


def test_ambiguous_stems_are_reported_not_guessed(lang: Folder) -> None:
    lang.put("other/SARimages/0000001.jpg", picture(50, kind="JPEG"))
    rows, report = read(lang, "vqa1", "train")
    assert [row.image_id for row in rows] == ["0000002"]
    assert report.counts == {"several images fit": 1}


def test_folder_of_the_split_decides_between_images_of_one_name(lang: Folder) -> None:
    (lang.root / "SARimages" / SARDET[2]).unlink()
    for number, split in enumerate(("train", "val", "test")):
        lang.put(f"SARDet/JPEGImages/{split}/{SARDET[2]}", picture(20 + number))
    (row,), _ = read(lang, "vqa1", "test")
    assert row.image is not None
    assert row.image.bytes == picture(21)
    assert row.source is not None
    assert row.source.split == "val"


def test_bad_records_do_not_lose_the_good_ones(lang: Folder) -> None:
    records = [
        (SARDET[0], "Is it a ship?", " "),
        ("", "Is it a ship?", "yes"),
        (SARDET[0], "", "yes"),
        (SARDET[0], "Is it a ship?", "yes"),
    ]
    text = made.questions(records) + f"{SARDET[0]},only two\n"
    lang.put("Text/VQA/train/SARVQA1_train.csv", text)
    rows, report = read(lang, "vqa1", "train")
    assert [row.answers for row in rows] == [("yes",)]
    assert report.counts == {
        "record has too few cells": 1,
        "record names no image": 1,
        "empty answer": 1,
        "empty question": 1,
    }
    assert report.skipped == 4
    assert any(problem.record == "line 2 (0000001): Is it a ship?" for problem in report.problems)


def test_bad_json_records_do_not_lose_the_good_ones(lang: Folder) -> None:
    (lang.root / "Text/VQA/train/SARVQA1_train.csv").unlink()
    good = made.conversation(SARDET[0], "Is it a ship?", "yes")
    several = {**good, "images": list(SARDET)}
    lang.put("Text/VQA/train/SARVQA1_train.json", [{"messages": []}, several, {**good, "images": []}, good])
    rows, report = read(lang, "vqa1", "train")
    assert len(rows) == 1
    assert report.counts == {
        "record is not a conversation": 1,
        "record names several images": 1,
        "record names no image": 1,
    }


def test_a_key_given_twice_is_noted_once_a_record(lang: Folder) -> None:
    (lang.root / "Text/VQA/train/SARVQA1_train.csv").unlink()
    records = [made.conversation(SARDET[0], "Is it a ship?", "yes"), made.conversation(SARDET[1], "Is it?", "no")]
    twice = json.dumps(records).replace('"images": ["', '"images": ["x"], "images": ["', 1)
    lang.put("Text/VQA/train/SARVQA1_train.json", twice)
    rows, report = read(lang, "vqa1", "train")
    assert [row.answers for row in rows] == [("yes",), ("no",)]
    (problem,) = report.problems
    assert (problem.record, problem.action) == ("record 0", "the last value counts")
    assert report.counts == {"record has a key twice": 1}


def test_no_usable_record_is_an_error(lang: Folder) -> None:
    path = lang.put("Text/VQA/train/SARVQA1_train.csv", made.questions([("", "Is it?", "yes")]))
    with pytest.raises(InputError, match="none of its 1 records names one image") as caught:
        read(lang, "vqa1", "train")
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("question", "answer", "flags", "problem"),
    [
        ("What is in [1, 2, 70, 4]?", "ship", ("box_outside_image",), "reaches over the edge of the image"),
        ("What is in [64, 2, 5, 4]?", "ship", ("box_outside_image",), "lies wholly outside the image"),
        ("What is in [1, 2, 0, 4]?", "ship", ("box_dropped",), "box has no area"),
        ("What is in [1, 2, 3]?", "ship", ("box_unreadable",), "unreadable"),
        ("How many ships?", "several", ("count_unreadable",), "no single number"),
        ("Name it.", "ship", (), "kind of question not known"),
    ],
)
def test_doubtful_texts_are_kept_flagged_and_reported(
    lang: Folder, question: str, answer: str, flags: tuple[str, ...], problem: str
) -> None:
    lang.put("Text/VQA/train/SARVQA1_train.csv", made.questions([(SARDET[0], question, answer)]))
    (row,), report = read(lang, "vqa1", "train")
    assert (row.question, row.answers, row.flags) == (question, (answer,), flags)
    assert len(report.problems) == 1
    assert problem in report.problems[0].problem
    assert report.problems[0].record == f"line 2 (0000001, 64 × 48): {question} → {answer}"
    assert report.skipped == 0


def test_a_closed_list_in_the_question_becomes_choices(lang: Folder) -> None:
    question = "The classes are: tank, car, aircraft, harbor, bridge, ship. What is in the area [1, 2, 3, 4]?"
    lang.put("Text/VQA/train/SARVQA1_train.csv", made.questions([(SARDET[0], question, "ship")]))
    (row,), _ = read(lang, "vqa1", "train")
    assert row.choices == ("tank", "car", "aircraft", "harbor", "bridge", "ship")
    assert (row.question, row.task, row.region) == (question, "region", (1, 2, 4, 6))


def test_rows_of_spans_are_the_rows_of_the_whole(lang: Folder) -> None:
    records = [(name, "Is it a ship?", answer) for answer in ("yes", "no", "yes") for name in (SARDET[1], SARDET[0])]
    records += [("sub/0000001.png", "Is it a ship?", "yes"), ("0000009.png", "Is it?", "no")]
    lang.put("Text/VQA/train/SARVQA1_train.csv", made.questions(records))
    whole, report = read(lang, "vqa1", "train")
    assert [row.id.rsplit("-", 1)[1] for row in whole] == ["0", "0", "1", "2", "0", "0", "1"]
    assert len({row.id for row in whole}) == 7
    assert len({id(row.image) for row in whole}) == 2
    with sarlang.open_split(lang.root, "vqa1", "train", report=Report()) as opened:
        assert opened.groups == 3
        for cut in range(4):
            notes = Report()
            parts = [list(opened.rows(range(*span), notes)) for span in reversed(list(pairwise((0, cut, 3))))]
            assert parts[1] + parts[0] == whole
            assert notes.counts == report.counts == {"image not found": 1}


def test_turns_of_a_dialogue_are_rows(lang: Folder) -> None:
    (lang.root / "Text/VQA/train/SARVQA2_train.csv").unlink()
    record = made.conversation(PLACED[0], "Is it a port?", "yes")
    record["messages"] += made.conversation(PLACED[0], "Where is the quay?", "left")["messages"]
    lang.put("Text/VQA/train/SARVQA2_train.json", [record])
    rows, _ = read(lang, "vqa2", "train")
    assert [(row.task, row.dialogue_id, row.turn) for row in rows] == [
        ("presence", "SARVQA2_train-0", 0),
        ("position", "SARVQA2_train-0", 1),
    ]


def test_extra_columns_are_kept_in_the_record(lang: Folder) -> None:
    lang.put(
        "Text/VQA/train/SARVQA1_train.csv", f"\ufeffid; image_name ;Question;Answer\n7;{SARDET[0]};Is it, say?;yes\n"
    )
    (row,), _ = read(lang, "vqa1", "train")
    assert json.loads(row.record) == {"id": "7", "image_name": SARDET[0], "Question": "Is it, say?", "Answer": "yes"}


def test_names_without_suffix_are_found(lang: Folder) -> None:
    lang.put("Text/VQA/train/SARVQA2_train.csv", made.questions([(PLACED[0].removesuffix(".png"), "Is it?", "yes")]))
    (row,), _ = read(lang, "vqa2", "train")
    assert row.image_id == "SV_Darwin_-12.4278_130.8688"
    assert row.id.startswith("sarlang-1m/vqa2/train/SV_Darwin_-12.4278_130.8688-")


def test_files_are_texts_and_sar_images(lang: Folder) -> None:
    made.put_images(lang, "RGBimages/")
    lang.put("SARimages_original/SN6_Rotterdam_7.tif", made.float_tiff())
    names = [path.relative_to(lang.root).as_posix() for path in sarlang.files(lang.root)]
    assert names == ["SARimages", "SARimages_original", *sorted(f"Text/{name}" for name in made.texts())]


def test_wrong_names_are_told_at_once(lang: Folder) -> None:
    with pytest.raises(UnknownNameError, match="there is no such config"):
        sarlang.rows(lang.root, "vqa3", "test", report=Report())
    with pytest.raises(UnknownNameError, match="there is no such split"):
        sarlang.rows(lang.root, "caption-mixed", "test", report=Report())
    with pytest.raises(UnknownNameError, match="Choose one of: preprocessed, original"):
        sarlang.rows(lang.root, "vqa2", "test", report=Report(), options={"imagery": "raw"})


def test_nothing_usable(folder: Folder) -> None:
    with pytest.raises(InputError, match=r"looked for Text\.zip.*Download Text\.zip"):
        sarlang.splits(folder.root)
    folder.put("SARVQA2_test.csv", made.questions([(PLACED[0], "Is it?", "yes")]))
    assert sarlang.splits(folder.root) == {"vqa2": ("test",)}
    with pytest.raises(InputError, match=r"looked for SARVQA1_train\.csv, or the same as \.json"):
        read(folder, "vqa1", "train")
