"""The frame that a model sees: sizes, boxes and texts of a row after its image changed its pixel grid.

Only `gsd` changes the grid. The image stays small instead of being blown up again: a sensor with coarser pixels gives
fewer of them, and what a model does with a small image is its own affair. Boxes are divided by the factor; where a side
is no multiple of it, the last pixel reaches beyond the old border.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sarbench.perturb.spec import Perturbation

_FOUR = re.compile(r"\d{1,6}(?:\.\d{1,6})?" + r"(?:[\s,<>]{1,6}\d{1,6}(?:\.\d{1,6})?)" * 3)
_ONE = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_SAME = 0.51
"""Pixels by which a written edge may differ from that of its box: texts are rounded."""

Box = Sequence[float]


def factor_of(perturbation: Perturbation | None) -> int:
    """Return how many old pixels a new one is wide.

    >>> from sarbench.perturb.spec import parse_spec
    >>> factor_of(parse_spec("gsd:factor=2+speckle+gsd:factor=3")), factor_of(None)
    (6, 1)
    """
    factor = 1
    for step in perturbation.steps if perturbation else ():
        factor *= int(dict(step.parameters)["factor"]) if step.name == "gsd" else 1
    return factor


def changed_size(perturbation: Perturbation | None, size: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of a changed image.

    >>> from sarbench.perturb.spec import parse_spec
    >>> changed_size(parse_spec("gsd:factor=2"), (101, 64))
    (51, 32)
    """
    factor = factor_of(perturbation)
    return -(-size[0] // factor), -(-size[1] // factor)


def changed_row(perturbation: Perturbation | None, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row in the frame of its changed image: what is asked, answered and scored there.

    Size, `boxes` and `region` are changed, and in `question` and `answers` every four numbers that are one of these
    boxes, as corners or as x, y, width and height. All else stays, above all `id` and `sample_sha256`, which name the
    question. The image is not touched. Where the grid does not change, the row itself is returned.

    Args:
        perturbation: What is done to the image.
        row: A row of the schema.
    """
    factor = factor_of(perturbation)
    if factor == 1 or not (row.get("width") and row.get("height")):
        return row
    width, height = changed_size(perturbation, (row["width"], row["height"]))
    boxes, region = row.get("boxes") or [], row.get("region") or []
    known = [box["xyxy"] for box in boxes] + ([region] if len(region) == 4 else [])
    question = row.get("question")
    return {
        **row,
        "width": width,
        "height": height,
        "boxes": [{**box, "xyxy": [edge / factor for edge in box["xyxy"]]} for box in boxes],
        "region": [edge / factor for edge in region],
        "question": question and _rewritten(question, known, factor),
        "answers": [_rewritten(answer, known, factor) for answer in row.get("answers") or ()],
    }


def _rewritten(text: str, boxes: Iterable[Box], factor: int) -> str:
    """Divide the numbers of every box that a text spells out.

    >>> _rewritten("Is it {<10><11><30><40>} (2 ships)?", [(10, 11, 30, 40)], 2)
    'Is it {<5><5.5><15><20>} (2 ships)?'
    """
    spelled = [(tuple(box), (box[0], box[1], box[2] - box[0], box[3] - box[1])) for box in boxes]

    def divided(found: re.Match[str]) -> str:
        numbers = [float(number) for number in _ONE.findall(found[0])]
        if not any(_same(numbers, box) for forms in spelled for box in forms):
            return found[0]
        return _ONE.sub(lambda number: f"{float(number[0]) / factor:.3f}".rstrip("0").rstrip("."), found[0])

    return _FOUR.sub(divided, text) if spelled else text


def _same(numbers: Sequence[float], box: Box) -> bool:
    return all(abs(number - edge) < _SAME for number, edge in zip(numbers, box, strict=True))
