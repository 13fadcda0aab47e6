"""SARChat-2M from the authors' ten files."""

import json
import threading
from typing import Any

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.schema import Row, to_table
from sarbench.sources import CARDS, Report, sarchat
from tests.sources.chat import ASKED, SUBTASKS, TASKS, TRAIN, file_name, record
from tests.sources.layouts import Folder, box, coco, image, picture
from tests.sources.zips import archive


@pytest.fixture
def chat(folder: Folder) -> Folder:
    """One train record per task on two images, and one record in each of the nine test files."""
    train = [record(*asked, name=f"img/000000{n}.png") for asked in ASKED.values() for n in (1, 2)]
    folder.put(f"text/{TRAIN}", train)
    for subtask, task in SUBTASKS.items():
        folder.put(f"text/{file_name(subtask)}", [record(*ASKED[task], name="img/0000003.png")])
    for number, split in ((1, "train"), (2, "train"), (3, "test")):
        folder.put(f"JPEGImages/{split}/000000{number}.png", picture(number))
    return folder


def test_ten_files_give_six_configs(chat: Folder) -> None:
    assert sarchat.splits(chat.root) == dict.fromkeys(TASKS, ("train", "test"))
    card = {config.name: config for config in CARDS["sarchat-2m"].configs}
    for task in TASKS:
        rows, report = chat.rows(sarchat, task, "train")
        assert report.counts == {}
        assert [row.image_id for row in rows] == ["0000001", "0000002"]
        assert {row.task for row in rows} == {card[task].task}
        assert {(row.question, row.answers) for row in rows} == {(ASKED[task][0], (ASKED[task][1],))}
        origin = "rule" if task in ("classification", "description") else "prefix"
        assert {row.task_origin for row in rows} == {origin}
        assert {row.text_origin for row in rows} == {"authors"}


def test_test_files_name_task_and_subtask(chat: Folder) -> None:
    subtasks = [(task, row.subtask, row.task_origin) for task in TASKS for row in chat.rows(sarchat, task, "test")[0]]
    assert sorted(subtasks) == sorted((task, subtask, "file") for subtask, task in SUBTASKS.items())


def test_columns_of_each_task(chat: Folder) -> None:
    rows = {task: chat.rows(sarchat, task, "train")[0][0] for task in TASKS}
    assert rows["classification"].choices == ("aircraft", "ship")
    assert rows["counting"].count == 2
    assert [found.xyxy for found in rows["counting"].boxes] == [(1, 2, 30, 40), (5, 6, 17, 18)]
    assert [(found.label, found.position) for found in rows["grounding"].boxes] == [("ship", "top left")]
    assert rows["identification"].region == (1, 2, 30, 40)
    assert [(found.label, found.position) for found in rows["referring"].boxes] == [("ship", "top left")]
    assert {task: row.subtask for task, row in rows.items()} == {
        **dict.fromkeys(("classification", "description")),
        **{"counting": "count", "grounding": "grounding", "identification": "identify", "referring": "refer"},
    }
    source = rows["referring"].source
    assert source is not None
    assert (source.dataset, source.split, source.file) == ("SARChat-Bench-2M", "train", f"text/{TRAIN}")
    assert (source.licence, source.box_frame, source.box_edges) == ("CC BY-NC 4.0", "native pixels", "unknown")
    assert json.loads(rows["referring"].record) == record(*ASKED["referring"])
    assert to_table(rows.values()).num_rows == 6


@pytest.mark.parametrize("spelling", ["lines", "indented array", "conversations", "query"])
def test_other_spellings_of_the_train_file(chat: Folder, spelling: str) -> None:
    expected, _ = chat.rows(sarchat, "referring", "train")
    question, answer = ASKED["referring"]
    records: list[Any] = [record(question, answer, name=f"img/000000{n}.png") for n in (1, 2)]
    if spelling == "conversations":
        said = [{"from": "human", "value": f"{question}\n<image>"}, {"from": "gpt", "value": answer}]
        records = [{"conversations": said, "image": f"000000{n}.jpg"} for n in (1, 2)]
    elif spelling == "query":
        records = [
            {"query": f"<image>{question}", "response": answer, "images": [f"/data/000000{n}.png"]} for n in (1, 2)
        ]
    text = "\n".join(map(json.dumps, records)) if spelling == "lines" else json.dumps(records, indent=2)
    (chat.root / "text" / TRAIN).unlink()
    chat.put("SARCHAT total-task TRAIN modified.jsonl", text)
    rows, report = chat.rows(sarchat, "referring", "train")
    assert report.counts == {}
    assert [row.id for row in rows] == [row.id for row in expected]
    assert [row.sample_sha256 for row in rows] == [row.sample_sha256 for row in expected]


