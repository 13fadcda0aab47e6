"""Rows as chat messages, for fine-tuning or a model of one's own."""

from collections.abc import Mapping
from typing import Any

from sarbench import coords
from sarbench.errors import UnknownNameError
from sarbench.prompts.prompt import render
from sarbench.questions.family import family


def to_messages(row: Mapping[str, Any], *, prompt: str = "authors", convention: str = "pixel") -> list[dict[str, Any]]:
    """Turn a row into chat messages, the true answer last: for fine-tuning, or for a model of your own.

    Returns:
        `[{"role": "user", "content": [{"type": "image", "image": …}, {"type": "text", "text": …}]}, {"role":
        "assistant", "content": [{"type": "text", "text": …}]}]`; no image part where the row has no image, no answer
        where it has none.
        With `prompt="authors"` the answer is the authors' text; with the others it has the form and the coordinates
        that the prompt asks for.

    Raises:
        UnknownNameError: The row asks nothing, or a convention is given with the authors' prompt, or as `render`.
    """
    if prompt == "authors" and convention != "pixel":
        problem = f"{convention!r} changes nothing: prompt='authors' sends the authors' question and answer untouched"
        fix = "Leave convention out, or give prompt='sarbench', which writes boxes in it"
        raise UnknownNameError(where="convention", problem=problem, fix=fix)
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
    """Write the true answer in the form and the coordinates that a zero-shot prompt asks for."""
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
