"""Submitted logs of plain lmms-eval become the record that `sarbench eval` would have written, or say why not."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, RunError
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_manifest, load_run, load_samples
from sarbench.submit import submit_run
from sarbench.submit.lmms_logs import run_of_logs

TASKS = read_catalogue().select(["sarbench_sarchat_rebuilt_counting", "sarbench_sarchat_rebuilt_referring"])
COUNTING = "sarbench_sarchat_rebuilt_counting"

pytestmark = pytest.mark.slow


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


def edit_logs(folder: Path, change: Any, *, results: dict[str, Any] | None = None) -> None:
    """Change every logged line of counting, by its place, and fields of the results."""
    path = folder / f"20261121_184625_samples_{COUNTING}.jsonl"
    logged = [json.loads(line) for line in path.read_text().splitlines()]
    for place, line in enumerate(logged):
        line["exact"] |= change(place)
    path.write_text("\n".join(map(json.dumps, logged)))
    path = folder / "20261121_184625_results.json"
    content = json.loads(path.read_text())
    content["config"] |= (results or {}).pop("config", {})
    path.write_text(json.dumps(content | (results or {})))


def test_logs_of_several_prompts_are_refused(run: Path, tmp_path: Path) -> None:
    logs = logs_of(run, tmp_path / "logs")
    edit_logs(logs, lambda place: {"prompt_id": "authors"} if place > 2 else {})
    with pytest.raises(InputError, match=r"more than one prompt \(authors, sarbench\)"):
        run_of_logs(logs, tmp_path / "run-of-logs")


def test_logged_scores_are_not_believed(run: Path, tmp_path: Path) -> None:
    logs = logs_of(run, tmp_path / "logs")
    edit_logs(logs, lambda place: {"scores": {"exact": 1.0, "within_1": 1.0}, "outcome": "ok"})
    assert load_run(run_of_logs(logs, tmp_path / "run-of-logs")).scores == load_run(run).scores


@pytest.mark.parametrize(("limit", "recorded"), [(3, 3), ("3", 3), (0.3, None), (-1, None)])
def test_the_limit_is_that_of_lmms_eval(run: Path, tmp_path: Path, limit: Any, recorded: int | None) -> None:
    logs = logs_of(run, tmp_path / "logs")
    edit_logs(logs, lambda place: {}, results={"config": {"limit": limit}})
    found = load_manifest(run_of_logs(logs, tmp_path / "run-of-logs")).tasks
    shares = [math.ceil(0.3 * task.samples) for task in found]
    assert [task.limit for task in found] == (shares if limit == 0.3 else [recorded] * len(found))


@pytest.mark.parametrize("seconds", [1e30, -1e30, "nan"])
def test_a_time_that_cannot_be_is_refused(run: Path, tmp_path: Path, seconds: Any) -> None:
    logs = logs_of(run, tmp_path / "logs")
    edit_logs(logs, lambda place: {}, results={"total_evaluation_time_seconds": seconds})
    with pytest.raises(InputError, match=r"is not what lmms-eval 0\.7 writes"):
        run_of_logs(logs, tmp_path / "run-of-logs")


def test_an_answer_that_never_came_stays_a_failure_when_it_is_scored_again(run: Path, tmp_path: Path) -> None:
    path = logs_of(run, tmp_path / "logs") / f"20261121_184625_samples_{COUNTING}.jsonl"
    logged = [json.loads(line) for line in path.read_text().splitlines()]
    for place, line in enumerate(logged):
        line["token_counts"] = [{"output_tokens": 3}] if place else [None]
    logged[0]["exact"] |= {"prediction": "", "outcome": "empty"}
    path.write_text("\n".join(map(json.dumps, logged)))
    done = run_of_logs(path.parent, tmp_path / "run-of-logs")
    (task,) = (task for task in load_manifest(done).tasks if task.task == COUNTING)
    (scored,) = (scored for scored in load_run(done).scores.tasks if scored.task == COUNTING)
    assert (task.failed, scored.outcomes["failed"], scored.outcomes["empty"]) == (1, 1, 0)


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
