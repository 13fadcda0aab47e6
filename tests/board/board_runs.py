"""Run folders for the board's tests: made of records, without any model."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image

from sarbench.answers.outcome import OUTCOMES
from sarbench.runs.record import (
    SAMPLES,
    BackendInfo,
    Hardware,
    Manifest,
    ModelInfo,
    Score,
    Scores,
    TaskRun,
    TaskScores,
)
from sarbench.runs.store import Run, load_run, save_manifest, save_samples, save_scores

COUNTING = "sarbench_sarchat_rebuilt_counting"
REFERRING = "sarbench_sarchat_rebuilt_referring"
IDENTIFICATION = "sarbench_sarchat_rebuilt_identification"
CAPTION = "sarbench_sarlang_caption_concise"
SIZE = 256


@dataclass(frozen=True)
class TaskPlan:
    """How well a run does on a task, and what is odd about it."""

    task: str
    skill: float = 0.5
    samples: int = 60
    digest: str = "d" * 64
    version: str = "1.0"
    simulated: bool = True
    limit: int | None = None
    failed: int = 0
    scored: bool = True
    write_samples: bool = True
    half_width: float | None = None
    """Half the width of the headline's interval; from the samples where None."""
    value: float | None = None
    """The headline; from the samples where None."""


@dataclass(frozen=True)
class RunPlan:
    """One run folder."""

    run_id: str
    model: str
    tasks: Sequence[TaskPlan]
    kind: str = "model"
    perturbation: str | None = None
    coords: str = "pixel"
    revision: str | None = "0123456789abcdef"
    parameters: int | None = 7_241_000_000
    notes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def write_run(folder: Path, plan: RunPlan) -> Run:
    """Write a run folder and read it back."""
    folder = folder / hashlib.sha256(plan.run_id.encode()).hexdigest()[:10]
    scores = []
    for task in plan.tasks:
        lines = _lines(plan, task)
        if task.write_samples:
            save_samples(folder, task.task, pa.Table.from_pylist(lines, schema=SAMPLES))
        if task.scored:
            scores.append(_scores(task, lines))
    folder.mkdir(parents=True, exist_ok=True)
    save_manifest(folder, _manifest(plan))
    save_scores(folder, Scores(sarbench_version="0.1.0", tasks=tuple(scores)))
    return load_run(folder)


def speckle(image_id: str) -> bytes:
    """Draw a speckled scene with bright targets where `scene` says, as PNG."""
    rng = _generator("speckle", image_id)
    ground = 40 + 60 * np.clip(np.cumsum(np.cumsum(rng.normal(size=(SIZE, SIZE)), 0), 1) / 2500 + 0.5, 0, 1)
    image = ground * rng.gamma(4, 0.25, (SIZE, SIZE))
    for left, top, right, bottom in scene(image_id):
        image[int(top) : int(bottom), int(left) : int(right)] += 170 * rng.gamma(
            3, 1 / 3, (int(bottom) - int(top), int(right) - int(left))
        )
    stream = io.BytesIO()
    Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(stream, format="PNG")
    return stream.getvalue()


def scene(image_id: str) -> list[tuple[float, float, float, float]]:
    """Place one to four targets in an image."""
    rng = _generator("scene", image_id)
    boxes = []
    for _ in range(int(rng.integers(1, 5))):
        width, height = rng.integers(14, 60, 2)
        left, top = rng.integers(4, SIZE - 64, 2)
        boxes.append((float(left), float(top), float(left + width), float(top + height)))
    return boxes


def _manifest(plan: RunPlan) -> Manifest:
    return Manifest(
        run_id=plan.run_id,
        kind=plan.kind,
        model=ModelInfo(
            id=plan.model,
            revision=plan.revision,
            parameters=plan.parameters,
            licence="apache-2.0" if plan.kind == "model" else None,
            open_weights=True if plan.kind == "model" else None,
            training_sets=("SARDet-100K train",) if plan.kind == "model" else (),
        ),
        backend=BackendInfo(name="llava_hf" if plan.kind == "model" else "floor", args={"pretrained": plan.model}),
        coords=plan.coords,
        perturbation=plan.perturbation,
        seeds={"torch": 0},
        packages={"sarbench": "0.1.0", "transformers": "4.57.0"},
        hardware=Hardware(cpu="Example CPU", cores=16, memory_gib=128.0, gpus=("Example GPU 80 GB",)),
        command=("sarbench", "eval", "--model", "llava_hf"),
        started="2026-05-01T10:00:00+00:00",
        ended="2026-05-01T12:30:00+00:00",
        tasks=tuple(_task_run(task) for task in plan.tasks),
        notes=plan.notes,
        **plan.extra,
    )


