"""What the columns of a run's tables mean, in the words of its schemas."""

from collections.abc import Mapping
from types import MappingProxyType

SAMPLE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "id": "Of the row that was asked. One of several captions of a retrieval row is ID#2, ID#3 and so on.",
        "sample_sha256": "Of image, question, choices and target, as the built row has it.",
        "image_id": "Answers about one image form a cluster of its interval.",
        "width": "Of the native image, in pixels.",
        "height": "Of the native image, in pixels.",
        "prompt_id": "Name of the prompt's wording.",
        "prompt_sha256": "Of the prompt as it was sent, in UTF-8.",
        "prompt": "The prompt as it was sent. Null where it may not be published.",
        "coords": "Coordinate convention of the boxes in prompt and answer.",
        "perturbation": "What was done to the image; null: nothing.",
        "target": "A JSON object: what the answer is held against. `null` where the scorer broke, or it may not be "
        "published.",
        "prediction": "The model's text, untouched. Null where it may not be published.",
        "parsed": "A JSON object with some keys of `target`: what was read from the answer. `null` where nothing was.",
        "outcome": "What became of the answer; the names are those of `outcomes` in scores.json.",
        "rule": "How the answer was read, or why it failed.",
        "scores": "The facts that the numbers are summed up from, e.g. tp@0.5, exact, fn:ship. Empty where it failed.",
        "seconds": "That the answer took, its share of the batch; null where unknown.",
        "tokens": "That were generated; null where unknown.",
    }
)

VERDICT_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "id": "Of the answer in samples/<task>.parquet.",
        "protocol": "`strict`: what sarbench's rules leave undecided; `paper`: what a paper leaves to a model.",
        "sample_sha256": "Of the sample that was judged.",
        "prediction_sha256": "Of the answer that was judged, in UTF-8.",
        "verdict": "Whether the answer is right; null where the reply cannot be read, or there is none.",
        "reply": "The judge's text; null where there is none.",
        "why": "Why there is no verdict.",
        "model": "Name that the judge's server reported.",
        "prompt_sha256": "Of the judge's prompt.",
        "key": "Of the reply in the judge's cache.",
    }
)
