"""Every wording with the real lmms-eval: killed in the middle, resumed, and the same as undisturbed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.prompts import PARAPHRASES, render
from sarbench.runs.finding import find_runs
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_run, load_scores
from sarbench.runs.wordings import wordings_inside
from sarbench.task_data import task_rows

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
TASK = "sarbench_sarchat_rebuilt_counting"


def start(home: Path, model: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    command = [
        *("eval", "--model", "llava_hf", "--model_args", f"pretrained={model},device_map=cpu", "--device", "cpu"),
        *("--tasks", TASK, "--limit", "3", "--gen_kwargs", "max_new_tokens=8", "--prompt", "all", "--out", out, *more),
    ]
    return subprocess.Popen(
        [sys.executable, "-c", "from sarbench.cli.main import main; main()", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "SARBENCH_HOME": str(home), "COLUMNS": "200"},
    )


def test_a_killed_evaluation_goes_on_in_its_wording(tiny_model, simulated_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    out = tmp_path / "results" / "tiny"
    stopped_in = out / "wordings" / "tiny-sarbench-2"
    with start(simulated_home, tiny_model, out) as process:
        until = time.monotonic() + 240
        while not (stopped_in / "parts").exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not (stopped_in / "manifest.json").exists()
    first = (out / "samples" / f"{TASK}.parquet").read_bytes()
    assert load_scores(out).wordings == ()

    with start(simulated_home, tiny_model, out, "--resume") as process:
        said, errors = process.communicate()
    assert process.returncode == 0, errors
    assert (out / "samples" / f"{TASK}.parquet").read_bytes() == first
    (spread,) = load_scores(out).wordings
    runs = {run.manifest.tasks[0].prompt_id: run for run in map(load_run, [out, *wordings_inside(out)])}
    assert tuple(runs) == PARAPHRASES
    assert find_runs(out.parent) == [out]

    (spec,) = read_catalogue().select([TASK])
    rows = {row["id"]: row for row in task_rows(spec)}
    for wording in spread.wordings:
        run = runs[wording.prompt_id]
        lines = from_table(run.samples(TASK))
        assert [line["prompt"] for line in lines] == [
            render(rows[line["id"]], prompt=wording.prompt_id).text for line in lines
        ]
        headline = next(score for score in run.scores.tasks[0].scores if score.headline)
        assert (wording.run_id, wording.value) == (run.folder.name, headline.value)
        assert f" {100 * wording.value:.2f} " in said
    values = [wording.value for wording in spread.wordings]
    assert spread.mean == pytest.approx(sum(values) / 4)
    assert (spread.lowest, spread.highest) == (min(values), max(values))
