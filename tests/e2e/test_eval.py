"""The real lmms-eval, the real llava_hf backend, a tiny model on the CPU."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sarbench import paths
from sarbench.baselines import floor_run
from sarbench.build import build
from sarbench.catalogue import read_catalogue
from sarbench.errors import RunError
from sarbench.hub.lookup import rows
from sarbench.lmms.job import Answered, Asked, Finished, Noted, Started
from sarbench.lmms.launcher import Evaluation, evaluate
from sarbench.lmms.model_info import Told
from sarbench.lmms.settings import Settings
from sarbench.prompts import render
from sarbench.runs.samples import from_table
from sarbench.runs.scoring import rescore_run
from sarbench.runs.stamp import stamp, stamp_of
from sarbench.runs.store import load_run, load_samples, samples_path
from sarbench.runs.weights import fingerprint
from sarbench.site import make_site

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

GROUP = "sarbench_sarchat_rebuilt"


def asked(folder: Path, out: Path, *tasks: str, **changes) -> Evaluation:
    return Evaluation(
        **{
            "model": "llava_hf",
            "model_args": f"pretrained={folder},device_map=cpu",
            "tasks": read_catalogue().select(tasks),
            "out": out,
            "device": "cpu",
            "gen_kwargs": "max_new_tokens=16",
            **changes,
        }
    )


def test_a_run_is_whole_and_goes_on_where_it_was(tiny_model, simulated_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    out = tmp_path / "run"
    events = []
    first = ["sarbench_sarchat_rebuilt_counting"]
    evaluate(asked(tiny_model, out, *first, limit=3), listen=lambda spec, event: events.append(event))
    assert [type(event) for event in events] == [Started, Asked, Asked, Asked, Answered, Finished]
    assert events[0].samples == 3
    assert events[0].parameters > 10_000

    both = [*first, "sarbench_sarchat_rebuilt_referring"]
    with pytest.raises(RunError, match="--resume"):
        evaluate(asked(tiny_model, out, *both, limit=3))
    with pytest.raises(RunError, match="another coords"):
        evaluate(asked(tiny_model, out, *both, limit=3, resume=True, settings=Settings(coords="norm1000")))
    again = []
    manifest = evaluate(
        asked(tiny_model, out, *both, limit=3, resume=True), listen=lambda spec, event: again.append((spec.name, event))
    )
    assert {name for name, _ in again} == {"sarbench_sarchat_rebuilt_referring"}

    assert [task.task for task in manifest.tasks] == both
    assert manifest.backend.dtype is not None
    assert manifest.packages["lmms-eval"] == "0.7.3"
    run = load_run(out)
    assert run.manifest == manifest
    for task in manifest.tasks:
        lines = from_table(run.samples(task.task))
        rows_by_id = {row["id"]: row for row in rows(simulated_home / task.dataset, task.config, task.split)}
        assert len(lines) == task.done == 3
        assert stamp_of(samples_path(out, task.task)) == stamp(task.task, task.data_digest)
        assert task.limit == 3
        assert task.simulated
        assert task.generation["max_new_tokens"] == "16"
        for line in lines:
            assert line["prompt"] == render(rows_by_id[line["id"]]).text
            assert line["tokens"] is not None
            assert line["seconds"] > 0
    before = run.scores
    assert rescore_run(out) == before
    assert not (out / "parts").exists()
    assert len((out / "sessions.jsonl").read_text().splitlines()) == 2


def test_a_broken_task_names_its_log_and_keeps_the_others(simulated_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    with pytest.raises(RunError, match=r"broke: .*see .*logs/sarbench_sarchat_rebuilt_counting\.log") as caught:
        evaluate(asked(tmp_path / "model", tmp_path / "run", "sarbench_sarchat_rebuilt_counting"))
    assert "--resume" in str(caught.value)
    log = tmp_path / "run" / "logs" / "sarbench_sarchat_rebuilt_counting.log"
    assert "Traceback" in log.read_text()
    assert not (tmp_path / "run" / "samples" / "sarbench_sarchat_rebuilt_counting.parquet").exists()


def test_a_known_answer_scores_as_it_must(simulated_home, tmp_path, monkeypatch) -> None:
    """lmms-eval's dummy model says the same to everything: the score is the share of items it is right on."""
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    task = "sarbench_sarchat_rebuilt_counting"
    evaluate(asked(tmp_path, tmp_path / "run", task, model="dummy", model_args="response=1", gen_kwargs=None))
    lines = from_table(load_samples(tmp_path / "run", task))
    truth = [json.loads(line["target"])["count"] for line in lines]
    scored = load_run(tmp_path / "run").scores.tasks[0]
    exact = next(score for score in scored.scores if score.headline)
    assert exact.value == pytest.approx(truth.count(1) / len(truth))
    assert {line["prediction"] for line in lines} == {"1"}


