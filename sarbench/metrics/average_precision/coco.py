"""The same numbers from pycocotools itself."""

import contextlib
import io
from typing import Any

import numpy as np
import numpy.typing as npt

from sarbench.metrics.average_precision.detections import Flat
from sarbench.metrics.average_precision.greedy import MAX_DETECTIONS
from sarbench.metrics.unavailable import UnavailableError

Floats = npt.NDArray[np.float64]


def coco_table(detections: Flat, scores: Floats, truths: Flat, images: int, thresholds: Floats) -> Floats:
    """Return average precision by threshold and class as COCOeval computes it: [T, classes], −1 without truth.

    Ids start at 1 (COCOeval takes a match with the annotation of id 0 for none), boxes go in as xywh.

    Raises:
        UnavailableError: pycocotools is not installed.
    """
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ImportError as error:
        raise UnavailableError(
            where='average precision under the protocol "coco"',
            problem="needs pycocotools, which is not installed",
            fix='Install pycocotools, or use protocol="strict", which computes the same',
        ) from error
    classes = int(max(detections.label.max(initial=-1), truths.label.max(initial=-1))) + 1
    with contextlib.redirect_stdout(io.StringIO()):
        true, found = COCO(), COCO()
        for api, boxes, extra in ((true, truths, None), (found, detections, scores)):
            api.dataset = {
                "images": [{"id": index + 1} for index in range(images)],
                "categories": [{"id": index + 1} for index in range(classes)],
                "annotations": _annotations(boxes, extra),
            }
            api.createIndex()
        run = COCOeval(true, found, "bbox")
        run.params.iouThrs = thresholds
        run.params.maxDets = [MAX_DETECTIONS]
        run.evaluate()
        run.accumulate()
    table: Floats = run.eval["precision"][:, :, :, 0, 0].mean(axis=1)
    return table


def _annotations(boxes: Flat, scores: Floats | None) -> list[dict[str, Any]]:
    corner, size = boxes.boxes[:, :2], boxes.boxes[:, 2:] - boxes.boxes[:, :2]
    columns = (
        boxes.image.tolist(),
        boxes.label.tolist(),
        np.hstack([corner, size]).tolist(),
        np.zeros(len(size)).tolist() if scores is None else scores.tolist(),
    )
    return [
        {
            "id": number,
            "image_id": image + 1,
            "category_id": label + 1,
            "bbox": box,
            "area": box[2] * box[3],
            "iscrowd": 0,
            "score": score,
        }
        for number, (image, label, box, score) in enumerate(zip(*columns, strict=True), start=1)
    ]
