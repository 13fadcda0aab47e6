"""Backends of the real lmms-eval: the commands of tasks/BACKENDS.md as they stand, and a server in every bad state."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from sarbench.board.rows import entries
from sarbench.build import data_digest
from sarbench.catalogue import read_catalogue
from sarbench.lmms.launcher import Evaluation, evaluate
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_run, load_samples
from tests.e2e.backends_document import BLOCKS, PREAMBLE, REFUSED, TRIED
from tests.e2e.stub_openai import BROKEN, Stub, serving

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
SEVERAL = "sarbench_sarchat_rebuilt_identification"
SARBENCH = "from sarbench.cli.main import main; main()"
AT_ONCE = {"openai": "num_concurrent", "async_openai": "num_cpus"}
MESSAGES = {
    "openai": {
        "error-500": "Error code: 500 - it broke 1 time",
        "html": "the reply holds no answer: <html>",
        "cut-off": "Connection error",
        "hang": "Connection error",  # lmms-eval does not hand its timeout on; the stub ends the connection
    },
    "async_openai": {
        "error-500": "Error code: 500 - it broke 1 time",
        "html": "the reply holds no answer: <html>",
        "cut-off": "Connection error",
        "hang": "Request timed out",
    },
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, simulated_home: Path) -> Path:
    """What a fresh clone is after `make demo`, as far as the document needs it."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / "demo" / "models").mkdir(parents=True)
    (folder / "demo" / "home").symlink_to(simulated_home)
    (folder / "demo" / "models" / "tiny-llava").symlink_to(tiny_model)
    (folder / "tests").symlink_to(ROOT / "tests")
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    starts = {"sarbench": f"{sys.executable} -c '{SARBENCH}'", "python": sys.executable}
    starts |= {name: str(Path(sys.executable).with_name(name)) for name in ("lmms-eval", "accelerate")}
    for name, start in starts.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {start} "$@"\n')
        (programs / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("section", dict.fromkeys(block.section for block in BLOCKS if block.marker == TRIED))
def test_what_the_document_calls_tried_works(section: str, clone: Path) -> None:
    for block in (block for block in BLOCKS if block.section == section and block.marker):
        code, said = _in_bash(block.text, clone)
        if block.marker == REFUSED:
            assert code == 1, said
            assert "its data are simulated" in said
            continue
        assert code == 0, said
        runs = [load_run(clone / out) for out in re.findall(r"--out (demo/runs/\S+)", block.text)]
        assert runs, "a tried command leaves a run"
        limit = re.search(r"--limit (\d+)", block.text)
        for run in runs:
            (task,) = run.manifest.tasks
            lines = from_table(run.samples(task.task))
            assert task.done == len(lines) == (int(limit[1]) if limit else task.samples)
            assert task.failed == 0
            assert len({line["id"] for line in lines}) == len(lines)
            if not limit:  # every question once, and in the order of the data
                assert data_digest(line["sample_sha256"] for line in lines) == task.data_digest
            if "--gen_kwargs" in block.text:
                assert run.manifest.backend.generation == {"max_new_tokens": "16"}
        if "SARBENCH_COORDS=norm1" in block.text:
            assert {run.manifest.coords for run in runs} == {"norm1"}
        if "accelerate" in block.text:
            _check_both_processes_answered(clone, block.text)
        if len(runs) > 1 and "split" in block.text:
            assert [len(row.runs) for row in entries(runs)] == [2]
            assert (clone / "demo" / "site-split" / "index.html").is_file()


def _check_both_processes_answered(clone: Path, text: str) -> None:
    """The first process logs its own answers, then those of the second: every other question is the other's."""
    (path,) = (clone / re.search(r"--output_path (\S+)", text)[1]).rglob("*_samples_*.jsonl")
    places = [json.loads(line)["doc_id"] for line in path.read_text().splitlines()]
    assert places == [*range(0, len(places), 2), *range(1, len(places), 2)]


def _in_bash(text: str, clone: Path) -> tuple[int, str]:
    """Run a block as a user would, on ports that are free; nothing that it started is left."""
    for port in ("8790", "29500"):
        text = text.replace(port, str(_free_port()))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SARBENCH_")}
    environment |= {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    with (clone / "output.txt").open("w+") as output:
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", PREAMBLE + text],
            cwd=clone,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=300)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        output.seek(0)
        return code, output.read()[-4000:]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.parametrize("model", ["openai", "async_openai"])
def test_a_server_that_breaks_in_every_way_and_is_mended(model, simulated_home, tmp_path, monkeypatch) -> None:
    """The broken answers hold a 1, as the true ones do; nothing of them is scored, and only they are asked again."""
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    out = tmp_path / "run"
    count = len(BROKEN) + 2
    with serving(Stub(modes=(*BROKEN, "empty"))) as stub:
        args = f"model=stub,base_url={stub.address},api_key=sk-hidden,{AT_ONCE[model]}=2,timeout=1,max_retries=1"
        answer = _eval("--model", model, "--model_args", args, "--tasks", SEVERAL, "--limit", count, "--out", out)
        assert answer.returncode == 3, answer.stderr[-3000:]
        assert f"{len(BROKEN)} samples failed" in answer.stderr
        lines = from_table(load_samples(out, SEVERAL))
        assert len(stub.questions) == len(lines) == count
        failed = [line for line in lines if line["outcome"] == "failed"]
        assert len(failed) == len(BROKEN)
        assert all(not line["scores"] for line in failed)
        said = sorted(line["prediction"] for line in failed)
        for mode in BROKEN:  # each is recorded with its own message
            (*_, found) = (text for text in said if MESSAGES[model][mode] in text)
            said.remove(found)
        assert [line["outcome"] for line in lines if not line["prediction"]] == ["empty"]
        (scored,) = load_run(out).scores.tasks
        assert {score.n for score in scored.scores if score.headline and score.slice == "all"} == {2}
        for path in (path for path in out.rglob("*") if path.suffix in (".json", ".jsonl")):
            assert "sk-hidden" not in path.read_text()

        stub.modes = ()
        before = stub.requests
        again = evaluate(_mended(model, args.replace("timeout=1", "timeout=30"), out, count))
        assert stub.requests == before + len(BROKEN)
    assert (again.tasks[0].done, again.tasks[0].failed) == (count, 0)
    assert any("had failed; only those were asked" in note for note in again.notes)


def test_nobody_answers_and_then_somebody_does(simulated_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    out, port = tmp_path / "run", _free_port()
    args = f"model=stub,base_url=http://127.0.0.1:{port}/v1,api_key=none,max_retries=1"
    answer = _eval("--model", "openai", "--model_args", args, "--tasks", SEVERAL, "--limit", 2, "--out", out)
    assert answer.returncode == 3, answer.stderr[-3000:]
    assert "2 samples failed in the harness" in answer.stderr
    assert {line["prediction"] for line in from_table(load_samples(out, SEVERAL))} == {
        "[LMMS_EVAL_REQUEST_FAILED after 1 retries] Connection error."
    }
    (scored,) = load_run(out).scores.tasks
    assert all(score.value is None for score in scored.scores if score.headline)
    with serving(Stub(), port=port):
        again = evaluate(_mended("openai", args, out, 2))
    assert (again.tasks[0].done, again.tasks[0].failed) == (2, 0)


def _mended(model: str, args: str, out: Path, limit: int) -> Evaluation:
    tasks = read_catalogue().select([SEVERAL])
    return Evaluation(model=model, model_args=args, tasks=tasks, out=out, limit=limit, resume=True)


def _eval(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SARBENCH, "eval", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
