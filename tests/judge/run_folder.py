"""A small run of visual questions, written as `sarbench eval` would."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from sarbench.questions.score import score_answer, target_of
from sarbench.runs.record import BackendInfo, Hardware, Manifest, ModelInfo, TaskRun
from sarbench.runs.samples import to_table
from sarbench.runs.store import save_manifest, save_samples
from tests.questions.rows import ROWS

TASK = "sarbench_sarlang_vqa2_attribute"
WHEN = "2026-01-01T00:00:00+00:00"
ANSWERS = ("bare land", "meadow", "meadow", "lake", "Meadow field", "", "I cannot tell.", "asphalt")
"""The truth is `Bare land.`: strict leaves meadow (twice), lake, Meadow field and asphalt to a judge."""


def line_of(number: int, text: str, *, outcome: str | None = None) -> dict[str, Any]:
    sample_id = f"sarlang-1m/vqa2/test/{number:07d}-abc-0"
    target = target_of(ROWS["vqa"], "vqa")
    result = score_answer("vqa", target, text, coords="pixel", size=(200, 100))
    return {
        "id": sample_id,
        "sample_sha256": hashlib.sha256(sample_id.encode()).hexdigest(),
        "image_id": f"i{number // 2}",
        "width": 200,
        "height": 100,
        "prompt_id": "sarbench",
        "prompt_sha256": "0" * 64,
        "prompt": "What is the predominant land cover?\nAnswer with a single word or a short phrase.",
        "coords": "pixel",
        "perturbation": None,
        "target": msgspec.json.encode(target).decode(),
        "prediction": text,
        "parsed": msgspec.json.encode(result.parsed).decode(),
        "outcome": outcome or result.outcome,
        "rule": result.rule,
        "scores": {} if outcome == "failed" else result.scores,
        "seconds": None,
        "tokens": None,
    }


def write_run(folder: Path, answers: Sequence[str] = ANSWERS, *, task: str = TASK) -> Path:
    save_samples(folder, task, to_table([line_of(number, text) for number, text in enumerate(answers)]))
    run = TaskRun(
        task=task,
        version="1.0",
        dataset="sarlang-1m",
        config="vqa2",
        split="test",
        data_digest="0" * 64,
        simulated=True,
        prompt_id="sarbench",
        prompt_version="1.0",
        samples=len(answers),
        done=len(answers),
        failed=0,
        started=WHEN,
        ended=WHEN,
        seconds=1.0,
    )
    manifest = Manifest(
        run_id="r",
        kind="model",
        model=ModelInfo(id="org/m"),
        backend=BackendInfo(name="stub"),
        coords="pixel",
        packages={},
        hardware=Hardware(cpu="c", cores=1, memory_gib=1.0),
        command=(),
        started=WHEN,
        ended=WHEN,
        tasks=(run,),
    )
    save_manifest(folder, manifest)
    return folder
