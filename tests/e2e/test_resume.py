"""Runs that are killed, stopped and damaged, with the real lmms-eval: resumed, they are as if undisturbed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sarbench.build import build
from sarbench.catalogue import read_catalogue
from sarbench.lmms.job import Answered
from sarbench.lmms.launcher import Evaluation, evaluate
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_run, load_samples
from sarbench.simulate import write_sardet

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
TASK = "sarbench_sarchat_rebuilt_identification"
CHUNK = 2
LIMIT = 60

# Evaluates, and is killed with SIGKILL when it has heard so many events.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from sarbench.catalogue import read_catalogue
from sarbench.lmms.launcher import Evaluation, evaluate

model, out, task, chunk, limit, fatal = sys.argv[1:]
heard = 0

def listen(spec, event):
    global heard
    heard += 1
    print(type(event).__name__, flush=True)
    if heard == int(fatal):
        os.kill(os.getpid(), signal.SIGKILL)

evaluate(Evaluation(
    model="llava_hf", model_args=f"pretrained={model},device_map=cpu", tasks=read_catalogue().select([task]),
    out=Path(out), device="cpu", gen_kwargs="max_new_tokens=8,temperature=0.7,do_sample=true", chunk=int(chunk),
    limit=int(limit), resume=True,
), listen=listen)
"""

# A shell that starts the tests in the background has them ignore Ctrl-C.
COMMAND = """
import signal
from sarbench.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


def session(model: Path, out: Path, fatal: int) -> tuple[int, list[str]]:
    command = [sys.executable, "-c", PROGRAM, *map(str, (model, out, TASK, CHUNK, LIMIT, fatal))]
    answer = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return answer.returncode, answer.stdout.split()


def answers(out: Path) -> list[dict]:
    return [{**line, "seconds": None} for line in from_table(load_samples(out, TASK))]


@pytest.fixture(scope="module")
def simulated_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More questions than ten sessions answer before they are killed."""
    raw = write_sardet(tmp_path_factory.mktemp("raw"), images={"train": 6, "val": 2, "test": 24})
    home = tmp_path_factory.mktemp("home")
    build("sarchat-2m", data_dir=raw, out=home / "sarchat-2m", configs=["rebuilt"])
    return home


@pytest.fixture(scope="module")
def undisturbed(tiny_model, simulated_home, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    os.environ["SARBENCH_HOME"] = str(simulated_home)
    try:
        assert session(tiny_model, out, 0)[0] == 0
    finally:
        del os.environ["SARBENCH_HOME"]
    return out


@pytest.mark.parametrize("kills", [2, 10])
def test_killed_and_resumed_is_as_if_undisturbed(
    kills, undisturbed, tiny_model, simulated_home, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    draw = random.Random(kills)
    out, asked = tmp_path / "run", 0
    for _ in range(kills):
        code, heard = session(tiny_model, out, draw.randrange(1, 7))  # at most two chunks get done
        assert code == -signal.SIGKILL
        asked += heard.count("Asked")
    code, heard = session(tiny_model, out, 0)
    assert code == 0
    asked += heard.count("Asked")
    assert answers(out) == answers(undisturbed)
    count = len(answers(out))
    assert len({line["id"] for line in answers(out)}) == count > 20 * CHUNK
    assert asked - count <= kills * CHUNK
    assert load_run(out).scores == load_run(undisturbed).scores
    assert not (out / "parts").exists()


@pytest.mark.parametrize("pause", [None, 0.0, 0.05, 0.3])
def test_ctrl_c_on_the_command_line_once_and_twice(tiny_model, simulated_home, tmp_path, pause) -> None:
    command = [
        *(sys.executable, "-c", COMMAND, "eval", "--model", "llava_hf"),
        *("--model_args", f"pretrained={tiny_model},device_map=cpu", "--device", "cpu", "--tasks", TASK),
        *("--out", str(tmp_path / "run"), "--gen_kwargs", "max_new_tokens=8"),
    ]
    environment = {**os.environ, "SARBENCH_HOME": str(simulated_home)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        log = tmp_path / "run" / "logs" / f"{TASK}.log"
        for _ in range(600):
            if log.exists() or process.poll() is not None:
                break
            time.sleep(0.1)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        if pause is not None:
            time.sleep(pause)
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the evaluation was stopped. Run the same command with --resume" in said
    assert "Traceback" not in said


def test_a_damaged_part_is_asked_again_and_noted(
    undisturbed, tiny_model, simulated_home, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    out = tmp_path / "run"
    code, _ = session(tiny_model, out, 9)  # Started, then Asked, Asked, Answered for each chunk
    assert code == -signal.SIGKILL
    parts = sorted((out / "parts" / TASK).glob("*.parquet"))
    assert parts
    parts[0].write_bytes(parts[0].read_bytes()[:100])
    assert session(tiny_model, out, 0)[0] == 0
    assert answers(out) == answers(undisturbed)
    notes = json.loads((out / "manifest.json").read_text())["notes"]
    assert any("000000000-000000001.parquet cannot be read" in note for note in notes)


def test_a_worker_that_the_system_kills_goes_on_with_half_the_batch(
    tiny_model, simulated_home, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    killed = 0

    def listen(spec, event) -> None:
        nonlocal killed
        if isinstance(event, Answered) and not killed:
            (worker,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            killed = int(worker)
            os.kill(killed, signal.SIGKILL)

    asked = Evaluation(
        model="sarbench_hf",
        model_args=f"pretrained={tiny_model}",
        tasks=read_catalogue().select([TASK]),
        out=tmp_path / "run",
        device="cpu",
        gen_kwargs="max_new_tokens=8",
        batch_size=2,
        limit=6,
        chunk=2,
    )
    manifest = evaluate(asked, listen=listen)
    assert killed
    assert manifest.tasks[0].done == 6
    (note,) = manifest.notes
    assert note.startswith(f"{TASK}: its process was killed (signal 9)")
    assert note.endswith("batch size 1 from there on")
    assert not list(asked.out.rglob("*.tmp"))
