"""What the task YAMLs call: lmms-eval's questions about a document, answered with sarbench's own code.

lmms-eval retries a raising hook five times and then loses every generation of the run, and it calls the scorer from
four threads. So these functions never raise on a model's text, hold no state, and leave everything the run record
needs in the one dict that `process_results` returns.

A perturbation may change the pixel grid: then prompt, target and the record's width and height are those of the image
that the model saw, so that scoring the record again gives the same numbers.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from sarbench import perturb
from sarbench.lmms.data import image_of
from sarbench.lmms.settings import Settings, from_environment
from sarbench.lmms.shuffled import fitted, named
from sarbench.prompts import Prompt, render
from sarbench.questions.family import Family, family
from sarbench.questions.kinds import KINDS
from sarbench.questions.score import target_of
from sarbench.runs.samples import sample, storable
from sarbench.runs.tally import score_task

Doc = Mapping[str, Any]


def doc_to_visual(doc: Doc) -> list[Image.Image]:
    """Return the image as RGB, perturbed where the run asks for it; nothing for a text-only row.

    Raises:
        InputError: The run shuffles images and this document shows its own, or a stored image cannot be read. Both come
            before the answer, and a run that went on would be worth nothing.
    """
    if doc.get("image") is None and doc.get("image_sha256") is None:
        return []
    perturbation = perturb.parse_spec(from_environment().perturbation)
    shuffles = perturbation is not None and perturbation.shuffles
    shown = image_of(named(doc) if shuffles else doc)
    if shown is None:
        return []
    image = (fitted(shown, doc) if shuffles else shown).convert("RGB")
    return [perturb.apply(perturbation, image, sample_id=doc["id"]) if perturbation else image]


def doc_to_text(doc: Doc) -> str:
    """Return the prompt of the run for this document."""
    settings = from_environment()
    return _prompt(_seen(doc), settings).text


def doc_to_target(doc: Doc) -> str:
    """Return the target as JSON, `null` for a row without one: lmms-eval only logs it."""
    try:
        return json.dumps(target_of(_seen(doc)), ensure_ascii=False)
    except Exception:  # a broken row: `process_results` says what is wrong with it
        return "null"


def process_results(doc: Doc, results: Sequence[str | None]) -> dict[str, dict[str, Any]]:
    """Score one answer.

    Returns:
        One entry, named as the task's headline metric in its YAML: the sample's line of the run record, its kind of
        question, and its history, for which logs of plain lmms-eval have no other place. A bug in a scorer becomes the
        outcome `failed` with the rule `scorer-error: …`: the generations survive it, and the run says so.
    """
    kind = family(doc)  # the tasks hold no rows of which this is not known
    prediction, history = (results[0] if results else "") or "", "none"
    try:
        settings = from_environment()
        history = settings.history
        row = _seen(doc)
        line = sample(
            row, kind, _prompt(row, settings), prediction, coords=settings.coords, perturbation=settings.perturbation
        )
    except Exception as error:
        line = _failed(doc, prediction, error)
    return {yaml_metric(kind): {**line, "family": kind, "history": history}}


def aggregate(items: Sequence[Mapping[str, Any]]) -> float | None:
    """Compute the headline of a task from what `process_results` returned for each document."""
    kind: Family = items[0]["family"]
    headline = next(score for score in score_task("", kind, items, protocols=("strict",)).scores if score.headline)
    return headline.value


def yaml_metric(kind: Family) -> str:
    """Spell a headline the way a metric is named in a YAML: lmms-eval puts a comma and a filter name behind it."""
    headline = KINDS[kind].headline.name
    return headline.replace("@0.", "_") + ("0" if headline.endswith("@0.5") else "")


def _prompt(row: Doc, settings: Settings) -> Prompt:
    return render(row, prompt=settings.prompt, convention=settings.coords, history=settings.history)


def _seen(doc: Doc) -> Doc:
    """Return a document in the frame of the image that the model sees."""
    return perturb.changed_row(perturb.parse_spec(from_environment().perturbation), doc)


def _failed(doc: Doc, prediction: str, error: Exception) -> dict[str, Any]:
    """Write the line of a sample whose scorer broke: without a target, so that scoring again leaves it as it is."""
    settings_free = {"prompt_id": "", "prompt_sha256": "", "prompt": "", "coords": "", "perturbation": None}
    return {
        "id": doc["id"],
        "sample_sha256": doc["sample_sha256"],
        "image_id": doc["image_id"],
        "width": _whole(doc["width"]),
        "height": _whole(doc["height"]),
        **settings_free,
        "target": "null",
        "prediction": storable(prediction),
        "parsed": "null",
        "outcome": "failed",
        "rule": storable(f"scorer-error: {type(error).__name__}: {error}"),
        "scores": {},
        "seconds": None,
        "tokens": None,
    }


def _whole(value: Any) -> int | None:
    """Return what the record's column of whole numbers can hold: one broken row must not cost the others."""
    return value if isinstance(value, int) else None
