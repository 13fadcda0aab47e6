"""The lines of the samples: prompt, truth, answer and what was read from it, for the headline of each task."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from sarbench.export.every_eval_ever.aggregate import SCHEMA_VERSION, evaluation_id, result_id
from sarbench.export.every_eval_ever.naming import public_id
from sarbench.export.publishable import family_of, may_show_texts, ranking
from sarbench.runs.record import Score
from sarbench.runs.store import Run, read_lines

_F1_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "f1@0.5": ("tp@0.5", "fp@0.5", "fn@0.5"),
        "mention_f1": ("mention_tp", "mention_fp", "mention_fn"),
    }
)
"""Headline → right, over and missed of one answer."""


def shown(run: Run) -> list[Score]:
    """Return the headlines of the tasks whose samples may be shown; ranks of an encoder are no answers to show."""
    tasks = {task.task: task for task in run.manifest.tasks}
    return [
        score
        for held in run.scores.tasks
        if may_show_texts(tasks[held.task]) and family_of(held.task) not in (None, "retrieval")
        for score in ranking(held.scores)
        if score.headline
    ]


def instances(run: Run) -> Iterator[dict[str, Any]]:
    """Yield a line for every scored answer to the tasks of `shown`; failed ones are in no denominator."""
    for score in shown(run):
        shared = {
            "schema_version": SCHEMA_VERSION,
            "evaluation_id": evaluation_id(run.manifest),
            "model_id": public_id(run.manifest),
            "evaluation_name": score.task,
            "evaluation_result_id": result_id(score),
        }
        for line in read_lines(run.folder, score.task):
            if line["outcome"] != "failed" and (value := sample_value(score.metric, line["scores"])) is not None:
                yield {**shared, **_instance(line, value)}


def sample_value(metric: str, facts: Mapping[str, float]) -> float | None:
    """Return how good one answer is by a headline: whether it is right, or its own F1; None where no fact says.

    >>> sample_value("exact", {"exact": 1.0}), sample_value("f1@0.5", {"tp@0.5": 1.0, "fp@0.5": 1.0, "fn@0.5": 0.0})
    (1.0, 0.6666666666666666)
    """
    if metric not in _F1_PARTS:
        return facts.get(metric, facts.get("exact"))
    counts = [facts.get(part) for part in _F1_PARTS[metric]]
    if all(count is None for count in counts):
        return None
    right, over, missed = (count or 0.0 for count in counts)
    whole = 2 * right + over + missed
    return 2 * right / whole if whole else 1.0


def _instance(line: Mapping[str, Any], value: float) -> dict[str, Any]:
    target = msgspec.json.decode(line["target"]) or {}
    asked = {"raw": line["prompt"] or "", "reference": _references(target, line["target"])}
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    choices = target.get("choices")
    read = {
        "turn_idx": 0,
        "source": "output.raw",
        "extracted_value": line["parsed"] or "null",
        "extraction_method": f"sarbench: {line['rule']}",
        "is_terminal": True,
    }
    known = {name: line[name] for name in ("image_id", "width", "height", "sample_sha256", "outcome", "perturbation")}
    return {
        "sample_id": line["id"],
        "sample_hash": digest,
        "interaction_type": "single_turn",
        "input": {**asked, "choices": choices} if choices else asked,
        "output": {"raw": [line["prediction"] or ""]},
        "answer_attribution": [read],
        "evaluation": {"score": value, "is_correct": value == 1.0},
        "metadata": {name: str(what) for name, what in known.items() if what is not None},
    }


def _references(target: Mapping[str, Any], written: str) -> list[str]:
    """Return the accepted texts, or the whole target where it is no text."""
    if target.get("captions"):
        return [str(text) for text in target["captions"]]
    return [str(target["text"])] if target.get("text") else [written]
