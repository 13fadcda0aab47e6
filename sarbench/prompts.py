"""Every prompt, by id and version: the only place where a prompt is written.

`sarbench` (the default) is zero-shot: the authors' question without its task tag, any box in it rewritten into the
run's coordinate convention, then a sentence that states the answer form. `authors` sends the question untouched, for
models that were tuned on the set.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from sarbench import coords
from sarbench.errors import UnknownNameError
from sarbench.questions.family import Family, family

PROMPT_VERSION = "1.0"
"""X.Y: X changes when answers are no longer comparable, Y when only the wording was polished."""

PromptId = Literal["sarbench", "authors"]
PROMPT_IDS: tuple[PromptId, ...] = get_args(PromptId)

_CLASSES = "aircraft, bridge, car, harbor, ship or tank"
_BOX_FORM = "as {template}, the {edges}{edge} in {convention}"

_FORMS: dict[Family, str] = {
    "classification": "Answer with the class name alone; if several classes are visible, separate them by commas.",
    "description": "Answer with one sentence for every object that covers at least 1 % of the image and is not longer "
    "than ten times its width. Each sentence names the class ("
    + _CLASSES
    + ") and the position in the image (top, middle or bottom, then left, center or right).",
    "counting": "Answer with a single number.",
    "grounding": f"Answer with one line for every object: its class ({_CLASSES}), then its bounding box {_BOX_FORM}.",
    "identification": "A bounding box is given "
    + _BOX_FORM
    + f". Answer in one sentence that names the class ({_CLASSES}), the size by its share of the image (very small: "
    "under 3 %, small: under 10 %, medium: under 25 %, large: under 40 %, very large) and the position in the image "
    "(top, middle or bottom, then left, center or right).",
    "referring": f"Answer with one bounding box for every object, {_BOX_FORM}.",
    "presence": "Answer with yes or no.",
    "position": "Answer with the position alone: top, bottom, left, right or center, or a corner such as top left.",
    "region": "Answer with the class name alone.",
    "vqa": "Answer with a single word or a short phrase.",
    "caption": "Answer with one sentence.",
    "field": "Answer with one short phrase.",
}

_CAPTION = "Describe this SAR image."
"""The question of a caption for which the authors give none."""

_TAG = re.compile(r"^\s*\[(?:count|grounding|identify|refer)\]\s*")
_NUMBER = r"<\s*(\d{1,6}(?:\.\d{1,6})?)\s*>"
_SARCHAT_BOX = re.compile(r"\{\s*" + r"\s*,?\s*".join([_NUMBER] * 4) + r"\s*\}")


@dataclass(frozen=True)
class Prompt:
    """A prompt as it is sent."""

    id: PromptId
    version: str
    text: str

    @property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def render(row: Mapping[str, Any], *, prompt: str = "sarbench", convention: str = "pixel") -> Prompt:
    """Write the prompt for one row.

    Args:
        row: A row of the schema (only `task`, `subtask`, `question`, `width` and `height` are read).
        prompt: A prompt id.
        convention: The coordinate convention that boxes are given and asked for in (see `sarbench.coords`).

    Raises:
        UnknownNameError: The prompt id, the convention or the kind of row is not known.

    >>> row = {"task": "counting", "subtask": "count", "question": "[count] Count the ship.", "width": 8, "height": 8}
    >>> print(render(row).text)
    Count the ship.
    Answer with a single number.
    """
    if prompt not in PROMPT_IDS:
        raise UnknownNameError(
            where=f"prompt {prompt!r}", problem="does not exist", fix=f"Use {' or '.join(PROMPT_IDS)}"
        )
    question = row["question"] or (_CAPTION if row["task"] in ("caption", "retrieval") else "")
    if prompt == "authors":
        return Prompt("authors", PROMPT_VERSION, question)
    form = _FORMS[family(row)].format(
        template=coords.box_template(convention),
        edges=coords.edge_names(convention),
        edge="" if coords.parse_convention(convention).xywh else " edge",
        convention=coords.describe(convention),
    )
    size = (int(row["width"] or 1), int(row["height"] or 1))
    asked = _SARCHAT_BOX.sub(lambda found: _rewrite(found, convention, size), _TAG.sub("", question))
    return Prompt("sarbench", PROMPT_VERSION, f"{asked.strip()}\n{form}")


def to_messages(row: Mapping[str, Any], *, prompt: str = "authors", convention: str = "pixel") -> list[dict[str, Any]]:
    """Turn a row into chat messages, the true answer last: for fine-tuning, or for a model of your own.

    Returns:
        `[{"role": "user", "content": [{"type": "image", "image": …}, {"type": "text", "text": …}]}, {"role":
        "assistant", "content": [{"type": "text", "text": …}]}]`; no image part where the row has no image, no answer
        where it has none.
        With `prompt="authors"` the answer is the authors' text; with `sarbench` it has the form and the coordinates
        that the prompt asks for.

    Raises:
        UnknownNameError: The row asks nothing, or as `render`.
    """
    if not row.get("question") and row["task"] not in ("caption", "retrieval"):
        problem = "has no question to turn into a message"
        raise UnknownNameError(where=row.get("id", "row"), problem=problem, fix="Use rows that ask something")
    parts: list[dict[str, Any]] = [{"type": "text", "text": render(row, prompt=prompt, convention=convention).text}]
    if row.get("image") is not None:
        parts.insert(0, {"type": "image", "image": row["image"]})
    messages = [{"role": "user", "content": parts}]
    if row["answers"]:
        answer = row["answers"][0] if prompt == "authors" else _answer_in_form(row, convention)
        messages.append({"role": "assistant", "content": [{"type": "text", "text": answer}]})
    return messages


def _answer_in_form(row: Mapping[str, Any], convention: str) -> str:
    """Write the true answer in the form and the coordinates that the `sarbench` prompt asks for."""
    match family(row):
        case "counting":
            return str(row["count"])
        case "grounding" | "referring" as kind:
            size = (int(row["width"]), int(row["height"]))
            boxes = [(box["label"], coords.format_box(box["xyxy"], convention, size)) for box in row["boxes"]]
            return "\n".join(f"{label} {box}" if kind == "grounding" else box for label, box in boxes)
        case "classification":
            text: str = row["answers"][0]
            return text.removeprefix("It is ").rstrip(".")
        case _:
            return str(row["answers"][0])


def _rewrite(found: re.Match[str], convention: str, size: tuple[int, int]) -> str:
    box = np.array([[float(edge) for edge in found.groups()]])
    return coords.format_box(box[0], convention, size)
