"""The frame that a model sees: sizes, boxes and texts of a row after its image changed its pixel grid.

Only `gsd` changes the grid. The image stays small instead of being blown up again: a sensor with coarser pixels gives
fewer of them, and what a model does with a small image is its own affair. Boxes are divided by the factor; where a side
is no multiple of it, the last pixel reaches beyond the old border.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sarbench.perturb.spec import Perturbation

_FOUR = re.compile(r"\d{1,6}(?:\.\d{1,6})?" + r"(?:[\s,<>]{1,6}\d{1,6}(?:\.\d{1,6})?)" * 3)
_ONE = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_OPENED, _CLOSED = re.compile(r"(?:\{\s*<|\[)\s*\Z"), re.compile(r"\s*(?:>\s*\}|\])")
_SAME = 0.51
"""Pixels by which a written edge may differ from that of its box: texts are rounded."""

_DIALOGUES = ("messages", "conversations")
"""Under which names records keep what was said."""

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
    boxes, as corners or as x, y, width and height. What was said in the row's dialogue, in its `record`, is changed in
    the same way; its boxes are not the row's, so there every four numbers count that SARChat-2M's or SARLANG-1M's
    brackets enclose and that fit into the image. All else stays, above all `id` and `sample_sha256`, which name the
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
    question, record = row.get("question"), row.get("record")
    size = (row["width"], row["height"])
    told = {"record": _retold(record, known, factor, size)} if record and row.get("turn") is not None else {}
    return {
        **row,
        "width": width,
        "height": height,
        "boxes": [{**box, "xyxy": [edge / factor for edge in box["xyxy"]]} for box in boxes],
        "region": [edge / factor for edge in region],
        "question": question and _rewritten(question, known, factor),
        "answers": [_rewritten(answer, known, factor) for answer in row.get("answers") or ()],
        **told,
    }


def _retold(record: str, boxes: Sequence[Box], factor: int, size: tuple[int, int]) -> str:
    """Divide the boxes in all that is said in a record; one that holds no dialogue is returned as it is."""
    try:
        content = json.loads(record)
    except ValueError:
        return record
    if not isinstance(content, dict):
        return record
    for name in _DIALOGUES:
        said = content.get(name)
        for turn in said if isinstance(said, list) else ():
            if isinstance(turn, dict):
                texts = {key: text for key, text in turn.items() if isinstance(text, str)}
                turn.update({key: _rewritten(text, boxes, factor, size) for key, text in texts.items()})
    return json.dumps(content, ensure_ascii=False)


def _rewritten(text: str, boxes: Iterable[Box], factor: int, inside: tuple[int, int] | None = None) -> str:
    """Divide the numbers of every box that a text spells out.

    Args:
        text: A question or an answer.
        boxes: The boxes that are known.
        factor: What their numbers are divided by.
        inside: Size of the image, in pixels, where boxes count that are not known: four numbers in brackets that fit.

    >>> _rewritten("Is it {<10><11><30><40>} (2 ships)?", [(10, 11, 30, 40)], 2)
    'Is it {<5><5.5><15><20>} (2 ships)?'
    >>> _rewritten("In [10, 20, 30, 40]? Of [2019, 2020, 2021, 2022]?", [], 2, (100, 100))
    'In [5, 10, 15, 20]? Of [2019, 2020, 2021, 2022]?'
    """
    spelled = [(tuple(box), (box[0], box[1], box[2] - box[0], box[3] - box[1])) for box in boxes]

    def divided(found: re.Match[str]) -> str:
        numbers = [float(number) for number in _ONE.findall(found[0])]
        known = any(_same(numbers, box) for forms in spelled for box in forms)
        if not known and not (inside and _bracketed(found) and _fits(numbers, inside)):
            return found[0]
        return _ONE.sub(lambda number: f"{float(number[0]) / factor:.3f}".rstrip("0").rstrip("."), found[0])

    return _FOUR.sub(divided, text) if spelled or inside else text


def _bracketed(found: re.Match[str]) -> bool:
    return bool(_OPENED.search(found.string[: found.start()]) and _CLOSED.match(found.string, found.end()))


def _fits(numbers: Sequence[float], size: tuple[int, int]) -> bool:
    """Tell whether four numbers may be a box in an image, as corners or as x, y, width and height."""
    left, top, *more = numbers
    return left <= size[0] and top <= size[1] and more[0] <= size[0] and more[1] <= size[1]


def _same(numbers: Sequence[float], box: Box) -> bool:
    return all(abs(number - edge) < _SAME for number, edge in zip(numbers, box, strict=True))
