import json
from pathlib import Path

import pytest

import sarbench
from sarbench.errors import InputError, UnknownNameError
from sarbench.questions.family import FAMILIES
from tests.questions.rows import PERFECT, ROWS


def many(kind: str, n: int = 6) -> list[dict]:
    return [{**ROWS[kind], "id": f"{kind}/{k}", "image_id": f"i{k // 2}", "sample_sha256": f"h{k}"} for k in range(n)]


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_list_a_mapping_and_a_file_give_the_same_numbers(kind: str, tmp_path: Path) -> None:
    rows = many(kind)
    texts = [PERFECT[kind] if k % 3 else "I think it is something else" for k in range(len(rows))]
    listed = sarbench.score(task=kind, predictions=texts, references=rows)
    by_id = {row["id"]: text for row, text in zip(rows, texts, strict=True)}
    backwards = dict(reversed(by_id.items()))
    file = tmp_path / "p.jsonl"
    file.write_text("".join(json.dumps({"id": k, "prediction": v}) + "\n" for k, v in backwards.items()))
    assert listed == sarbench.score(task=kind, predictions=backwards, references=iter(rows))
    assert listed == sarbench.score(task=kind, predictions=file, references=rows)
    assert listed["strict"]
    assert listed.details.samples == 6


def test_missing_answers_are_counted_and_not_scored() -> None:
    rows = many("counting")
    table = sarbench.score(task="counting", predictions={rows[0]["id"]: "2"}, references=rows)
    assert table["strict"]["exact"] == 1.0
    assert (table.details.samples, table.details.missing) == (1, 5)


def test_slices_of_the_user_and_of_the_kind() -> None:
    rows = many("referring")
    texts = [PERFECT["referring"], *[""] * 5]
    table = sarbench.score(
        task="referring", predictions=texts, references=rows, slices={"first": {rows[0]["id"]}, "nobody": set()}
    )
    f1 = {s.slice: s.value for s in table.details.scores if s.headline}
    assert f1["first"] == 1.0
    assert f1["nobody"] is None
    assert f1["single"] == f1["all"] == table["strict"]["f1@0.5"]


def test_a_mixed_split_has_one_accuracy_as_the_paper_does() -> None:
    truths = {"presence": "yes", "position": "top left", "region": "ship", "vqa": "Bare land"}
    rows = [{**ROWS[kind], "id": kind, "answers": [truth]} for kind, truth in truths.items()]
    table = sarbench.score(
        task="vqa", predictions=["Yes.", "bottom right", "a ship", "I do not know. Bare land?"], references=rows
    )
    assert table["paper"] == {"accuracy": 0.75, "undecided": 0.25}
    assert table["strict"]["accuracy"] == 0.5
    assert {s.slice for s in table.details.scores} == {"all", "presence", "position", "region", "attribute"}


def test_a_judge_decides_what_the_rules_leave_open() -> None:
    rows = many("vqa", 4)
    texts = ["meadow", "meadow", "bare land", ""]
    verdicts = {rows[0]["id"]: True, rows[2]["id"]: False, rows[3]["id"]: True}
    before = sarbench.score(task="vqa", predictions=texts, references=rows)["strict"]
    after = sarbench.score(task="vqa", predictions=texts, references=rows, verdicts=verdicts)["strict"]
    assert (before["accuracy"], before["accuracy_at_most"], before["undecided"]) == (0.25, 0.75, 0.5)
    assert (after["accuracy"], after["accuracy_at_most"], after["undecided"]) == (0.5, 0.75, 0.25)


def test_a_loaded_dataset_is_scored_without_its_images() -> None:
    import datasets

    rows = [{key: value for key, value in row.items() if key != "boxes"} for row in many("presence")]
    table = datasets.Dataset.from_list([{**row, "image": b"no image at all"} for row in rows])
    table = table.cast_column("image", datasets.Image())
    assert sarbench.score(task="presence", predictions=["yes"] * 6, references=table)["strict"]["accuracy"] == 1.0
    streamed = table.to_iterable_dataset()
    assert sarbench.score(task="presence", predictions=["yes"] * 6, references=streamed)["strict"]["accuracy"] == 1.0


@pytest.mark.parametrize("texts", [["2"] * 5, ["2"] * 7, []])
def test_lists_of_different_lengths_are_refused(texts: list[str]) -> None:
    with pytest.raises(InputError, match="predictions for"):
        sarbench.score(task="counting", predictions=texts, references=many("counting"))


@pytest.mark.parametrize("value", [None, 2, b"2"])
def test_what_is_no_text_is_named(value: object) -> None:
    rows = many("counting", 2)
    with pytest.raises(InputError, match="counting/1: its prediction is"):
        sarbench.score(task="counting", predictions=["2", value], references=rows)  # type: ignore[list-item]
    with pytest.raises(InputError, match="counting/1: its prediction is"):
        sarbench.score(task="counting", predictions={"counting/0": "2", "counting/1": value}, references=rows)  # type: ignore[dict-item]


def test_mixed_tasks_are_named() -> None:
    rows = [*many("counting", 1), *many("presence", 1)]
    with pytest.raises(InputError, match="presence/0: asks for presence, not for counting"):
        sarbench.score(task="counting", predictions=["2", "yes"], references=rows)


def test_unknown_ids_names_and_protocols_are_refused() -> None:
    rows = many("counting", 2)
    with pytest.raises(InputError, match="about no sample"):
        sarbench.score(task="counting", predictions={"elsewhere": "2"}, references=rows)
    with pytest.raises(UnknownNameError, match="protocol 'best'"):
        sarbench.score(task="counting", predictions=["2", "2"], references=rows, protocols=["best"])
    with pytest.raises(UnknownNameError, match="retrieval"):
        sarbench.score(task="retrieval", predictions=[], references=[])
    with pytest.raises(UnknownNameError):
        sarbench.score(task="conting", predictions=[], references=[])
    with pytest.raises(UnknownNameError):
        sarbench.score(task="referring", predictions=[], references=[], coords="norm7")
    with pytest.raises(InputError, match="two references"):
        sarbench.score(task="counting", predictions={"counting/0": "2"}, references=[rows[0], rows[0]])
    with pytest.raises(InputError, match="no row of the schema"):
        sarbench.score(task="counting", predictions=["2"], references=[{"answer": 2}])


def test_no_answers_at_all_is_nothing_scored() -> None:
    table = sarbench.score(task="counting", predictions=[], references=[])
    assert table == {"strict": {"exact": None}}