def test_rows_of_one_image_come_together_and_share_it(chat: Folder) -> None:
    question, answer = ASKED["referring"]
    names = ["a/0000002.png", "0000001.png", "b/0000002.png", "0000001.png", "0000002.png"]
    chat.put(f"text/{TRAIN}", [record(question, answer, name) for name in names])
    rows, _ = chat.rows(sarchat, "referring", "train")
    assert [row.image_id for row in rows] == ["0000001"] * 2 + ["0000002"] * 3
    assert len({id(row.image) for row in rows[:2]}) == 1  # of other spellings, two may be read at the same time
    assert len({row.image_sha256 for row in rows[2:]}) == 1
    assert [row.id.rsplit("-", 1)[1] for row in rows] == ["0", "1", "0", "1", "2"]
    assert len({row.id for row in rows}) == 5


def test_several_turns_are_rows_of_one_dialogue(chat: Folder) -> None:
    said = [
        {"role": role, "content": text}
        for task in ("counting", "referring")
        for role, text in zip(("user", "assistant"), ASKED[task], strict=True)
    ]
    chat.put(f"text/{TRAIN}", [{"messages": said, "images": ["0000001.png"]}])
    counting, referring = (chat.rows(sarchat, task, "train")[0] for task in ("counting", "referring"))
    assert [(row.dialogue_id, row.turn) for row in counting + referring] == [
        ("SARChat_total_task_train_modified-0", 0),
        ("SARChat_total_task_train_modified-0", 1),
    ]


def test_missing_images_are_skipped_and_counted(chat: Folder) -> None:
    (chat.root / "JPEGImages/train/0000002.png").unlink()
    rows, report = chat.rows(sarchat, "counting", "train")
    assert [row.image_id for row in rows] == ["0000001"]
    assert report.counts == {"image not found": 1}
    assert report.problems[0].record == "record 5 (img/0000002.png)"


def test_bad_records_do_not_lose_the_good_ones(chat: Folder) -> None:
    good = record(*ASKED["referring"])
    several = {**good, "images": ["0000001.png", "0000002.png"]}
    empty = record("[refer] Locate 1 ship.", " ")
    chat.put(f"text/{TRAIN}", [5, {"messages": []}, good, several, {**good, "images": []}, empty])
    rows, report = chat.rows(sarchat, "referring", "train")
    assert len(rows) == 1
    assert report.counts == {
        "record is not a conversation": 2,
        "record names several images": 1,
        "record names no image": 1,
        "empty answer": 1,
    }
    assert report.skipped == 5


@pytest.mark.parametrize(
    ("task", "question", "answer", "flag", "problem"),
    [
        ("referring", "[refer] Locate 1 ship.", "{<1><2><99><40>}", "box_outside_image", "exceeds the image"),
        (
            "identification",
            "[identify] What is at {<1><2><9><99>}?",
            "A ship.",
            "box_outside_image",
            "exceeds the image",
        ),
        ("referring", "[refer] Locate 1 ship.", "{<5><2><5><40>}", "box_dropped", "has no area"),
        ("referring", "[refer] Locate 1 ship.", "{<5><2><5>", "box_unreadable", "missing or unreadable"),
        (
            "counting",
            "[count] Count the ship.",
            "There are 3 instances. {<1><2><3><4>}",
            "count_mismatch",
            "another number",
        ),
    ],
)
def test_doubtful_texts_are_kept_flagged_and_reported(
    chat: Folder, task: str, question: str, answer: str, flag: str, problem: str
) -> None:
    chat.put(f"text/{TRAIN}", [record(question, answer)])
    rows, report = chat.rows(sarchat, task, "train")
    assert rows[0].flags == (flag,)
    assert rows[0].answers == (answer,)
    assert problem in report.problems[0].problem
    assert report.problems[0].action == "kept"


