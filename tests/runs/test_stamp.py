"""What a samples file says of itself, whoever wrote it, and what happens where the manifest says otherwise."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sarbench.errors import RunError
from sarbench.runs.record import SAMPLES
from sarbench.runs.scoring import rescore_run, score_run
from sarbench.runs.stamp import stamp, stamp_in, stamp_of
from sarbench.runs.store import load_manifest, load_samples, samples_path, save_manifest, save_samples
from tests.runs.folders import FIRST, open_run


def stamps(run: Path) -> dict[str, dict[str, str]]:
    return {task.task: stamp_of(samples_path(run, task.task)) for task in load_manifest(run).tasks}


def expected(run: Path) -> dict[str, dict[str, str]]:
    return {task.task: stamp(task.task, task.data_digest) for task in load_manifest(run).tasks}


@pytest.fixture
def run(rebuilt: Path, tmp_path: Path) -> Path:
    """The run of a floor."""
    return Path(shutil.copytree(rebuilt / "prior", tmp_path / "run"))


def test_a_floor_says_what_it_answered_and_scoring_again_keeps_it(run: Path) -> None:
    assert stamps(run) == expected(run)
    assert pq.read_schema(samples_path(run, load_manifest(run).tasks[0].task)).equals(SAMPLES)
    rescore_run(run)
    assert stamps(run) == expected(run)


def test_an_encoder_says_what_it_ranked(retrieved: Path) -> None:
    assert stamps(retrieved / "first") == expected(retrieved / "first")


def test_an_exported_record_says_it_too(run: Path, tmp_path: Path) -> None:
    from sarbench.export.hub.record import write_record
    from sarbench.runs.store import load_run

    write_record(load_run(run), tmp_path / "out")
    assert stamps(tmp_path / "out") == expected(run)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"data_digest": "0" * 64}, f"answers to data with the digest .*, where the manifest says {'0' * 40}"),
        (
            {"task": "sarbench_sarchat_rebuilt_grounding"},
            "answers to the task sarbench_sarchat_rebuilt_counting, where",
        ),
    ],
)
def test_samples_of_something_else_are_refused(run: Path, changes: dict[str, Any], problem: str) -> None:
    manifest = load_manifest(run)
    (counting,) = [task for task in manifest.tasks if task.task.endswith("counting")]
    changed = counting.model_copy(update=changes)
    samples_path(run, counting.task).rename(samples_path(run, changed.task))
    save_manifest(run, manifest.model_copy(update={"tasks": (changed,)}))
    with pytest.raises(RunError, match=problem):
        score_run(run)
    with pytest.raises(RunError, match=problem):
        rescore_run(run)


def test_a_record_of_another_version_is_refused(run: Path) -> None:
    task = load_manifest(run).tasks[0]
    path = samples_path(run, task.task)
    table = pq.read_table(path, partitioning=None)
    said = stamp_in(table.schema) | {"sarbench.record_version": "2"}
    pq.write_table(table.replace_schema_metadata(said), path)
    with pytest.raises(RunError, match="has version 2 of the run record"):
        score_run(run)


def test_older_samples_say_nothing_and_are_taken(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run")
    assert stamps(run) == {FIRST: {}}
    rescore_run(run)
    assert stamps(run) == {FIRST: {}}


def test_a_table_keeps_its_stamp_where_no_other_is_given(run: Path) -> None:
    task = load_manifest(run).tasks[0].task
    save_samples(run, task, load_samples(run, task).slice(1))
    assert stamps(run) == expected(run)
