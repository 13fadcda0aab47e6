"""What the task YAMLs call: lmms-eval's questions about a document, answered with sarbench's own code.

lmms-eval retries a raising hook five times and then loses every generation of the run, and it calls the scorer from
four threads. So these functions never raise on a model's text, hold no state, and leave everything the run record
needs in the one dict that `process_results` returns.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from sarbench import perturb
from sarbench.errors import SarbenchError
from sarbench.lmms.settings import from_environment
from sarbench.prompts import render
from sarbench.questions.family import Family, family
from sarbench.questions.kinds import KINDS
from sarbench.questions.score import target_of
from sarbench.runs.samples import sample
from sarbench.runs.tally import score_task

Doc = Mapping[str, Any]


def doc_to_visual(doc: Doc) -> list[Image.Image]:
    """Return the image as RGB, perturbed where the run asks for it; nothing for a text-only row."""
    if doc.get("image") is None:
        return []
    settings = from_environment()
    image = doc["image"].convert("RGB")
    perturbation = perturb.parse_spec(settings.perturbation)
    return [perturb.apply(perturbation, image, sample_id=doc["id"]) if perturbation else image]


def doc_to_text(doc: Doc) -> str:
    """Return the prompt of the run for this document."""
    settings = from_environment()
    return render(doc, prompt=settings.prompt, convention=settings.coords).text


def doc_to_target(doc: Doc) -> str:
    """Return the target as JSON, `null` for a row without one: lmms-eval only logs it."""
    try:
        return json.dumps(target_of(doc), ensure_ascii=False)
    except SarbenchError:
        return "null"


def process_results(doc: Doc, results: Sequence[str | None]) -> dict[str, dict[str, Any]]:
    """Score one answer.

    Returns:
        One entry, named as the task's headline metric in its YAML: the sample's line of the run record with its kind of
        question. A bug in a scorer becomes the outcome `failed` with the rule `scorer-error: …`: the generations
        survive it, and the run says so.
    """
    kind = family(doc)  # the tasks hold no rows of which this is not known
    prediction = (results[0] if results else "") or ""
    try:
        settings = from_environment()
        prompt = render(doc, prompt=settings.prompt, convention=settings.coords)
        line = sample(doc, kind, prompt, prediction, coords=settings.coords, perturbation=settings.perturbation)
    except Exception as error:
        line = _failed(doc, prediction, error)
    return {yaml_metric(kind): {**line, "family": kind}}


def aggregate(items: Sequence[Mapping[str, Any]]) -> float | None:
    """Compute the headline of a task from what `process_results` returned for each document."""
    kind: Family = items[0]["family"]
    headline = next(score for score in score_task("", kind, items, protocols=("strict",)).scores if score.headline)
    return headline.value


def yaml_metric(kind: Family) -> str:
    """Spell a headline the way a metric is named in a YAML: lmms-eval puts a comma and a filter name behind it."""
    headline = KINDS[kind].headline.name
    return headline.replace("@0.", "_") + ("0" if headline.endswith("@0.5") else "")


def _failed(doc: Doc, prediction: str, error: Exception) -> dict[str, Any]:
    """Write the line of a sample whose scorer broke."""
    settings_free = {"prompt_id": "", "prompt_sha256": "", "prompt": "", "coords": "", "perturbation": None}
    return {
        "id": doc["id"],
        "sample_sha256": doc["sample_sha256"],
        "image_id": doc["image_id"],
        "width": doc["width"],
        "height": doc["height"],
        **settings_free,
        "target": doc_to_target(doc),
        "prediction": prediction,
        "parsed": "null",
        "outcome": "failed",
        "rule": f"scorer-error: {type(error).__name__}: {error}",
        "scores": {},
        "seconds": None,
        "tokens": None,
    }