def test_file_wins_over_a_prefix_that_disagrees(chat: Folder) -> None:
    chat.put(f"text/{file_name('count')}", [record(*ASKED["referring"], name="0000003.png")])
    rows, report = chat.rows(sarchat, "counting", "test")
    assert rows[0].task_origin == "file"
    assert "task_mismatch" in rows[0].flags
    assert report.counts["prefix names another task than the file"] == 1


def test_results_of_inference_are_no_test_files(chat: Folder) -> None:
    chat.put("SARChat_classify_count_test_final_results.jsonl", [{"x": 1}])
    assert len(chat.rows(sarchat, "counting", "test")[0]) == 1


def test_the_same_file_twice_is_an_error(chat: Folder) -> None:
    chat.put(f"copy/{TRAIN}", [])
    with pytest.raises(InputError, match="several files hold the texts of train: copy/"):
        sarchat.splits(chat.root)


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "is empty"), ('[{"messages": [', "is cut off"), ("{}", "none of its 1 records"), ("[1, 2]", "none of its 2")],
)
def test_unusable_text_files_are_named(chat: Folder, content: str, message: str) -> None:
    path = chat.put(f"text/{TRAIN}", content)
    with pytest.raises(InputError, match=message) as caught:
        chat.rows(sarchat, "counting", "train")
    assert caught.value.where == str(path)


def test_nothing_usable(folder: Folder) -> None:
    with pytest.raises(InputError, match=r"looked for SARChat_total_task_train_modified\.json.*not public"):
        sarchat.splits(folder.root)
    folder.put(file_name("count"), [record(*ASKED["counting"])])
    assert sarchat.splits(folder.root) == {"counting": ("test",)}
    with pytest.raises(InputError, match="SARChat's text file of referring, test"):
        folder.rows(sarchat, "referring", "test")


def test_files_are_texts_boxes_and_images(chat: Folder) -> None:
    names = [path.relative_to(chat.root).as_posix() for path in sarchat.files(chat.root)]
    assert names == [
        "JPEGImages/test",
        "JPEGImages/train",
        *sorted(f"text/{n}" for n in (TRAIN, *map(file_name, SUBTASKS))),
    ]


def test_texts_and_boxes_in_one_folder(chat: Folder) -> None:
    chat.put("Annotations/test.json", coco([image(3)], [box(0, 3, [1, 1, 9, 9])]))
    found = sarchat.splits(chat.root)
    assert found["counting"] == ("train", "test")
    assert found["rebuilt-counting"] == ("test",)


SPELLINGS = ("messages", "conversations", "query")


def spelt(spelling: str, question: str, answer: str, images: object) -> dict[str, Any]:
    if spelling == "query":
        return {"query": question, "response": answer, "images": images}
    keys = {"messages": ("role", "content", "user", "assistant"), "conversations": ("from", "value", "human", "gpt")}
    who, what, user, model = keys[spelling]
    return {spelling: [{who: user, what: question}, {who: model, what: answer}], "images": images}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("subtask", [*SUBTASKS, "train"])
def test_every_file_in_every_spelling(chat: Folder, subtask: str, spelling: str) -> None:
    task, split = (SUBTASKS[subtask], "test") if subtask in SUBTASKS else ("counting", "train")
    question, answer = ASKED[task]
    spellings_of_the_image = [
        ["img/0000003.png"],
        "img/0000003.png",
        [{"path": "img/0000003.png"}],
        {"path": "/home/author/data/JPEGImages/test/0000003.png"},
        ["D:\\\\data\\\\0000003.jpg"],
        ["0000003"],
    ]
    questions = [f"<image>\n{question}", f"<image>{question}", question, f"{question}\n<image>"]
    records = [spelt(spelling, asked, answer, image) for asked in questions for image in spellings_of_the_image]
    for name in SUBTASKS:
        (chat.root / f"text/{file_name(name)}").unlink()
    chat.put(f"text/{file_name(subtask) if subtask in SUBTASKS else TRAIN}", records)
    rows, report = chat.rows(sarchat, task, split)
    assert report.counts == {}
    assert len(rows) == len(records) == 24
    assert {(row.question, row.answers, row.image_id) for row in rows} == {(question, (answer,), "0000003")}
    assert len({row.id for row in rows}) == 24
    assert len({row.sample_sha256 for row in rows}) == 1


