"""What may stand on the board gets there whole; everything else is told why not."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, RunError
from sarbench.runs.finding import find_runs
from sarbench.runs.store import (
    load_manifest,
    load_run,
    load_samples,
    save_samples,
)
from sarbench.submit import submit_run
from tests.export.published import change

TASKS = read_catalogue().select(["sarbench_sarchat_rebuilt_counting", "sarbench_sarchat_rebuilt_referring"])
COUNTING = "sarbench_sarchat_rebuilt_counting"

pytestmark = pytest.mark.slow


def test_a_sound_run_is_copied_whole_and_alone(run: Path, tmp_path: Path) -> None:
    (run / "logs").mkdir()
    (run / "logs" / "worker.log").write_text("private")
    done = submit_run(run, to=tmp_path / "results")
    assert done.folder.parent.parent == tmp_path / "results"
    assert done.folder.name == "prior"
    assert load_run(done.folder).scores == load_run(run).scores
    assert done.changed == ()
    assert load_samples(done.folder, COUNTING) == load_samples(run, COUNTING)
    assert not (done.folder / "logs").exists()
    assert find_runs(tmp_path / "results") == [done.folder]
    assert [path.name for path in (tmp_path / "results").iterdir()] == [done.folder.parent.name]


def test_results_are_made_where_they_go_and_a_file_is_refused(run: Path, tmp_path: Path) -> None:
    place = tmp_path / "a" / "b" / "results"
    done = submit_run(run, to=place)
    assert done.folder.is_relative_to(place)
    assert list(tmp_path.rglob(".submit-*")) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is no folder"):
        submit_run(run, to=tmp_path / "file")


def test_recorded_scores_are_not_believed(run: Path, tmp_path: Path) -> None:
    scores = json.loads((run / "scores.json").read_text())
    for task in scores["tasks"]:
        for score in task["scores"]:
            score["value"] = 1.0 if score["headline"] else score["value"]
    (run / "scores.json").write_text(json.dumps(scores))
    done = submit_run(run, to=tmp_path / "results")
    assert len(done.changed) == len(TASKS)
    assert all("was recorded as 1.000000" in line for line in done.changed)
    assert load_run(done.folder).scores != load_run(run).scores


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"simulated": True}, "simulated"),
        ({"limit": 4}, "--limit"),
        ({"samples": 10_000}, "have no answer"),
        ({"failed": 1}, "failed in the harness"),
        ({"version": "0.1"}, "not comparable"),
    ],
)
def test_every_reason_is_said(run: Path, tmp_path: Path, values: dict[str, Any], says: str) -> None:
    change(run, **values)
    with pytest.raises(RunError, match="cannot be submitted") as caught:
        submit_run(run, to=tmp_path / "results")
    assert says in str(caught.value)
    assert not (tmp_path / "results").exists()
    assert not list(tmp_path.glob(".submit-*"))


@pytest.mark.parametrize(("forged", "says"), [(False, "says that it holds answers to data"), (True, "samples hash to")])
def test_a_changed_digest_is_found(run: Path, tmp_path: Path, forged: bool, says: str) -> None:
    change(run, data_digest="0" * 64)
    if forged:
        for task in TASKS:
            save_samples(run, task.name, load_samples(run, task.name), data_digest="0" * 64)
    with pytest.raises(RunError, match=says):
        submit_run(run, to=tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_a_record_of_another_form_is_named_with_its_schema(run: Path, tmp_path: Path) -> None:
    content = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps(content | {"seeds": 3}))
    with pytest.raises(InputError, match=r"seeds: .*schema/manifest\.schema\.json says what belongs in it"):
        submit_run(run, to=tmp_path / "results")


def test_several_reasons_are_said_at_once(run: Path, tmp_path: Path) -> None:
    change(run, simulated=True, limit=4)
    with pytest.raises(RunError, match=r"simulated.*--limit"):
        submit_run(run, to=tmp_path / "results")


def test_one_failure_in_a_hundred_may_be(run: Path, tmp_path: Path) -> None:
    from sarbench.export.wholeness import shortcomings

    manifest = load_manifest(run)
    tasks = [task.model_copy(update={"samples": 200, "done": 200, "failed": 2}) for task in manifest.tasks]
    assert shortcomings(manifest.model_copy(update={"tasks": tuple(tasks)}), read_catalogue().tasks) == []
    tasks = [task.model_copy(update={"failed": 3}) for task in tasks]
    assert len(shortcomings(manifest.model_copy(update={"tasks": tuple(tasks)}), read_catalogue().tasks)) == 2


def test_a_changed_sample_is_found(run: Path, tmp_path: Path) -> None:
    table = load_samples(run, COUNTING)
    hashes = ["0" * 64, *table.column("sample_sha256").to_pylist()[1:]]
    place = table.schema.get_field_index("sample_sha256")
    save_samples(run, COUNTING, table.set_column(place, "sample_sha256", pa.array(hashes)))
    with pytest.raises(RunError, match="samples hash to"):
        submit_run(run, to=tmp_path / "results")


def test_a_full_disk_leaves_nothing(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sarbench.submit import submission

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(submission, "rescore_run", full)
    with pytest.raises(OSError, match="No space left"):
        submit_run(run, to=tmp_path / "results")
    assert find_runs(tmp_path / "results") == []
    assert not list(tmp_path.glob(".submit-*"))


def test_nothing_is_written_over(run: Path, tmp_path: Path) -> None:
    first = submit_run(run, to=tmp_path / "results")
    before = (first.folder / "manifest.json").stat().st_mtime_ns
    with pytest.raises(RunError, match="not written over"):
        submit_run(run, to=tmp_path / "results")
    assert (first.folder / "manifest.json").stat().st_mtime_ns == before


def test_a_manifest_of_another_schema_is_refused(run: Path, tmp_path: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["surprise"] = 1
    (run / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="surprise"):
        submit_run(run, to=tmp_path / "results")


@pytest.mark.parametrize("split", ["train", "validation"])
def test_items_that_may_be_learned_from_are_refused(run: Path, tmp_path: Path, split: str) -> None:
    change(run, split=split)
    with pytest.raises(RunError, match=f"asked on the split {split}, where it is a task of test.*for calibration"):
        submit_run(run, to=tmp_path / "results")


def test_a_split_that_stands_in_for_a_missing_one_is_taken(run: Path) -> None:
    from sarbench.export.wholeness import shortcomings

    manifest, specs = load_manifest(run), read_catalogue().tasks
    spec = specs["sarbench_sartext_caption"]
    values = {"task": spec.name, "dataset": spec.dataset, "config": spec.config, "version": spec.version}
    for split, refused in (("test", False), ("train", False), ("validation", True)):
        task = manifest.tasks[0].model_copy(update={**values, "split": split})
        assert bool(shortcomings(manifest.model_copy(update={"tasks": (task,)}), specs)) is refused


def test_data_of_another_task_are_refused(run: Path, tmp_path: Path) -> None:
    change(run, config="rebuilt-classification")
    with pytest.raises(RunError, match=r"was asked on sarchat-2m/rebuilt-classification, where it is a task of"):
        submit_run(run, to=tmp_path / "results")
