"""Backends of the real lmms-eval: models with random weights on the CPU, and a server on the loopback, sound or not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.lmms import tiny_vlm
from sarbench.lmms.launcher import Evaluation, evaluate
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_run, load_samples
from tests.e2e.stub_openai import BROKEN, Stub, serving

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
TASK = "sarbench_sarchat_rebuilt_counting"
SEVERAL = "sarbench_sarchat_rebuilt_identification"


@pytest.mark.parametrize("family", ["qwen2_vl", "qwen2_5_vl"])
def test_qwen_with_random_weights(family, simulated_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    if not hasattr(tiny_vlm, "make_random_qwen"):
        pytest.skip("there is no tiny Qwen")
    model = tiny_vlm.make_random_qwen(tmp_path / family, family=family)
    evaluate(
        Evaluation(
            model=family,
            model_args=f"pretrained={model},device_map=cpu,min_pixels=3136,max_pixels=12544",
            tasks=read_catalogue().select([TASK]),
            out=tmp_path / "run",
            device="cpu",
            gen_kwargs="max_new_tokens=8",
            limit=3,
            batch_size=2,
        )
    )
    run = load_run(tmp_path / "run")
    (task,) = run.manifest.tasks
    assert (task.done, task.failed) == (3, 0)
    assert run.manifest.model.parameters > 10_000


@pytest.mark.parametrize("model", ["openai", "async_openai"])
def test_a_server_that_breaks_in_every_way_and_is_mended(model, simulated_home, tmp_path, monkeypatch) -> None:
    """The broken answers hold a 1, as the true ones do; nothing of them is scored, and only they are asked again."""
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    out = tmp_path / "run"
    count = len(BROKEN) + 2
    with serving(Stub(modes=(*BROKEN, "empty"))) as stub:
        args = f"model=stub,base_url={stub.address},api_key=sk-hidden,num_concurrent=2,timeout=1,max_retries=1"
        answer = _eval("--model", model, "--model_args", args, "--tasks", SEVERAL, "--limit", count, "--out", out)
        assert answer.returncode == 3, answer.stderr[-3000:]
        assert f"{len(BROKEN)} samples failed" in answer.stderr
        lines = from_table(load_samples(out, SEVERAL))
        assert len(stub.questions) == len(lines) == count
        failed = [line for line in lines if line["outcome"] == "failed"]
        assert len(failed) == len(BROKEN)
        assert all(not line["scores"] for line in failed)
        assert [line["outcome"] for line in lines if not line["prediction"]] == ["empty"]
        (scored,) = load_run(out).scores.tasks
        assert {score.n for score in scored.scores if score.headline and score.slice == "all"} == {2}
        for path in (path for path in out.rglob("*") if path.suffix in (".json", ".jsonl")):
            assert "sk-hidden" not in path.read_text()

        stub.modes = ()
        before = stub.requests
        again = evaluate(
            Evaluation(
                model=model,
                model_args=args.replace("timeout=1", "timeout=30"),
                tasks=read_catalogue().select([SEVERAL]),
                out=out,
                limit=count,
                resume=True,
            )
        )
        assert stub.requests == before + len(BROKEN)
    assert (again.tasks[0].done, again.tasks[0].failed) == (count, 0)
    assert any("had failed; only those were asked" in note for note in again.notes)


def _eval(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from sarbench.cli.main import main; main()", "eval", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