def _task_run(task: TaskPlan) -> TaskRun:
    sarlang = "sarlang" in task.task
    return TaskRun(
        task=task.task,
        version=task.version,
        dataset="sarlang-1m" if sarlang else "sarchat-2m",
        config="caption-concise" if sarlang else "rebuilt-" + task.task.rsplit("_", 1)[-1],
        split="test",
        data_digest=task.digest,
        simulated=task.simulated,
        prompt_id="sarbench",
        prompt_version="1",
        samples=task.samples if task.limit is None else task.samples * 10,
        done=task.samples,
        failed=task.failed,
        limit=task.limit,
        started="2026-05-01T10:00:00+00:00",
        ended="2026-05-01T11:00:00+00:00",
        seconds=0.42 * task.samples,
        generated_tokens=12 * task.samples,
    )


def _lines(plan: RunPlan, task: TaskPlan) -> list[dict[str, Any]]:
    lines = []
    for number in range(task.samples):
        image = f"chip_{number // 2:04d}"
        rng = _generator(plan.run_id, task.task, str(number))
        made = {COUNTING: _counting, CAPTION: _caption}.get(task.task, _referring)(rng, image, number, task.skill)
        if number < task.failed:
            made |= {"prediction": "", "parsed": "null", "outcome": "failed", "rule": "", "scores": []}
        sample = f"{task.task}/test/{image}-{number}"
        lines.append(
            {
                "id": sample,
                "sample_sha256": hashlib.sha256(sample.encode()).hexdigest(),
                "image_id": image,
                "width": SIZE,
                "height": SIZE,
                "prompt_id": "sarbench",
                "prompt_sha256": hashlib.sha256(made["prompt"].encode()).hexdigest(),
                "coords": plan.coords,
                "perturbation": plan.perturbation,
                "seconds": 0.4,
                "tokens": 12,
                **made,
            }
        )
    return lines


def _counting(rng: np.random.Generator, image: str, number: int, skill: float) -> dict[str, Any]:
    true = len(scene(image))
    made = {"prompt": "How many ships are in the image?\nAnswer with a number.", "target": json.dumps({"count": true})}
    if rng.random() < 0.08:
        text = "I cannot tell from this image.\n\nIt shows <b>sea</b> & clutter."
        return made | _read(text, None, "unparsable", "no_number", {"exact": 0.0, "within_1": 0.0})
    answer = true if rng.random() < skill else true + int(rng.integers(1, 4))
    error = abs(answer - true)
    scores = {"exact": float(error == 0), "within_1": float(error <= 1), "absolute_error": float(error)}
    return made | _read(f"There are {answer} ships.", {"count": answer}, "ok", "sentence", scores)


def _caption(rng: np.random.Generator, image: str, number: int, skill: float) -> dict[str, Any]:
    made = {
        "prompt": "Describe the image in one sentence.",
        "target": json.dumps({"text": f"{len(scene(image))} ships at anchor off a breakwater."}),
    }
    text = "A harbour with several bright ships beside a dark breakwater."
    return made | _read(text, {"text": text}, "ok", "text", {"cider": float(max(0.0, rng.normal(skill, 0.3)))})


def _referring(rng: np.random.Generator, image: str, number: int, skill: float) -> dict[str, Any]:
    boxes = scene(image)
    target = {"boxes": [{"label": "ship", "xyxy": list(box), "position": "top left"} for box in boxes]}
    if number % 5 == 0:
        target["region"] = [16.0, 16.0, 240.0, 200.0]
    made = {"prompt": "Where are the ships? Give boxes as [x1, y1, x2, y2] in pixels.", "target": json.dumps(target)}
    if rng.random() < 0.05:
        return made | _read("", None, "empty", "", {"tp@0.5": 0.0, "fp@0.5": 0.0, "fn@0.5": float(len(boxes))})
    found, hits = [], 0
    for box in boxes:
        hit = rng.random() < skill
        hits += hit
        shift = rng.normal(0, 2 if hit else 40, 4)
        found.append([round(float(edge + move), 1) for edge, move in zip(box, shift, strict=True)])
    outside = any(min(box) < -0.5 or max(box) > SIZE + 0.5 for box in found)
    parsed = {"boxes": [{"label": "ship", "xyxy": box, "position": None} for box in found]}
    missed = float(len(boxes) - hits)
    scores = {"tp@0.5": float(hits), "fp@0.5": missed, "fn@0.5": missed}
    text = "\n".join(f"ship {box}" for box in found)
    return made | _read(text, parsed, "out_of_range" if outside else "ok", "bracketed", scores)


def _read(
    text: str, parsed: dict[str, Any] | None, outcome: str, rule: str, scores: dict[str, float]
) -> dict[str, Any]:
    return {
        "prediction": text,
        "parsed": json.dumps(parsed),
        "outcome": outcome,
        "rule": rule,
        "scores": sorted(scores.items()),
    }


