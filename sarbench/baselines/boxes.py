"""Floors that answer with boxes: as shares of the image, with their labels, from the training items."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sarbench.answers import parse
from sarbench.answers.synonyms import CLASSES
from sarbench.baselines.known import Answerer, Floor, Known, Row, asked_class, drawer, most_common

_MOST_BOXES = 100
"""Boxes in a random answer, whatever number the question names."""


def box_answerer(floor: Floor, known: Sequence[Known]) -> Answerer:
    """Boxes as shares of the image, with their labels, from the training items."""
    every = [_relative(k.row, box) for k in known for box in k.target["boxes"]]
    sizes = np.array([[x2 - x1, y2 - y1] for _, (x1, y1, x2, y2) in every])
    if floor == "majority" and every:
        label, (width, height) = most_common(name for name, _ in every), np.median(sizes, axis=0)
        middle = (0.5 - width / 2, 0.5 - height / 2, 0.5 + width / 2, 0.5 + height / 2)
        return lambda row, rng: _box_lines(row, [(label, middle)])

    if floor == "prior" and known:
        drawn = drawer(known, lambda k: [_relative(k.row, box) for box in k.target["boxes"]])
        return lambda row, rng: _box_lines(row, drawn(row, rng))

    def answer(row: Row, rng: np.random.Generator) -> str:
        wanted = parse(row["question"], kind="count").value if asked_class(row["question"]) else 1
        return _box_lines(row, [_random_box(rng, sizes) for _ in range(min(wanted or 1, _MOST_BOXES))])

    return answer


def _relative(row: Row, box: dict[str, Any]) -> tuple[str, tuple[float, ...]]:
    scale = (row["width"], row["height"], row["width"], row["height"])
    return box["label"] or "", tuple(edge / side for edge, side in zip(box["xyxy"], scale, strict=True))


def _random_box(rng: np.random.Generator, sizes: Any) -> tuple[str, tuple[float, ...]]:
    if not len(sizes):
        sizes = np.array([[0.1, 0.1]])  # no training item has a box: a tenth of each side
    width, height = np.minimum(sizes[int(rng.integers(len(sizes)))], 1.0)
    x, y = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return str(rng.choice(CLASSES)), (x, y, x + width, y + height)


def _box_lines(row: Row, boxes: Iterable[tuple[str, Sequence[float]]]) -> str:
    scale = (row["width"], row["height"], row["width"], row["height"])
    return "\n".join(
        f"{label} [{', '.join(f'{share * side:.1f}' for share, side in zip(box, scale, strict=True))}]"
        for label, box in boxes
    )
