"""Two encoders before the same gallery: query against query, the mean recall first."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sarbench import stats
from sarbench.compare import compare_runs
from sarbench.errors import InputError, UnknownNameError
from sarbench.retrieval import Retrieval, RetrievalTask, retrieve
from sarbench.runs.samples import to_table
from sarbench.runs.store import load_manifest, load_run, load_samples, read_lines, save_manifest, save_samples
from tests.retrieval.fake_encoder import FakeEncoder

TASK = "sarbench_sartext_retrieval_hrsid_test"


def recorded(run: Path) -> dict[str, float]:
    (task,) = load_run(run).scores.tasks
    return {score.metric: score.value for score in task.scores if score.protocol == "strict"}


def test_both_sides_are_the_numbers_of_their_runs(retrieved: Path) -> None:
    (task,) = compare_runs(retrieved / "first", retrieved / "second", every=True).tasks
    assert (task.task, task.pairs, task.failed, task.simulated) == (TASK, 24, 0, True)
    assert [number.metric for number in task.differences] == [
        "mean_recall",
        *(f"{direction}_r@{k}" for direction in ("i2t", "t2i") for k in (1, 5, 10)),
    ]
    for side, name in (("a", "first"), ("b", "second")):
        expected = recorded(retrieved / name)
        for number in task.differences:
            assert getattr(number, side) == pytest.approx(expected[number.metric]), number.metric
    assert task.headline.headline
    assert task.headline.difference != 0
    assert task.headline.images == 12
    assert task.headline.method.startswith("cluster-bootstrap")
    assert task.headline.p_holm == task.headline.p  # one task


def test_a_recall_is_tested_as_statistics_do(retrieved: Path) -> None:
    found = compare_runs(retrieved / "first", retrieved / "second", every=True).tasks[0].differences
    number = next(one for one in found if one.metric == "i2t_r@5")
    sides = []
    for name in ("first", "second"):
        lines = [line for line in read_lines(retrieved / name, TASK) if "strict:i2t_r@5" in line["scores"]]
        sides.append({line["image_id"]: line["scores"]["strict:i2t_r@5"] for line in lines})
    images = list(sides[0])
    assert number.n == len(images) == 12
    test = stats.paired_test(*(np.array([side[image] for image in images]) for side in sides), images)
    assert (number.difference, number.p) == (pytest.approx(test.difference), pytest.approx(test.p))


def test_queries_that_differ_say_their_ranks(retrieved: Path) -> None:
    (task,) = compare_runs(retrieved / "first", retrieved / "second").tasks
    assert task.differing
    for sample in task.differing:
        assert "text to image: rank" in sample.answer_a
        hits = [name for name in sample.scores_a if name.startswith("strict:") and "r@" in name]
        assert any(sample.scores_a[name] != sample.scores_b[name] for name in hits)
    (same,) = compare_runs(retrieved / "first", retrieved / "first").tasks
    assert (same.headline.difference, same.headline.p, same.differing) == (0, 1, ())


def test_a_query_that_one_run_lacks_is_left_out_of_both(retrieved: Path) -> None:
    """A caption that failed in one run takes the query of its image along: it stands on another line there."""
    run = retrieved / "second"
    lines = list(read_lines(run, TASK))
    first = next(line for line in lines if "strict:i2t_rank" in line["scores"])
    second = next(line for line in lines if line["image_id"] == first["image_id"] and line is not first)
    second["scores"] |= {name: value for name, value in first["scores"].items() if "i2t" in name}
    first |= {"outcome": "failed", "scores": {}, "parsed": "null"}
    save_samples(run, TASK, to_table(lines))
    manifest = load_manifest(run)
    failing = tuple(task.model_copy(update={"failed": 1}) for task in manifest.tasks)
    save_manifest(run, manifest.model_copy(update={"tasks": failing}))
    (task,) = compare_runs(retrieved / "first", run, every=True).tasks
    assert (task.failed, task.pairs) == (1, 23)
    assert {number.metric: number.n for number in task.differences if number.metric.endswith("r@1")} == {
        "i2t_r@1": 11,
        "t2i_r@1": 23,
    }
    recalls = task.differences[1:]
    assert task.headline.a == pytest.approx(np.mean([number.a for number in recalls]))
    assert task.headline.b == pytest.approx(np.mean([number.b for number in recalls]))
    assert "texts in the gallery: 24 in A, 23 in B" in task.notes


def test_tasks_are_named_as_the_record_names_them(retrieved: Path) -> None:
    for name in (TASK, "sarbench_sartext_retrieval_*"):
        assert [task.task for task in compare_runs(retrieved / "first", retrieved / "second", tasks=[name]).tasks] == [
            TASK
        ]
    with pytest.raises(UnknownNameError, match="does not exist"):
        compare_runs(retrieved / "first", retrieved / "second", tasks=["sarbench_sartext_retrieval_nothing"])


def test_what_cannot_be_held_together_is_refused(retrieved: Path, hrsid: RetrievalTask) -> None:
    paper = Retrieval(encoder=FakeEncoder(2), tasks=[hrsid], out=retrieved / "paper", cache=retrieved / "embeddings")
    retrieve(Retrieval(**{**paper.__dict__, "protocols": ("paper",)}))
    with pytest.raises(InputError, match="B holds no strict ranks"):
        compare_runs(retrieved / "first", retrieved / "paper")
    other = retrieved / "other"
    shutil.copytree(retrieved / "second", other)
    manifest = load_manifest(other)
    for values, says in (({"data_digest": "f" * 64}, "other data"), ({"version": "2.0"}, "task version")):
        changed = tuple(task.model_copy(update=values) for task in manifest.tasks)
        save_manifest(other, manifest.model_copy(update={"tasks": changed}))
        with pytest.raises(InputError, match=says):
            compare_runs(retrieved / "first", other)
    assert load_samples(other, TASK).num_rows == 24
