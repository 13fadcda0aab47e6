"""The aggregate record: who evaluated which model how, and every number with its interval."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sarbench.export.every_eval_ever.naming import developer_of, public_id
from sarbench.export.publishable import metrics_of, ranking
from sarbench.questions.metric import Metric
from sarbench.runs.record import Manifest, Score, TaskRun
from sarbench.runs.store import Run
from sarbench.sources import CARDS

SCHEMA_VERSION = "0.3.0"
RELATIONSHIPS = ("first_party", "third_party", "collaborative", "other")
"""What the evaluator is to the model's developer."""

_WHOLE = "all"
_CANONICAL = {"accuracy": "accuracy", "macro_f1": "f1_macro"}
"""Metrics under `strict` that mean the same everywhere; all others are named as sarbench's own."""

_SERVERS = ("openai", "async_openai")


def evaluation_id(manifest: Manifest) -> str:
    """Name a run; the same for every export of it."""
    return f"sarbench/{manifest.model.id.replace('/', '_')}/{manifest.run_id}/{manifest.ended}"


def result_id(score: Score) -> str:
    """Name a number within its run."""
    return f"{_evaluation_name(score)}:{score.protocol}:{score.metric}"


def aggregate(
    run: Run, *, by: str, relationship: str, written: datetime, detailed: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the record as plain lists and dicts.

    Args:
        run: The run.
        by: The organisation that evaluated.
        relationship: One of `RELATIONSHIPS`.
        written: Now.
        detailed: Where the lines of the samples are; None where there are none.
    """
    manifest, scores = run.manifest, run.scores
    tasks = {task.task: task for task in manifest.tasks}
    versions = {f"{name}_version": version for name, version in scores.rules.items()}
    record: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": evaluation_id(manifest),
        "evaluation_timestamp": manifest.ended,
        "retrieved_timestamp": str(written.timestamp()),
        "source_metadata": {
            "source_name": "sarbench",
            "source_type": "evaluation_run",
            "source_organization_name": by,
            "evaluator_relationship": relationship,
        },
        "eval_library": {
            "name": "sarbench",
            "version": scores.sarbench_version,
            "additional_details": _texts({**versions, **{f"package_{k}": v for k, v in manifest.packages.items()}}),
        },
        "model_info": _model(manifest),
        "evaluation_results": [
            _result(score, tasks[task.task], manifest, metrics)
            for task in scores.tasks
            for metrics in (metrics_of(task.task),)
            for score in ranking(task.scores)
        ],
    }
    return record | ({"detailed_evaluation_results": dict(detailed)} if detailed else {})


def _model(manifest: Manifest) -> dict[str, Any]:
    model, backend = manifest.model, manifest.backend
    weights = {True: "open_weights", False: "closed_weights", None: "unknown"}[model.open_weights]
    return {
        "name": model.id,
        "id": public_id(manifest),
        "developer": developer_of(manifest),
        "inference_engine": {"name": backend.name},
        "additional_details": {
            "deployment_type": "unknown" if backend.name in _SERVERS else "self_deployed",
            "model_availability": weights,
            **_texts(
                {
                    "revision": model.revision,
                    "parameters": model.parameters,
                    "licence": model.licence,
                    "training_sets": ", ".join(model.training_sets) or None,
                    "dtype": backend.dtype,
                    "device": backend.device,
                    "gpus": ", ".join(manifest.hardware.gpus) or None,
                }
            ),
        },
    }


def _result(
    score: Score, task: TaskRun, manifest: Manifest, metrics: Mapping[tuple[str, str], Metric]
) -> dict[str, Any]:
    return {
        "evaluation_result_id": result_id(score),
        "evaluation_name": _evaluation_name(score),
        "source_data": _source(task),
        "evaluation_timestamp": task.ended,
        "metric_config": _metric(score, metrics.get((score.metric, score.protocol))),
        "score_details": {
            "score": score.value,
            "details": _texts(
                {
                    "headline": "yes" if score.headline else "no",
                    "images": score.clusters,
                    "samples": task.samples,
                    "answered": task.done,
                    "failed": task.failed,
                    "limit": task.limit,
                    "task_version": task.version,
                    "data_digest": task.data_digest,
                    "note": score.note,
                }
            ),
            "uncertainty": _uncertainty(score),
        },
        "generation_config": _generation(task, manifest),
    }


def _evaluation_name(score: Score) -> str:
    return score.task if score.slice == _WHOLE else f"{score.task}.{score.slice}"


def _source(task: TaskRun) -> dict[str, Any]:
    card = CARDS.get(task.dataset)
    shared = {
        "dataset_name": card.title if card else task.dataset,
        "additional_details": {"dataset": task.dataset, "config": task.config, "split": task.split},
    }
    if card is None:
        return {**shared, "source_type": "other"}
    if card.hub is None:
        return {**shared, "source_type": "url", "url": [card.homepage]}
    return {
        **shared,
        "source_type": "hf_dataset",
        "hf_repo": card.hub.repo_id,
        "hf_split": {"validation": "val"}.get(task.split, task.split),
        "samples_number": task.samples,
    }


def _metric(score: Score, metric: Metric | None) -> dict[str, Any]:
    canonical = _CANONICAL.get(score.metric) if score.protocol == "strict" else None
    high = metric.high if metric else (1.0 if score.unit == "fraction" else None)
    described = {"evaluation_description": f"{metric.summary} (rule: {metric.source})"} if metric else {}
    return {
        **described,
        "metric_id": canonical or f"sarbench.{score.protocol}.{score.metric}",
        "metric_name": score.metric,
        "metric_unit": "proportion" if score.unit == "fraction" else score.unit,
        "lower_is_better": score.higher_is_better is False,
        "score_type": "continuous",
        "min_score": metric.low if metric else 0.0,
        "max_score": "Infinity" if high is None else high,
        "additional_details": {"protocol": score.protocol, "slice": score.slice},
    }


def _uncertainty(score: Score) -> dict[str, Any]:
    found: dict[str, Any] = {"num_samples": score.n}
    if score.low is not None and score.high is not None:
        method = f"{score.method}, clustered by image"
        interval = {"lower": score.low, "upper": score.high, "confidence_level": score.level, "method": method}
        found["confidence_interval"] = interval
    if resamples := re.search(r"bootstrap-(\d+)", score.method):
        found["num_bootstrap_samples"] = int(resamples[1])
    return found


def _generation(task: TaskRun, manifest: Manifest) -> dict[str, Any]:
    given = {**manifest.backend.generation, **task.generation}
    args: dict[str, Any] = {}
    for name, ours in (("temperature", "temperature"), ("top_p", "top_p"), ("top_k", "top_k")):
        if (number := _number(given.get(ours))) is not None:
            args[name] = number
    if (most := _number(given.get("max_new_tokens"))) is not None and most >= 1:
        args["max_tokens"] = int(most)
    details = {
        **{f"generation_{name}": value for name, value in given.items()},
        **{f"seed_{name}": value for name, value in manifest.seeds.items()},
        "prompt_id": task.prompt_id,
        "prompt_version": task.prompt_version,
        "coordinates": manifest.coords,
        "history": manifest.history,
        "perturbation": manifest.perturbation or "none",
    }
    return {"generation_args": args, "additional_details": _texts(details)}


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    """Spell values out, as the format wants them; what is unknown is left out."""
    return {name: str(value) for name, value in values.items() if value is not None}
