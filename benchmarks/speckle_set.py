"""A detection dataset of pure speckle in SARDet-100K's layout: bytes like real SAR chips, which do not compress."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 512
"""Pixels; a chip is about 250 KB as PNG."""


def write_speckle_set(folder: Path, images: int) -> int:
    """Write `Annotations/train.json` and `JPEGImages/train/*.png`.

    Every image has speckle of its own (Rayleigh amplitude, one look) and three boxes.

    Returns:
        The bytes of all images together.
    """
    generator = np.random.default_rng(0)
    chips = folder / "JPEGImages" / "train"
    chips.mkdir(parents=True)
    total = 0
    for number in range(images):
        amplitude = generator.rayleigh(60, (SIDE, SIDE)).clip(0, 255).astype(np.uint8)
        path = chips / f"{number:07d}.png"
        Image.fromarray(amplitude).save(path, compress_level=1)
        total += path.stat().st_size
    annotations = folder / "Annotations"
    annotations.mkdir()
    (annotations / "train.json").write_text(json.dumps(_coco(images)))
    return total


def _coco(images: int) -> dict[str, object]:
    boxes = [[40.0, 60.0, 30.0, 20.0], [200.0, 220.0, 64.0, 32.0], [400.0, 100.0, 24.0, 48.0]]
    return {
        "images": [
            {"id": number, "file_name": f"{number:07d}.png", "width": SIDE, "height": SIDE} for number in range(images)
        ],
        "annotations": [
            {"id": 3 * number + place, "image_id": number, "category_id": 1, "bbox": box, "area": box[2] * box[3]}
            for number in range(images)
            for place, box in enumerate(boxes)
        ],
        "categories": [{"id": 1, "name": "ship"}],
    }
