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
    with pytest.warns(UserWarning, match="PARTIAL, 5 of 6"):
        table = sarbench.score(task="counting", predictions={rows[0]["id"]: "2"}, references=rows)
    assert table["strict"]["exact"] == 1.0
    assert (table.details.samples, table.details.missing) == (1, 5)


def test_slices_of_the_user_and_of_the_kind() -> None:
    rows = many("referring")
    texts = [PERFECT["referring"], *[""] * 5]
    table = sarbench.score(
        task="referring", predictions=texts, references=rows, slices={"first": {rows[0]["id"]}, "nobody": set()}
    )
    f1 = {s.slice: s.value for s in table.details.scores if (s.metric, s.protocol) == ("f1@0.5", "strict")}
    assert [s.slice for s in table.details.scores if s.headline] == ["all"]
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
    verdicts |= {rows[1]["id"]: False}
    before = sarbench.score(task="vqa", predictions=texts, references=rows)["strict"]
    after = sarbench.score(task="vqa", predictions=texts, references=rows, verdicts=verdicts)["strict"]
    assert before == {"accuracy": 0.25, "accuracy_at_most": 0.75, "undecided": 0.5}
    assert after == before | {"accuracy_judged": 0.5, "accuracy_at_most_judged": 0.5}


def test_a_verdict_counts_for_its_own_answer_alone() -> None:
    rows = many("vqa", 40)
    for verdict in (True, False):
        verdicts = {row["id"]: (row is rows[1]) == verdict for row in rows}
        found = sarbench.score(task="vqa", predictions=["meadow"] * 40, references=rows, verdicts=verdicts)
        assert found["strict"]["accuracy_judged"] == (1 / 40 if verdict else 39 / 40)
        assert (found["strict"]["accuracy"], found["strict"]["undecided"]) == (0.0, 1.0)


def test_verdicts_on_all_that_is_undecided_decide_the_papers_too() -> None:
    """Some answers only one of the two rules leaves open: `undecided` names those of either."""
    truths = {"presence": "yes", "position": "top left", "region": "ship", "vqa": "Bare land"}
    rows = [{**ROWS[kind], "id": kind, "answers": [truth]} for kind, truth in truths.items()]
    texts = ["It is land."] * len(rows)
    before = sarbench.score(task="vqa", predictions=texts, references=rows)
    assert before["paper"]["undecided"] > before["strict"]["undecided"]
    verdicts = dict.fromkeys(before.undecided, True)
    after = sarbench.score(task="vqa", predictions=texts, references=rows, verdicts=verdicts)
    assert after["paper"]["accuracy_judged"] == before["paper"]["accuracy"] + before["paper"]["undecided"]
    assert after.undecided == ()


def test_too_few_verdicts_make_no_number() -> None:
    rows = many("vqa", 2)
    found = sarbench.score(task="vqa", predictions=["meadow"] * 2, references=rows, verdicts={rows[0]["id"]: True})
    assert found["strict"]["accuracy_judged"] is None
    note = next(score.note for score in found.details.scores if score.metric == "accuracy_judged")
    assert note == "1 of 2 undecided answers have no verdict; give verdicts on the others too"


def test_a_judge_leaves_the_papers_own_number_alone() -> None:
    rows = many("vqa", 2)
    judged = sarbench.score(task="vqa", predictions=["pond"] * 2, references=rows, verdicts={rows[0]["id"]: True})
    assert judged.undecided == (rows[1]["id"],)
    assert judged["paper"] == {"accuracy": 0.0, "undecided": 1.0, "accuracy_judged": None}
    both = {rows[0]["id"]: True, rows[1]["id"]: False}
    judged = sarbench.score(task="vqa", predictions=["pond"] * 2, references=rows, verdicts=both)
    assert judged["paper"] == {"accuracy": 0.0, "undecided": 1.0, "accuracy_judged": 0.5}


def test_a_judge_decides_open_classes_in_every_number() -> None:
    row = {**ROWS["classification"], "answers": ["Coast"], "choices": [], "dataset": "sar-text"}
    rows = [{**row, "id": name} for name in "ab"]
    verdicts = {"a": True, "b": True}
    found = sarbench.score(task="classification", predictions=["Shore"] * 2, references=rows, verdicts=verdicts)
    strict = found["strict"]
    assert (strict["accuracy_judged"], strict["macro_f1_judged"], strict["accuracy"]) == (1.0, 1.0, 0.0)


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
    with pytest.raises(InputError, match=r"there are \d (predictions|references), and more"):
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


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"verdicts": [True]}, r"score\(verdicts=…\): is of type list\. Give a mapping from id"),
        ({"references": None}, r"score\(references=…\): is None\. Give rows of the schema"),
        ({"predictions": None}, r"score\(predictions=…\): is None\. Give a list of texts"),
        ({"coords": None}, r"score\(coords=…\): is None\. Give the name of a convention"),
        ({"task": None}, r"score\(task=…\): is None"),
        ({"protocols": None}, r"score\(protocols=…\): is None"),
        ({"slices": ["a"]}, r"score\(slices=…\): is of type list"),
        ({"slices": {"few": None}}, "slice 'few': is None"),
        ({"slices": {1: ["counting/0"]}}, "slice 1: has a name or an id that is no text"),
        ({"slices": {"few": [["counting/0"]]}}, "slice 'few': has a name or an id that is no text"),
        (
            {"references": [*many("counting", 1), {**ROWS["counting"], "image_id": [0]}]},
            r"reference 1: .*image_id \[0\]",
        ),
        ({"references": [{**ROWS["counting"], "id": {}}]}, r"reference 0: has the id \{\}"),
    ],
)
def test_arguments_of_another_kind_are_named(changed: dict, says: str) -> None:
    asked = {"task": "counting", "predictions": ["2", "2"], "references": many("counting", 2)}
    with pytest.raises(InputError, match=says):
        sarbench.score(**{**asked, **changed})


