"""A submitted encoder's run: its ranks are not found again, so that all that follows from them must hold."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError
from sarbench.export.wholeness import row_hashes, shortcomings
from sarbench.runs.samples import to_table
from sarbench.runs.scoring import rescore_run
from sarbench.runs.store import load_manifest, load_run, load_samples, read_lines, save_manifest, save_samples
from sarbench.submit import submit_run
from sarbench.submit.ranks import agree

TASK = "sarbench_sartext_retrieval_hrsid_test"


@pytest.fixture
def run(retrieved: Path) -> Path:
    """The run of an encoder as if its data were the authors'."""
    change_task(retrieved / "first", simulated=False)
    return retrieved / "first"


def change_task(run: Path, **values: Any) -> None:
    manifest = load_manifest(run)
    tasks = tuple(task.model_copy(update=values) for task in manifest.tasks)
    save_manifest(run, manifest.model_copy(update={"tasks": tasks}))


def change_lines(run: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    lines = list(read_lines(run, TASK))
    change(lines)
    save_samples(run, TASK, to_table(lines))


def test_a_sound_run_is_copied_with_its_numbers(run: Path, tmp_path: Path) -> None:
    done = submit_run(run, to=tmp_path / "results")
    assert done.changed == ()
    assert load_run(done.folder).scores == load_run(run).scores
    assert list(read_lines(done.folder, TASK)) == list(read_lines(run, TASK))


def better(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        line["scores"] = dict.fromkeys(line["scores"], 1.0)


def better_rank(lines: list[dict[str, Any]]) -> None:
    line = next(line for line in lines if line["scores"]["strict:t2i_r@5"] == 0)
    line["scores"]["strict:t2i_rank"] = 1.0


def twice(lines: list[dict[str, Any]]) -> None:
    second = next(line for line in lines if "strict:i2t_rank" not in line["scores"])
    first = next(line for line in lines if line["image_id"] == second["image_id"])
    second["scores"] |= {name: value for name, value in first["scores"].items() if "i2t" in name}


def none_at_all(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        line |= {"scores": {}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (better, "its ranks give 1.000000; ranks cannot be found again"),
        (better_rank, "contradict each other"),
        (twice, "not every image has one query"),
        (none_at_all, "its ranks give none"),
    ],
)
def test_changed_ranks_are_found(run: Path, tmp_path: Path, change: Any, says: str) -> None:
    change_lines(run, change)
    with pytest.raises(RunError, match="cannot be submitted") as caught:
        submit_run(run, to=tmp_path / "results")
    assert says in str(caught.value)
    assert not (tmp_path / "results").exists()


def hard_ones_failed(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        if line["scores"]["strict:t2i_r@1"] < 1 and "strict:i2t_rank" not in line["scores"]:
            line |= {"outcome": "failed", "scores": {}}


def test_failed_queries_that_the_manifest_hides_are_counted(run: Path, tmp_path: Path) -> None:
    change_lines(run, hard_ones_failed)
    with pytest.raises(RunError, match="failed in the harness"):
        submit_run(run, to=tmp_path / "results")
    failed = {of.task: of.outcomes["failed"] for of in rescore_run(run).tasks}
    assert failed[TASK] > 0
    assert {task.task: task.failed for task in load_manifest(run).tasks} == failed


def other_caption(lines: list[dict[str, Any]]) -> None:
    lines[1]["target"] = json.dumps({"captions": ["another"]})


def other_images(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        line["image_id"] += "x"


@pytest.mark.parametrize(("change", "name"), [(other_caption, "target"), (other_images, "image_id")])
def test_lines_are_held_against_the_gallery(run: Path, tmp_path: Path, change: Any, name: str) -> None:
    assert submit_run(run, to=tmp_path / "sound").unchecked == ()
    change_lines(run, change)
    with pytest.raises(RunError, match=f"{name} of .* is not that of the built row"):
        submit_run(run, to=tmp_path / "results")


def test_changed_scores_are_found(run: Path, tmp_path: Path) -> None:
    scores = json.loads((run / "scores.json").read_text())
    scores["tasks"][0]["scores"][0]["value"] = 0.999
    (run / "scores.json").write_text(json.dumps(scores))
    with pytest.raises(RunError, match=r"mean_recall \(strict\) is recorded as 0\.999000 and its ranks give 0\."):
        submit_run(run, to=tmp_path / "results")
    (run / "scores.json").unlink()
    with pytest.raises(RunError, match="no scores that its ranks could be held against"):
        submit_run(run, to=tmp_path / "results")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"simulated": True}, "simulated"),
        ({"version": "2.0"}, "not comparable"),
        ({"config": "retrieval-osdataset"}, "no such task"),
        ({"split": "train", "task": "sarbench_sartext_retrieval_hrsid_train"}, "asked on the split train"),
        ({"data_digest": "0" * 64}, "samples hash to"),
    ],
)
def test_every_reason_is_said(run: Path, tmp_path: Path, values: dict[str, Any], says: str) -> None:
    change_task(run, **values)
    if "data_digest" in values:  # the samples say so too
        save_samples(run, TASK, load_samples(run, TASK), **values)
    with pytest.raises(RunError) as caught:
        submit_run(run, to=tmp_path / "results")
    assert says in str(caught.value)


def test_captions_that_have_no_test_split_are_taken_from_the_one_there_is(run: Path) -> None:
    change_task(
        run, dataset="fusar-geovl", config="caption", split="train", task="sarbench_fusargeovl_retrieval_caption_train"
    )
    assert shortcomings(load_manifest(run), read_catalogue().tasks) == []


def test_a_row_of_several_captions_is_one_sample() -> None:
    lines = [("a", "1"), ("a#2", "1"), ("a#3", "1"), ("b", "2"), ("c#2", "3"), ("d", "4"), ("d#3", "5")]
    hashes = row_hashes({"id": name, "sample_sha256": digest} for name, digest in lines)
    assert list(hashes) == ["1", "2", "3", "4", "5"]


@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=40))
def test_what_a_rank_can_be_is_taken(weights: list[float]) -> None:
    """Chances to stand at each place of a gallery give an expected rank and hits that agree."""
    places = [weight / sum(weights) for weight in weights]
    rank = sum(place * chance for place, chance in enumerate(places, start=1))
    hits = [min(sum(places[:k]), 1.0) for k in (1, 5, 10)]
    assert agree(rank, hits, gallery=len(places))
    assert not agree(len(places) + 1.0, hits, gallery=len(places))
    if hits[0] < 0.99:
        assert not agree(1.0, hits, gallery=len(places))