def test_batches_are_checked_and_other_weights_refused(tiny_model, simulated_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    out, tasks = tmp_path / "run", ["sarbench_sarchat_rebuilt_counting", "sarbench_sarchat_rebuilt_referring"]
    changes = {
        "model": "sarbench_hf",
        "model_args": f"pretrained={folder},dtype=float32",
        "batch_size": 2,
        "limit": 3,
        "told": Told(licence="mit", training_sets=("DOTA",)),
    }
    events = []
    manifest = evaluate(
        asked(folder, out, tasks[0], check_batches=3, **changes), listen=lambda spec, event: events.append(event)
    )
    assert manifest.notes == (f"{tasks[0]}: 0 of 3 answers differ between batch size 1 and 2",)
    assert [type(event) for event in events if not isinstance(event, Asked)] == [Noted, Started, Answered, Finished]
    assert manifest.model.revision == fingerprint(folder)
    assert (manifest.model.licence, manifest.model.training_sets) == ("mit", ("DOTA",))

    (weights,) = folder.glob("*.safetensors")
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(RunError, match="another state of the weights"):
        evaluate(asked(folder, out, *tasks, resume=True, **changes))


def test_weights_that_change_between_two_tasks_stop_the_run(tiny_model, simulated_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    tasks = ["sarbench_sarchat_rebuilt_counting", "sarbench_sarchat_rebuilt_referring"]

    def listen(spec, event) -> None:
        if isinstance(event, Finished):
            (folder / "config.json").write_bytes((folder / "config.json").read_bytes() + b"\n")

    with pytest.raises(RunError, match=r"1 of 2 tasks broke: .*the weights changed during this run"):
        evaluate(asked(folder, tmp_path / "run", *tasks, limit=2), listen=listen)
    assert [task.task for task in load_run(tmp_path / "run").manifest.tasks] == tasks[:1]


def test_plain_lmms_eval_runs_the_tasks(tiny_model, simulated_home, tmp_path) -> None:
    command = [
        *(Path(sys.executable).with_name("lmms-eval"), "eval", "--include_path", paths.tasks()),
        *("--model", "llava_hf", "--model_args", f"pretrained={tiny_model},device_map=cpu", "--device", "cpu"),
        *("--tasks", GROUP, "--limit", "2", "--gen_kwargs", "max_new_tokens=16"),
        *("--output_path", tmp_path / "out", "--log_samples", "--verbosity", "WARNING"),
    ]
    environment = {
        **os.environ,
        "SARBENCH_HOME": str(simulated_home),
        "SARBENCH_COORDS": "norm1000",
        "PYTHONPATH": str(paths.tasks().parent),
    }
    answer = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    results = list((tmp_path / "out").rglob("*_results.json"))
    assert results, answer.stdout[-3000:] + answer.stderr[-3000:]
    content = json.loads(results[0].read_text())
    tasks = read_catalogue().select([GROUP])
    for spec in tasks:
        assert content["configs"][spec.name]["metadata"]["config"] == spec.config
        samples = next((tmp_path / "out").rglob(f"*_samples_{spec.name}.jsonl"))
        lines = [json.loads(line) for line in samples.read_text().splitlines()]
        assert len(lines) == 2
        for line in lines:
            ours = next(value for value in line.values() if isinstance(value, dict) and "outcome" in value)
            assert ours["coords"] == "norm1000"
            assert ours["family"] == spec.family
            assert ours["outcome"] != "failed", ours["rule"]


def test_real_ships_become_a_site(real_data, tiny_model, tmp_path, monkeypatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("SARBENCH_HOME", str(home))
    index = build("sarchat-2m", data_dir=real_data / "hrsid", out=home / "sarchat-2m", configs=["rebuilt"])
    assert index.configs["rebuilt-grounding"]["test"].rows == 3
    assert index.configs["rebuilt-identification"]["test"].rows == 24
    assert not index.simulated
    tasks = read_catalogue().select([GROUP])
    evaluate(asked(tiny_model, tmp_path / "results" / "tiny", GROUP, limit=2))
    floor_run("majority", tasks, tmp_path / "results" / "floor-majority")
    index_page = make_site(tmp_path / "results", tmp_path / "site", data=home)
    for spec in tasks:
        page = (index_page.parent / "tasks" / f"{spec.name}.html").read_text()
        assert "<svg" in page
    assert list((tmp_path / "site" / "assets" / "chips").iterdir())