def parts(folder: Folder, config: str, spans: list[range]) -> tuple[list[Row], Report]:
    report = Report()
    with sarchat.open_split(folder.root, config, "train", report=report) as opened:
        return [row for span in spans for row in opened.rows(span, report)], report


def test_any_run_of_groups_gives_its_rows(chat: Folder) -> None:
    question, answer = ASKED["counting"]
    names = [f"{folder}/000000{n % 5}.png" for n in range(40) for folder in ("a", "b")]
    chat.put(f"text/{TRAIN}", [record(question, answer, name) for name in names])
    for number in (0, 3):
        chat.put(f"JPEGImages/train/000000{number}.png", picture(number))
    whole, report = parts(chat, "counting", [range(5)])
    assert len(whole) == 64
    assert report.counts == {"image not found": 16}
    for spans in ([range(2), range(2, 5)], [range(n, n + 1) for n in range(5)]):
        again, report_again = parts(chat, "counting", spans)
        assert again == whole
        assert report_again.counts == report.counts
    backwards, _ = parts(chat, "counting", [range(3, 5), range(3)])
    assert sorted(backwards, key=lambda row: row.id) == sorted(whole, key=lambda row: row.id)


def test_problems_of_texts_and_of_images_go_to_their_reports(chat: Folder) -> None:
    chat.put(f"text/{TRAIN}", [record(*ASKED["counting"]), record(*ASKED["counting"], name="9.png"), 5])
    reading, making = Report(), Report()
    with sarchat.open_split(chat.root, "counting", "train", report=reading) as opened:
        rows = list(opened.rows(range(opened.groups), making))
    assert len(rows) == 1
    assert reading.counts == {"record is not a conversation": 1}
    assert making.counts == {"image not found": 1}


def test_rows_left_half_way_let_go_of_everything(chat: Folder) -> None:
    rows = sarchat.rows(chat.root, "counting", "train", report=Report())
    assert next(rows).image_id == "0000001"
    rows.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_unknown_names_are_told_at_once(chat: Folder) -> None:
    for arguments, options in (
        (("nonsense", "train"), {}),
        (("counting", "validation"), {}),
        (("counting", "train"), {"box_frame": "yards"}),
        (("counting", "train"), {"frame": "512"}),
    ):
        with pytest.raises(UnknownNameError):
            sarchat.open_split(chat.root, *arguments, report=Report(), options=options)
        with pytest.raises(UnknownNameError):
            sarchat.rows(chat.root, *arguments, report=Report(), options=options)


def test_broken_text_file_gives_its_whole_records(chat: Folder) -> None:
    good = [record(*ASKED["counting"], name=f"000000{n}.png") for n in (1, 2, 1)]
    text = json.dumps(good)
    chat.put(f"text/{TRAIN}", text[: text.rindex("messages") + 30])
    rows, report = chat.rows(sarchat, "counting", "train")
    assert len(rows) == 2
    assert report.counts == {"file is cut off": 1}
    assert report.problems[0].action == "records behind it lost"
    chat.put(f"text/{TRAIN}", text.replace('"role"', "'role'", 1))
    rows, report = chat.rows(sarchat, "counting", "train")
    assert (len(rows), report.counts) == (2, {"record is not JSON": 1})


def test_object_round_the_records(chat: Folder) -> None:
    chat.put(f"text/{TRAIN}", {"version": 1, "data": [record(*ASKED["counting"])]})
    rows, report = chat.rows(sarchat, "counting", "train")
    assert (len(rows), report.counts) == (1, {})


def test_texts_and_images_inside_an_archive(chat: Folder) -> None:
    expected, _ = chat.rows(sarchat, "referring", "train")
    archive(
        chat.root.parent / "all.zip",
        *((path.relative_to(chat.root).as_posix(), path.read_bytes()) for path in chat.root.rglob("*.*")),
        ("../evil.png", b""),
        deflated=True,
    )
    report = Report()
    rows = list(sarchat.rows(chat.root.parent / "all.zip", "referring", "train", report=report))
    assert [(row.id, row.image) for row in rows] == [(row.id, row.image) for row in expected]
    assert report.counts == {"archive member with an unsafe name": 1}
