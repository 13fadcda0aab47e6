"""Boxes of many images as flat arrays, checked once."""

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._paired import check_paired
from sarbench.metrics.boxes.valid import Boxes, first_bad

Codes = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float64] | Sequence[Sequence[float]]


@dataclass(frozen=True)
class Labelled:
    """The boxes of one image and the class of each."""

    boxes: Rows
    """[N, 4] xyxy in pixels."""
    labels: Sequence[str]
    """N classes; give every box the same name where classes do not count."""


@dataclass(frozen=True)
class Scored(Labelled):
    """The detections of one image: boxes, classes and what the model thinks of each."""

    scores: npt.NDArray[np.float64] | Sequence[float]
    """[N] finite numbers, a higher one more certain; only their order counts."""


Given = TypeVar("Given", bound=Labelled)

NOTHING = Scored([], [], [])
"""What an answer that could not be read (None) is taken for: it finds nothing, and its image keeps its place."""


@dataclass(frozen=True)
class Flat:
    """The boxes of all images, image by image in the order given."""

    boxes: Boxes
    """[N, 4]."""
    image: Codes
    """[N], from 0."""
    label: Codes
    """[N], index into the sorted classes."""


def read_or_nothing(predictions: Sequence[Given | None]) -> Sequence[Given]:
    """Return the predictions with `NOTHING` for those that could not be read.

    Raises:
        InputError: They are no list.
    """
    check_paired(predictions, predictions)
    nothing: Any = NOTHING
    return [nothing if image is None else image for image in predictions]


def flatten(predictions: Sequence[Labelled], truths: Sequence[Labelled]) -> tuple[tuple[str, ...], Flat, Flat]:
    """Return the sorted classes of both sides, the predicted boxes and the true ones.

    Raises:
        InputError: Different numbers of images, of boxes and labels, a class that is no text, or a bad box.
    """
    check_paired(predictions, truths)
    codes = _Numbering()
    flat = _flat(predictions, codes, "predictions"), _flat(truths, codes, "truths")
    odd = [label for label in codes if not isinstance(label, str)]
    if odd:
        raise InputError(
            where=f"label {odd[0]!r}",
            problem="is no class name",
            fix="Give a text a box, the same one where classes do not count",
        )
    classes = tuple(sorted(codes))
    sorted_code = np.empty(len(classes), dtype=np.int64)
    sorted_code[[codes[label] for label in classes]] = np.arange(len(classes))
    said, true = (Flat(side.boxes, side.image, sorted_code[side.label]) for side in flat)
    return classes, said, true


class _Numbering(dict[str, int]):
    """Numbers labels as they come."""

    def __missing__(self, label: str) -> int:
        number = self[label] = len(self)
        return number


def flatten_scores(predictions: Sequence[Scored], images: Codes) -> Scores:
    """Return the scores of all detections in the order of `flatten`; `images` is their image column.

    Raises:
        InputError: As many scores as there are not boxes, or one that is not finite.
    """
    try:
        columns = [image.scores for image in predictions]
    except AttributeError as error:
        odd = next(index for index, image in enumerate(predictions) if not isinstance(image, Scored))
        fix = "Give Scored(boxes, labels, scores), or use tie_aware_ap50 where the model gives none"
        raise InputError(where=f"predictions[{odd}]", problem="has no scores", fix=fix) from error
    lengths = np.bincount(images, minlength=len(columns))
    wrong = np.flatnonzero(_lengths(columns, "predictions", "scores") != lengths)
    if len(wrong):
        index = int(wrong[0])
        raise InputError(
            where=f"predictions[{index}]",
            problem=f"has {len(columns[index])} scores for {lengths[index]} boxes",
            fix="Give one score a box, or use tie_aware_ap50 where the model gives none",
        )
    try:
        scores = np.concatenate([np.zeros(0), *columns], dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            where="predictions", problem="have scores that are no flat lists of numbers", fix="Give one number a box"
        ) from error
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        raise InputError(
            where=f"predictions[{images[bad[0]]}]",
            problem=f"has the score {scores[bad[0]]}",
            fix="Leave the detection out, or give it the score that the model meant",
        )
    return scores


def _flat(images: Sequence[Labelled], codes: _Numbering, name: str) -> Flat:
    try:
        labels, parts = [image.labels for image in images], [image.boxes for image in images]
    except AttributeError as error:
        odd = next(index for index, image in enumerate(images) if not isinstance(image, Labelled))
        raise InputError(
            where=f"{name}[{odd}]",
            problem=f"is of type {type(images[odd]).__name__}",
            fix="Give Labelled(boxes, labels), or Scored(boxes, labels, scores) for detections",
        ) from error
    if str in set(map(type, labels)):
        raise InputError(
            where=f"{name}[{[type(one) for one in labels].index(str)}]",
            problem="has a single text as labels",
            fix="Give a list with a class name for each box",
        )
    lengths = _lengths(labels, name, "labels")
    wrong = np.flatnonzero(_lengths(parts, name, "boxes") != lengths)
    if len(wrong):
        index = int(wrong[0])
        raise InputError(
            where=f"{name}[{index}]",
            problem=f"has {len(labels[index])} labels for {len(parts[index])} boxes",
            fix="Give one label a box, and boxes of the shape [N, 4]",
        )
    boxes = _stacked(parts, name)
    image = np.repeat(np.arange(len(parts), dtype=np.int64), lengths)
    bad = first_bad(boxes)
    if bad is not None:
        raise InputError(
            where=f"{name}[{image[bad]}]",
            problem=f"has the box {boxes[bad].tolist()}, which is not finite or ends before it begins",
            fix="Leave it out: COCOeval would take a NaN box for a hit",
        )
    try:
        label = np.fromiter(map(codes.__getitem__, chain.from_iterable(labels)), dtype=np.int64, count=len(boxes))
    except TypeError as error:
        raise InputError(where=name, problem=f"have a label that is none: {error}", fix="Give a text a box") from error
    return Flat(boxes, image, label)


def _stacked(parts: Sequence[Rows], name: str) -> Boxes:
    """Return all boxes below each other: [N, 4] float64."""
    filled = [part for part in parts if len(part)]
    try:
        boxes = np.concatenate([np.zeros((0, 4)), *filled], dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        odd = next((index for index, part in enumerate(parts) if len(part) and not _is_table(part)), None)
        raise InputError(
            where=name if odd is None else f"{name}[{odd}]",
            problem="has boxes that are no array of the shape [N, 4]",
            fix="Give four numbers a box",
        ) from error
    return boxes


def _is_table(boxes: Rows) -> bool:
    """Tell whether something is [N, 4] numbers."""
    try:
        return np.asarray(boxes, dtype=np.float64).shape[1:] == (4,)
    except (TypeError, ValueError, OverflowError):
        return False


def _lengths(parts: Sequence[Sized], name: str, what: str) -> Codes:
    try:
        return np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
    except TypeError as error:
        odd = next(index for index, part in enumerate(parts) if not hasattr(part, "__len__") or np.ndim(part) == 0)  # type: ignore[arg-type]
        raise InputError(
            where=f"{name}[{odd}]",
            problem=f"has {parts[odd]!r} for its {what}",
            fix="Give a list, an empty one where there is no box",
        ) from error
