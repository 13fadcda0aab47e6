"""The real lmms-eval drives sarbench_hf: from Python, from its own command line, and from sarbench eval."""

import argparse
import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from sarbench import paths
from sarbench.catalogue import read_catalogue
from sarbench.lmms.launcher import Evaluation, evaluate
from sarbench.prompts import render
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_samples
from sarbench.task_data import task_rows

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TASK = "sarbench_sarchat_rebuilt_identification"


@pytest.fixture(scope="module")
def tiny_qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    from sarbench.lmms.tiny_vlm import make_random_qwen

    return make_random_qwen(tmp_path_factory.mktemp("models") / "tiny-qwen2_5_vl")


@pytest.fixture
def entry_point(tmp_path: Path) -> Path:
    """What an installation leaves behind, so that a child process finds the backend as an installed sarbench's."""
    info = tmp_path / "site" / "sarbench_backend-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sarbench-backend\nVersion: 0\n")
    (info / "entry_points.txt").write_text("[lmms_eval.models]\nsarbench_hf = sarbench.lmms.hf.registry:manifests\n")
    return info.parent


def ask(folder: Path, *, batch_size: int) -> list[dict]:
    """Run one task in this process and return lmms-eval's samples."""
    from sarbench.lmms import torchvision_shim
    from sarbench.lmms.hf import registry

    torchvision_shim.install()
    from lmms_eval.evaluator import simple_evaluate
    from lmms_eval.models import get_model
    from lmms_eval.tasks import TaskManager

    registry.register()
    model = get_model("sarbench_hf").create_from_arg_string(
        f"pretrained={folder},dtype=float32,max_pixels=12544", {"batch_size": batch_size, "device": "cpu"}
    )
    results = simple_evaluate(
        model=model,
        tasks=[TASK],
        task_manager=TaskManager(
            "WARNING", include_path=str(paths.tasks()), include_defaults=False, model_name="sarbench_hf"
        ),
        gen_kwargs="max_new_tokens=12",
        limit=6,
        log_samples=True,
        cli_args=argparse.Namespace(process_with_media=False, reasoning_tags=None),
    )
    return results["samples"][TASK]


def test_simple_evaluate_in_batches_of_one_and_four(tiny_qwen, simulated_home, monkeypatch) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    alone, batched = ask(tiny_qwen, batch_size=1), ask(tiny_qwen, batch_size=4)
    assert len(alone) == 6
    texts = [sample["filtered_resps"] for sample in alone]
    assert texts == [sample["filtered_resps"] for sample in batched]
    assert len(set(map(str, texts))) > 1
    for sample in batched:
        assert sample["token_counts"][0]["output_tokens"] == 12
        assert sample["token_counts"][0]["input_tokens"] > 12
        ours = next(value for value in sample.values() if isinstance(value, dict) and "outcome" in value)
        assert ours["outcome"] != "failed"


def test_lmms_evals_own_command_finds_the_entry_point(tiny_qwen, simulated_home, entry_point, tmp_path) -> None:
    command = [
        *(Path(sys.executable).with_name("lmms-eval"), "eval", "--include_path", paths.tasks()),
        *("--model", "sarbench_hf", "--model_args", f"pretrained={tiny_qwen},dtype=float32", "--device", "cpu"),
        *("--tasks", TASK, "--limit", "2", "--batch_size", "2", "--gen_kwargs", "max_new_tokens=8"),
        *("--output_path", tmp_path / "out", "--log_samples", "--verbosity", "WARNING"),
    ]
    environment = {
        **os.environ,
        "SARBENCH_HOME": str(simulated_home),
        "PYTHONPATH": os.pathsep.join((str(entry_point), str(paths.tasks().parent))),
    }
    answer = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    found = list((tmp_path / "out").rglob(f"*_samples_{TASK}.jsonl"))
    assert found, answer.stdout[-3000:] + answer.stderr[-3000:]
    lines = [json.loads(line) for line in found[0].read_text().splitlines()]
    assert [line["token_counts"][0]["output_tokens"] for line in lines] == [8, 8]


def test_sarbench_eval_marks_failures_and_scores_the_rest(tiny_qwen, simulated_home, tmp_path, monkeypatch) -> None:
    """A chat template that refuses one prompt: a failure of the harness, not an empty answer; the others go on."""
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    (spec,) = read_catalogue().select([TASK])
    prompts = [render(row).text for row in islice(task_rows(spec), 5)]
    template = tmp_path / "template.jinja"
    template.write_text(
        "{% set text = messages[0]['content'][-1]['text'] %}"
        f"{{% if text == {json.dumps(prompts[1])} %}}{{{{ raise_exception('refused') }}}}{{% endif %}}"
        "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{{ text }}<|im_end|>\n"
    )
    asked = Evaluation(
        model="sarbench_hf",
        model_args=f"pretrained={tiny_qwen},dtype=float32,chat_template={template}",
        tasks=(spec,),
        out=tmp_path / "run",
        device="cpu",
        batch_size=4,
        limit=5,
        gen_kwargs="max_new_tokens=8",
    )
    manifest = evaluate(asked)
    assert manifest.backend.dtype == "float32"
    assert manifest.tasks[0].failed == prompts.count(prompts[1])
    for line, prompt in zip(from_table(load_samples(tmp_path / "run", TASK)), prompts, strict=True):
        assert line["prompt"] == prompt
        if prompt == prompts[1]:
            assert (line["outcome"], line["tokens"]) == ("failed", None)
            assert "LMMS_EVAL_REQUEST_FAILED" in line["prediction"]
            assert line["prediction"].endswith("TemplateError: refused")
        else:
            assert line["outcome"] not in {"failed", "empty"}
            assert line["tokens"] == 8
