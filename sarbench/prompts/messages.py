"""Rows as chat messages, for fine-tuning or a model of one's own."""

import re
from collections.abc import Mapping
from typing import Any

from sarbench import coords
from sarbench.errors import UnknownNameError
from sarbench.prompts.prompt import render
from sarbench.questions.family import family
from sarbench.questions.score import BOX_KINDS, target_of

_IT_IS = re.compile(r"^It is (?:an? |the )?", re.IGNORECASE)


def to_messages(row: Mapping[str, Any], *, prompt: str = "authors", convention: str = "pixel") -> list[dict[str, Any]]:
    """Turn a row into chat messages, the true answer last: for fine-tuning, or for a model of your own.

    Returns:
        `[{"role": "user", "content": [{"type": "image", "image": …}, {"type": "text", "text": …}]}, {"role":
        "assistant", "content": [{"type": "text", "text": …}]}]`; no image part where the row has no image, no answer
        where it has none.
        With `prompt="authors"` the answer is the authors' text. With the others it has the form and the coordinates
        that the prompt asks for, as far as the authors' text holds it: yes or no, a number, a class, a position and
        boxes are written out; a caption, a description, an identification, and a short answer that the authors gave as
        a sentence, keep the authors' words.

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
    """Write the true answer in the form and the coordinates that a zero-shot prompt asks for.

    What is written is what the rules of the row's kind read from the authors' words; where they read nothing of the
    form, as in "In the harbour." for a position, the words stay.
    """
    kind = family(row)
    if kind in BOX_KINDS and row["boxes"]:
        size = (int(row["width"]), int(row["height"]))
        boxes = [(box["label"], coords.format_box(box["xyxy"], convention, size)) for box in row["boxes"]]
        return "\n".join(f"{label} {box}" if kind == "grounding" and label else box for label, box in boxes)
    words = str(row["answers"][0])
    if kind == "counting":
        return words if row.get("count") is None else str(row["count"])
    if kind in ("classification", "presence", "position", "region"):
        target = target_of(row, kind)
        closed = ", ".join(target.get("labels", ())) or target.get("position") or target.get("answer")
        return str(closed) if closed else _phrase(words)
    return _phrase(words) if kind in ("vqa", "field") else words


def _phrase(words: str) -> str:
    """Take what makes a sentence of it off a word or a phrase; a text of several sentences stays as it is.

    >>> _phrase("On the left."), _phrase("It is a ship."), _phrase("A port. It is large.")
    ('On the left', 'ship', 'A port. It is large.')
    """
    phrase = _IT_IS.sub("", words.strip().removesuffix("."))
    return words if ". " in phrase else phrase
