"""What may stand on the board gets there whole; everything else is told why not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, RunError
from sarbench.runs.finding import find_runs
from sarbench.runs.samples import from_table
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
        ({"task": "sarbench_gone"}, "no such task"),
        ({"data_digest": "0" * 64}, "samples hash to"),
    ],
)
def test_every_reason_is_said(run: Path, tmp_path: Path, values: dict[str, Any], says: str) -> None:
    change(run, **values)
    with pytest.raises(RunError, match="cannot be submitted") as caught:
        submit_run(run, to=tmp_path / "results")
    assert says in str(caught.value)
    assert list((tmp_path / "results").iterdir()) == []
    assert not list(tmp_path.glob(".submit-*"))


def test_several_reasons_are_said_at_once(run: Path, tmp_path: Path) -> None:
    change(run, simulated=True, limit=4)
    with pytest.raises(RunError, match=r"simulated.*--limit"):
        submit_run(run, to=tmp_path / "results")


def test_one_failure_in_a_hundred_may_be(run: Path, tmp_path: Path) -> None:
    from sarbench.submit.checks import shortcomings

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


def logs_of(run: Path, folder: Path, *, prompt_version: bool = True) -> Path:
    """Write the answers of a run as lmms-eval 0.7.3 logs them (keys as in a log that it wrote here)."""
    folder.mkdir(parents=True)
    specs = {spec.name: spec for spec in TASKS}
    configs, versions = {}, {}
    for task in load_manifest(run).tasks:
        said = {"version": task.version} | ({"prompt_version": "1.0"} if prompt_version else {})
        configs[task.task] = {"generation_kwargs": {"max_new_tokens": 16}, "metadata": said}
        versions[task.task] = task.version
        with (folder / f"20261121_184625_samples_{task.task}.jsonl").open("w") as file:
            for number, line in enumerate(from_table(load_samples(run, task.task))):
                ours = {**line, "family": specs[task.task].family}
                logged = {"doc_id": number, "token_counts": [None], "exact": ours, "input": line["prompt"]}
                file.write(json.dumps(logged) + "\n")
    config = {"model": "dummy", "model_args": "response=1,api_key=secret", "batch_size": "1", "random_seed": 0}
    results = {"config": config, "configs": configs, "versions": versions, "date": "20261121_184625"}
    (folder / "20261121_184625_results.json").write_text(json.dumps(results))
    return folder


def test_logs_become_the_same_record(run: Path, tmp_path: Path) -> None:
    from sarbench.submit.lmms_logs import record_of_logs

    record = record_of_logs(logs_of(run, tmp_path / "logs" / "dummy").parent, tmp_path / "record")
    manifest = load_manifest(record)
    assert [task.data_digest for task in manifest.tasks] == [task.data_digest for task in load_manifest(run).tasks]
    assert [task.done for task in manifest.tasks] == [task.samples for task in manifest.tasks]
    assert manifest.backend.args == {"response": "1", "api_key": "***"}
    assert manifest.started == "2026-11-21T10:46:25+00:00"
    assert load_samples(record, COUNTING).drop_columns(["tokens"]) == load_samples(run, COUNTING).drop_columns(
        ["tokens"]
    )


def test_logs_on_simulated_data_are_refused_as_a_run_is(run: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="simulated"):
        submit_run(logs_of(run, tmp_path / "logs"), to=tmp_path / "results")


def test_sound_logs_are_submitted(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from sarbench.submit import lmms_logs

    real = lmms_logs.task_data
    monkeypatch.setattr(lmms_logs, "task_data", lambda spec: replace(real(spec), simulated=False))
    done = submit_run(logs_of(run, tmp_path / "logs"), to=tmp_path / "results")
    assert load_run(done.folder).scores == load_run(run).scores
    assert done.manifest.hardware.cpu == "unknown"


def cut(folder: Path) -> None:
    path = folder / f"20261121_184625_samples_{COUNTING}.jsonl"
    path.write_text(path.read_text()[:-40])


def without_answers(folder: Path) -> None:
    (folder / f"20261121_184625_samples_{COUNTING}.jsonl").unlink()


def of_others(folder: Path) -> None:
    path = folder / "20261121_184625_results.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "configs": {"mmmu": {}}}))


def twice(folder: Path) -> None:
    shutil.copy(folder / "20261121_184625_results.json", folder / "20261122_184625_results.json")


def no_hash(folder: Path) -> None:
    path = folder / f"20261121_184625_samples_{COUNTING}.jsonl"
    path.write_text(path.read_text().replace('"sample_sha256"', '"hash"'))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "is no line of lmms-eval's samples"),
        (without_answers, "--log_samples"),
        (of_others, "no task of sarbench"),
        (twice, "2 lmms-eval runs"),
        (no_hash, "lacks sample_sha256"),
    ],
)
def test_what_logs_lack_is_said(run: Path, tmp_path: Path, damage: Any, says: str) -> None:
    logs = logs_of(run, tmp_path / "logs")
    damage(logs)
    with pytest.raises(InputError) as caught:
        submit_run(logs, to=tmp_path / "results")
    assert says in str(caught.value)


def test_logs_without_a_prompt_version_are_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="prompt_version"):
        submit_run(logs_of(run, tmp_path / "logs", prompt_version=False), to=tmp_path / "results")


def test_an_empty_answer_without_tokens_is_a_failure(tmp_path: Path, run: Path) -> None:
    from sarbench.submit.logged_lines import read_logged

    path = logs_of(run, tmp_path / "logs") / f"20261121_184625_samples_{COUNTING}.jsonl"
    logged = [json.loads(line) for line in path.read_text().splitlines()]
    for place, line in enumerate(logged):
        line["token_counts"] = [{"output_tokens": 3}] if place else [None]
    logged[0]["exact"] |= {"prediction": "", "outcome": "empty"}
    path.write_text("\n".join(map(json.dumps, reversed(logged))))
    lines = read_logged(path, "counting")
    assert [line["id"] for line in lines] == [line["exact"]["id"] for line in logged]
    assert lines[0]["outcome"] == "failed"
    assert lines[1]["tokens"] == 3


@pytest.mark.parametrize("split", ["train", "validation"])
def test_items_that_may_be_learned_from_are_refused(run: Path, tmp_path: Path, split: str) -> None:
    change(run, split=split)
    with pytest.raises(RunError, match=f"asked on the split {split}, where it is a task of test.*for calibration"):
        submit_run(run, to=tmp_path / "results")


def test_a_split_that_stands_in_for_a_missing_one_is_taken(run: Path) -> None:
    from sarbench.submit.checks import shortcomings

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
