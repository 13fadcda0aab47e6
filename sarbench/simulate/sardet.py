"""Simulated scenes in SARDet-100K's raw layout.

`Annotations/{train,val,test}.json` and `JPEGImages/{train,val,test}/NNNNNNN.{png,jpg}`; COCO JSON with category ids
from 0 in SARDet's order, boxes as x, y, width, height floats (GitHub zcablii/SARDet_100K, its configs and issue 19).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from sarbench.files import replacing, write_text
from sarbench.simulate.canvas import Xywh
from sarbench.simulate.marker import claim
from sarbench.simulate.scene import KINDS, Scene, scene
from sarbench.simulate.targets import LABELS

IMAGES: Mapping[str, int] = {"train": 24, "val": 12, "test": 12}
"""Images a split by default: each class twice or more in each split."""


class _Record(NamedTuple):
    file_name: str
    height: int
    width: int
    targets: tuple[tuple[str, Xywh], ...]


def write_sardet(
    folder: str | Path,
    *,
    images: Mapping[str, int] = IMAGES,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Write simulated scenes as SARDet-100K's authors ship theirs.

    Image n of a split depends on `seed`, the split's name and n alone. The kinds of scenes take turns, so that every
    class is in every split of six images or more.

    Args:
        folder: The root, created when needed.
        images: Split ("train", "val", "test") → number of images.
        seed: What makes two sets different.
        progress: Called with 1 after each image.

    Returns:
        `folder`.

    Raises:
        InputError: The folder holds such files that are not simulated.
    """
    folder = Path(folder)
    claim(folder, seed=seed, writes=("Annotations", "JPEGImages"))
    numbers = iter(np.random.default_rng([seed, 1]).permutation(sum(images.values())).tolist())
    for split, count in images.items():
        records = _write_images(folder / "JPEGImages" / split, _scenes(split, count, seed), numbers, progress)
        write_text(folder / "Annotations" / f"{split}.json", json.dumps(_coco(records)))
    return folder


def _scenes(split: str, count: int, seed: int) -> Iterable[tuple[Scene, str, int]]:
    """Yield scene, file suffix and JPEG quality of each image of a split."""
    for number in range(count):
        rng = np.random.default_rng([seed, *split.encode(), number])
        made = scene(rng, kind=KINDS[number % len(KINDS)])
        yield made, "png" if rng.random() < 0.5 else "jpg", int(rng.integers(90, 98))


def _write_images(
    folder: Path,
    scenes: Iterable[tuple[Scene, str, int]],
    numbers: Iterator[int],
    progress: Callable[[int], None] | None,
) -> list[_Record]:
    """Write each scene under the next seven-digit number; return what the annotations need."""
    records = []
    for made, suffix, quality in scenes:
        name = f"{next(numbers):07d}.{suffix}"
        with replacing(folder / name) as temporary:
            Image.fromarray(made.image).save(temporary, {"png": "PNG", "jpg": "JPEG"}[suffix], quality=quality)
        height, width = made.image.shape
        records.append(_Record(name, height, width, made.targets))
        if progress is not None:
            progress(1)
    return records


def _coco(records: list[_Record]) -> dict[str, Any]:
    """Return one split as the authors' JSON; ids of images and annotations count on from 0."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, (name, height, width, targets) in enumerate(records):
        images.append({"file_name": name, "height": height, "width": width, "id": image_id})
        for label, box in targets:
            annotations.append(
                {
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                    "image_id": image_id,
                    "bbox": list(box),
                    "category_id": LABELS.index(label),
                    "id": len(annotations),
                    "ignore": 0,
                    "segmentation": [],
                }
            )
    categories = [{"id": number, "name": label, "supercategory": label} for number, label in enumerate(LABELS)]
    return {"images": images, "annotations": annotations, "categories": categories}