def test_half_an_emoji_is_taken_from_a_list_and_from_a_file_alike(tmp_path: Path) -> None:
    rows = many("vqa", 2)
    texts = ["bare land \ud83d", "meadow \ud83d"]
    listed = sarbench.score(task="vqa", predictions=texts, references=rows)
    path = tmp_path / "p.jsonl"
    lines = [{"id": row["id"], "prediction": text} for row, text in zip(rows, texts, strict=True)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert sarbench.score(task="vqa", predictions=path, references=rows) == listed


def test_no_answers_at_all_is_nothing_scored() -> None:
    table = sarbench.score(task="counting", predictions=[], references=[])
    assert table == {"strict": {"exact": None}}


def test_slices_and_verdicts_are_about_the_references() -> None:
    rows = many("referring", 2)
    ask = {"task": "referring", "predictions": [PERFECT["referring"]] * 2, "references": rows}
    with pytest.raises(InputError, match="names 'elsewhere', which is no reference"):
        sarbench.score(**ask, slices={"few": ["elsewhere"]})
    with pytest.raises(InputError, match="names 'elsewhere', which is no reference"):
        sarbench.score(**ask, verdicts={"elsewhere": True})
    with pytest.raises(InputError, match="has the verdict 1"):
        sarbench.score(**ask, verdicts={"referring/0": 1})  # type: ignore[dict-item]
    with pytest.raises(InputError, match="is a text"):
        sarbench.score(**ask, slices={"few": "referring/0"})
    with pytest.raises(InputError, match="name of all samples"):
        sarbench.score(**ask, slices={"all": ["referring/0"]})
    with pytest.raises(InputError, match="a slice that referring has by itself"):
        sarbench.score(**ask, slices={"single": ["referring/0"]})


def test_rows_without_a_truth_are_named() -> None:
    for kind, lack in (("presence", {"answers": []}), ("caption", {"answers": [" "]}), ("counting", {"count": None})):
        rows = [*many(kind, 1), {**ROWS[kind], "id": "lacking", **lack}]
        with pytest.raises(InputError, match="lacking: "):
            sarbench.score(task=kind, predictions=["yes"] * 2, references=rows)
    boxless = {key: value for key, value in ROWS["referring"].items() if key != "boxes"}
    with pytest.raises(InputError, match="has no boxes"):
        sarbench.score(task="referring", predictions=["[1, 2, 3, 4]"], references=[boxless])


def test_rows_of_numpy_and_pandas_are_rows() -> None:
    import numpy as np

    row = {**ROWS["region"], "choices": np.array(["ship", "car"]), "region": np.zeros(4), "count": float("nan")}
    assert sarbench.score(task="region", predictions=["ship"], references=[row])["strict"]["all_fields"] == 1.0


def test_any_accepted_answer_is_right_and_a_refusal_may_be_one() -> None:
    row = {**ROWS["vqa"], "answers": ["pond", "lake"]}
    assert sarbench.score(task="vqa", predictions=["Lake."], references=[row])["strict"]["accuracy"] == 1.0
    unknown = {**ROWS["vqa"], "answers": ["It cannot be determined."]}
    table = sarbench.score(task="vqa", predictions=["It cannot be determined."], references=[unknown])
    assert table["strict"]["accuracy"] == 1.0
    assert table.details.outcomes["ok"] == 1


def test_classes_beyond_the_six_are_found_and_case_does_not_matter() -> None:
    boxes = [{"label": "Wind Turbine", "xyxy": [10.0, 10.0, 20.0, 20.0]}, {"label": "Ship", "xyxy": [50, 50, 60, 60]}]
    row = {**ROWS["grounding"], "boxes": boxes}
    said = "wind turbine [10, 10, 20, 20] ship [50, 50, 60, 60]"
    assert sarbench.score(task="grounding", predictions=[said], references=[row])["strict"]["f1@0.5"] == 1.0


def test_a_broken_box_costs_one_box_and_not_the_others() -> None:
    said = "[10, 10, 30, 30] [5, 5, 5, 9]"
    table = sarbench.score(task="referring", predictions=[said], references=[ROWS["referring"]])
    assert table.details.outcomes["degenerate"] == 1
    assert table["strict"]["f1@0.5"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_random_boxes_are_worth_no_more_than_their_share(seed: int) -> None:
    """No number that ranks may reward spraying: F1 is at most 2 / 101 for one target, mean IoU and Jaccard 1 / 100."""
    import numpy as np

    rng = np.random.default_rng(seed)
    rows = [{**row, "image_id": row["id"]} for row in many("referring", 40)]

    def spray() -> str:
        corners = rng.uniform(0, 160, size=(100, 2))
        sides = rng.uniform(10, 40, size=(100, 2))
        return " ".join(str([*low, *(low + side)]) for low, side in zip(corners.round(1), sides.round(1), strict=True))

    numbers = sarbench.score(task="referring", predictions=[spray() for _ in rows], references=rows)
    strict, paper = numbers["strict"], numbers["paper"]
    assert max(strict[f"f1@{t}"] for t in (0.25, 0.5, 0.75)) <= 2 / 101
    assert max(strict[f"precision@{t}"] for t in (0.25, 0.5, 0.75)) <= 1 / 100
    assert max(strict["mean_iou"], *paper.values()) <= 1 / 100
    found = {
        s.metric: s.higher_is_better
        for s in sarbench.score(task="referring", predictions=[spray() for _ in rows], references=rows).details.scores
    }
    assert found["matched_iou"] is None
