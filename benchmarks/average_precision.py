"""COCO's average precision of many images: sarbench's kernel against COCOeval of pycocotools.

Both sides get the same simulated detections, with a score each, over six classes; about five true boxes and five
detections an image. COCOeval is timed from its finished tables on (`evaluate` and `accumulate`; building them is not
counted), sarbench from the lists of images on, with everything it checks. COCOeval runs twice: as it comes, with four
ranges of box areas and three limits of detections, and cut down to the one range and limit that sarbench computes. All
run by turns in one process, and the values must agree to 12 digits.

Claim: at least 100 times the speed of COCOeval as it comes.
"""

import argparse
import contextlib
import gc
import io
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sarbench.metrics.average_precision import ApScores, Labelled, Scored, average_precision

Result = TypeVar("Result")

CLAIM = 100
CLASSES = ("aircraft", "bridge", "car", "harbor", "ship", "tank")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=5_000, help="images (default: 5000; the full size is 100000)")
    parser.add_argument("--repeats", type=int, default=5, help="turns (default: 5)")
    options = parser.parse_args()
    predictions, truths = simulated(options.images)
    boxes, detections = (sum(len(image.labels) for image in side) for side in (truths, predictions))
    names = ("numpy", "pycocotools")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names))
    print(f"{options.images:,} images, {boxes:,} boxes, {detections:,} detections, {options.repeats} turns")
    tables = coco_tables(predictions, truths)
    turns, differences = [], []
    for _ in range(options.repeats):
        default, run = timed(lambda: evaluated(*tables))
        cut, _ = timed(lambda: evaluated(*tables, cut_down=True))
        ours, found = timed(lambda: average_precision(predictions, truths))
        turns.append((default, cut, ours))
        differences.append(abs(coco_ap(run) - ap_of(found)))
    sides = ("COCOeval as it comes", "COCOeval, one range and limit", "sarbench, from lists of images")
    for side, seconds in zip(sides, zip(*turns, strict=True), strict=True):
        print(f"{side:34s}{statistics.median(seconds):10.3f} s ({min(seconds):.3f} to {max(seconds):.3f})")
    print(f"AP {ap_of(found):.12f}, largest difference {max(differences):.1e}")
    print(f"claim: >= {CLAIM}x COCOeval as it comes; measured: {ratio_of([turn[0] / turn[2] for turn in turns])}")
    print(f"against one range and limit: {ratio_of([turn[1] / turn[2] for turn in turns])}")


def ratio_of(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.0f}x ({min(ratios):.0f}x to {max(ratios):.0f}x)"


def simulated(images: int) -> tuple[list[Scored], list[Labelled]]:
    """Make images of 512 pixels with about five targets, four of five found a few pixels off, and a false one."""
    draw = np.random.default_rng(0)
    predictions, truths = [], []
    for _ in range(images):
        true = random_boxes(draw, int(draw.poisson(5)))
        labels = draw.integers(0, len(CLASSES), len(true))
        found = draw.random(len(true)) < 0.8
        near = true[found] + draw.normal(0, 3, (int(found.sum()), 4))
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 1)
        false = random_boxes(draw, int(draw.poisson(1)))
        said = np.concatenate([labels[found], draw.integers(0, len(CLASSES), len(false))])
        boxes = np.concatenate([near, false])
        predictions.append(Scored(boxes, [CLASSES[code] for code in said], draw.random(len(boxes))))
        truths.append(Labelled(true, [CLASSES[code] for code in labels]))
    return predictions, truths


def random_boxes(draw: np.random.Generator, number: int) -> np.ndarray:
    corner = draw.uniform(0, 450, (number, 2))
    return np.hstack([corner, corner + draw.uniform(8, 60, (number, 2))])


def coco_tables(predictions: list[Scored], truths: list[Labelled]) -> tuple[COCO, COCO]:
    with contextlib.redirect_stdout(io.StringIO()):
        true = COCO()
        true.dataset = {
            "info": {},
            "images": [{"id": number} for number in range(1, len(truths) + 1)],
            "categories": [{"id": number} for number in range(1, len(CLASSES) + 1)],
            "annotations": coco_rows(truths),
        }
        true.createIndex()
        return true, true.loadRes(coco_rows(predictions))


def coco_rows(images: list[Scored] | list[Labelled]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number, image in enumerate(images, start=1):
        scores = image.scores if isinstance(image, Scored) else np.zeros(len(image.labels))
        for box, label, score in zip(np.asarray(image.boxes), image.labels, scores, strict=True):
            x, y, width, height = box[0], box[1], box[2] - box[0], box[3] - box[1]
            rows.append(
                {
                    "id": len(rows) + 1,
                    "image_id": number,
                    "category_id": CLASSES.index(label) + 1,
                    "bbox": [float(edge) for edge in (x, y, width, height)],
                    "area": float(width * height),
                    "iscrowd": 0,
                    "score": float(score),
                }
            )
    return rows


def evaluated(true: COCO, found: COCO, *, cut_down: bool = False) -> COCOeval:
    with contextlib.redirect_stdout(io.StringIO()):
        run = COCOeval(true, found, "bbox")
        if cut_down:
            run.params.areaRng, run.params.areaRngLbl = run.params.areaRng[:1], run.params.areaRngLbl[:1]
            run.params.maxDets = [100]
        run.evaluate()
        run.accumulate()
    return run


def coco_ap(run: COCOeval) -> float:
    precision = run.eval["precision"][:, :, :, 0, -1]
    return float(precision[precision > -1].mean())


def ap_of(found: ApScores) -> float:
    return float("nan") if found.ap is None else found.ap


def timed(call: Callable[[], Result]) -> tuple[float, Result]:
    gc.collect()
    start = time.perf_counter()
    value = call()
    return time.perf_counter() - start, value


if __name__ == "__main__":
    main()
