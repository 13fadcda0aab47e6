"""Answers for the board's tests, and the images that they are about."""

import hashlib
import io
import json
from typing import Any

import numpy as np
from PIL import Image

from tests.board.board_plans import CAPTION, COUNTING, PRESENCE, SIZE, RunPlan, TaskPlan


def speckle(image_id: str) -> bytes:
    """Draw a speckled scene with bright targets where `scene` says, as PNG."""
    rng = generator("speckle", image_id)
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
    rng = generator("scene", image_id)
    boxes = []
    for _ in range(int(rng.integers(1, 5))):
        width, height = rng.integers(14, 60, 2)
        left, top = rng.integers(4, SIZE - 64, 2)
        boxes.append((float(left), float(top), float(left + width), float(top + height)))
    return boxes


def sample_lines(plan: RunPlan, task: TaskPlan) -> list[dict[str, Any]]:
    lines = []
    for number in range(task.samples):
        image = f"chip_{number // 2:04d}"
        rng = generator(plan.run_id, task.task, str(number))
        made = {COUNTING: _counting, PRESENCE: _counting, CAPTION: _caption}.get(task.task, _referring)(
            rng, image, number, task.skill
        )
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
                "prompt_id": plan.prompt,
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


def generator(*parts: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8], "big"))