def _scores(task: TaskPlan, lines: Sequence[Mapping[str, Any]]) -> TaskScores:
    outcomes = Counter(line["outcome"] for line in lines)
    scored = [dict(line["scores"]) for line in lines if line["outcome"] != "failed"]
    caption, counting = task.task == CAPTION, task.task == COUNTING
    metric = "cider" if caption else "exact" if counting else "f1@0.5"
    values = [_one(scores, metric) for scores in scored]
    mean = float(np.mean(values)) if values else None
    headline = mean if task.value is None else task.value
    half = task.half_width or (2 * float(np.std(values)) / len(values) ** 0.5 if values else 0.0)
    rest = {"exact": [("within_1", 1.2)], "cider": [("rouge_l", 0.5)]}.get(metric, [("precision@0.5", 0.9)])
    made = [_score(task, metric, headline, half, len(values), headline=True, unit="CIDEr" if caption else "fraction")]
    if headline is not None:
        made += [_score(task, name, min(headline * scale, 1.0), half, len(values)) for name, scale in rest]
    if counting and headline is not None:
        made.append(_score(task, "mae", 1.4 - headline, 0.2, len(values), unit="objects", higher=False))
        made += [
            _score(task, metric, min(1.0, headline + shift), half * 1.5, len(values) // 2, slice_=name)
            for name, shift in (("few objects", 0.1), ("many objects", -0.1))
        ]
    return TaskScores(
        task=task.task,
        samples=len(lines),
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        scores=tuple(made),
    )


def _one(scores: Mapping[str, float], metric: str) -> float:
    if metric in scores:
        return scores[metric]
    hits, false, missed = (scores[f"{part}@0.5"] for part in ("tp", "fp", "fn"))
    return 2 * hits / (2 * hits + false + missed) if hits + false + missed else 0.0


def _score(
    task: TaskPlan,
    metric: str,
    value: float | None,
    half: float,
    n: int,
    *,
    headline: bool = False,
    unit: str = "fraction",
    higher: bool = True,
    slice_: str = "all",
) -> Score:
    limits = (None, None) if value is None else (max(0.0, value - half), value + half)
    if unit == "fraction" and limits[1] is not None:
        limits = (limits[0], min(1.0, limits[1]))
    return Score(
        task=task.task,
        metric=metric,
        protocol="strict",
        slice=slice_,
        value=value,
        low=limits[0],
        high=limits[1],
        n=n,
        clusters=(n + 1) // 2,
        method="clustered-t" if metric != "f1@0.5" else "cluster-bootstrap-2000",
        unit=unit,
        higher_is_better=higher,
        headline=headline,
    )


def _generator(*parts: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8], "big"))


def many_runs(folder: Path) -> list[Run]:
    """A board with everything on it: models, blind runs, floors, odd names, other data, partial and incomplete runs."""

    def plans(skill: float, **odd: Any) -> list[TaskPlan]:
        return [
            TaskPlan(COUNTING, skill, **odd),
            TaskPlan(REFERRING, skill - 0.1, **odd),
            TaskPlan(CAPTION, skill, **odd),
        ]

    small = {"revision": "fedcba9876543210", "parameters": 2_210_000_000}
    runs = [
        RunPlan("radar-vl-7b", "example-org/radar-vl-7b", plans(0.85)),
        RunPlan("radar-vl-7b-blind", "example-org/radar-vl-7b", plans(0.3), perturbation="blank"),
        RunPlan("generalist-8b", "another-lab/generalist-8b-instruct", plans(0.78)),
        RunPlan("generalist-8b-blind", "another-lab/generalist-8b-instruct", plans(0.33), perturbation="blank"),
        RunPlan("small-2b", "another-lab/small-2b", plans(0.45), coords="norm1000", **small),
        RunPlan(
            "small-2b-blind", "another-lab/small-2b", plans(0.42), coords="norm1000", perturbation="blank", **small
        ),
        RunPlan("incomplete-3b", "example-org/incomplete-3b", [TaskPlan(COUNTING, 0.6)]),
        RunPlan("quick-look", "example-org/quick-look", plans(0.7, samples=20, limit=20), parameters=None),
        RunPlan("failing", "example-org/failing-13b", plans(0.5, failed=5)),
        RunPlan("odd & <script>alert('x')</script>", '<script>alert(1)</script>/"quoted" 模型‮ü', plans(0.35)),
        RunPlan("other-data", "example-org/other-data", plans(0.9, digest="e" * 64)),
        RunPlan("speckled", "example-org/radar-vl-7b", plans(0.6), perturbation="speckle:4"),
        RunPlan(
            "floor-majority",
            "floor/majority",
            plans(0.25),
            kind="floor",
            revision=None,
            parameters=None,
            notes=("The floor took its answers from the test split, since nothing else is built.",),
        ),
        RunPlan("floor-random", "floor/random", plans(0.12), kind="floor", revision=None, parameters=None),
    ]
    return [write_run(folder, plan) for plan in runs]
