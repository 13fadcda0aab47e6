"""FUSAR-GPT's detection (arXiv 2602.19190): JSON answers in the 504 × 504 image.

How an answer is read is published (repository kklvyyhadr/FUSAR-GPT, `parse_detections` in data.py); how boxes are
matched is not.
"""

import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sarbench.errors import InputError
from sarbench.metrics._numeric import is_number
from sarbench.metrics._paired import check_paired
from sarbench.metrics.boxes import Boxes, match_at
from sarbench.metrics.boxes.valid import shaped
from sarbench.metrics.rates import f1_from_counts, precision_from_counts, recall_from_counts

SIDE = 504
"""Side in pixels of the square image that the boxes are written in."""

THRESHOLDS = (0.25, 0.5)


@dataclass(frozen=True)
class DetectionScores:
    """Detection over N answers at one overlap; counts are summed over answers."""

    f1: float | None
    precision: float | None
    recall: float | None
    tp: int
    fp: int
    fn: int
    n: int
    parse_errors: int
    """Answers rejected as a whole: their targets are missed, their boxes cost nothing."""


def read_detections(text: str) -> Boxes | None:
    r"""Read a detection answer by the authors' rules; never raises on any text.

    After stripping, "none" or "null" in any case is no box. An answer that begins with a code fence loses its first and
    last line if the last is a closing fence and there is one between. The rest must be a JSON list of objects, each
    with a text as `label` and four finite numbers x1 < x2, y1 < y2 as `bbox_2d`; anything else rejects the whole
    answer. Numbers are neither clipped nor scaled. (`null` inside a fence is rejected: the authors look for it before.)

    Returns:
        [N, 4] float64 xyxy in the 504 × 504 image, or None for a parse error.

    >>> read_detections('```json\n[{"bbox_2d": [1, 2, 30, 40], "label": "ship"}]\n```').tolist()
    [[1.0, 2.0, 30.0, 40.0]]
    >>> read_detections("None").shape, read_detections("two ships")
    ((0, 4), None)
    """
    if not isinstance(text, str):
        raise InputError(where=f"answer {text!r}", problem="is no text", fix='Give "" for an answer that is missing')
    rest = text.strip()
    if rest.lower() in ("none", "null"):
        return np.zeros((0, 4))
    if rest.startswith("```"):
        lines = rest.splitlines()
        if len(lines) >= 3 and lines[-1].strip() == "```":
            rest = "\n".join(lines[1:-1])
    try:
        said = json.loads(rest)
        boxes = [_box(item) for item in said] if isinstance(said, list) else None
    except (ValueError, OverflowError, RecursionError):
        return None
    if boxes is None or None in boxes:
        return None
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def to_504(boxes: npt.ArrayLike, size: tuple[int, int]) -> Boxes:
    """Scale boxes from native pixels to the 504 × 504 image, unclipped and unrounded: [N, 4] → [N, 4] float64.

    Args:
        boxes: [N, 4] xyxy in native pixels.
        size: Width and height of the native image.

    Raises:
        InputError: A size that is not positive.

    >>> to_504([[0, 0, 512, 256]], (1024, 512)).tolist()
    [[0.0, 0.0, 252.0, 252.0]]
    """
    if not isinstance(size, tuple | list) or len(size) != 2 or not all(is_number(side) and side > 0 for side in size):
        raise InputError(
            where=f"size {size!r}", problem="is no size of an image", fix="Give width and height in pixels"
        )
    scale = np.array([SIDE / size[0], SIDE / size[1]] * 2)
    scaled: Boxes = shaped(boxes, "boxes") * scale
    return scaled


def detection_scores(
    answers: Sequence[str], true: Sequence[npt.ArrayLike], *, thresholds: Collection[float] = THRESHOLDS
) -> dict[float, DetectionScores]:
    """Score detection answers: F1 at an overlap of 0.25 and 0.5, in the 504 × 504 image.

    The answers are read by `read_detections`. A prompt names one class, so labels do not count. True boxes may stick
    out of the image and are not clipped. How the authors assign boxes was not seen; here it is one to one and optimal
    (`metrics.boxes.match`). For the paper's columns "plane" and "ship" give the answers to those prompts alone.

    Args:
        answers: The texts.
        true: For each the true boxes, [m, 4] xyxy in the 504 × 504 image.
        thresholds: Least overlaps.

    Raises:
        InputError: The lists differ in length, or a bad box or threshold.

    >>> answers = ['[{"bbox_2d": [0, 0, 9, 9], "label": "ship"}]', "two ships"]
    >>> found = detection_scores(answers, [[[0, 0, 9, 9]], [[0, 0, 5, 5]]])
    >>> round(found[0.5].f1, 4), found[0.5].parse_errors
    (0.6667, 1)
    """
    check_paired(answers, true)
    read = [read_detections(answer) for answer in answers]
    images = [
        match_at([] if said is None else said, meant, thresholds=thresholds)
        for said, meant in zip(read, true, strict=True)
    ]
    found = {}
    for threshold in thresholds:
        tp, fp, fn = (sum(getattr(image[threshold], name) for image in images) for name in ("tp", "fp", "fn"))
        some = tp + fp + fn > 0
        found[threshold] = DetectionScores(
            f1=float(f1_from_counts(tp, fp, fn)) if some else None,
            precision=float(precision_from_counts(tp, fp)) if some else None,
            recall=float(recall_from_counts(tp, fn)) if some else None,
            tp=tp,
            fp=fp,
            fn=fn,
            n=len(images),
            parse_errors=sum(said is None for said in read),
        )
    return found


def _box(item: Any) -> tuple[float, float, float, float] | None:
    """Return one object's box, or None where it breaks a rule."""
    if not isinstance(item, dict) or not isinstance(item.get("label"), str):
        return None
    edges = item.get("bbox_2d")
    if not isinstance(edges, list) or len(edges) != 4:
        return None
    if any(isinstance(edge, bool) or not isinstance(edge, int | float) for edge in edges):
        return None
    x1, y1, x2, y2 = (float(edge) for edge in edges)
    if not all(math.isfinite(edge) for edge in (x1, y1, x2, y2)) or x1 >= x2 or y1 >= y2:
        return None
    return x1, y1, x2, y2
