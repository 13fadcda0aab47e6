"""Built folders whose images the test chooses."""

import json
from collections.abc import Mapping
from pathlib import Path

from sarbench.build import build
from sarbench.build.index import parse_index, write_index
from sarbench.build.layout import LayoutChoice

FILES = {"train": "train", "validation": "val", "test": "test"}


def build_chips(
    folder: Path, splits: Mapping[str, Mapping[str, bytes]], *, name: str = "sardet-100k", layout: LayoutChoice = "flat"
) -> Path:
    """Build split → file name → bytes as a detection set, two boxes an image; return the built folder."""
    raw, out = folder / f"{name}-raw", folder / name
    for split, images in splits.items():
        chips = raw / "JPEGImages" / FILES[split]
        chips.mkdir(parents=True)
        for file, data in images.items():
            (chips / file).write_bytes(data)
        coco = {
            "images": [{"id": n, "file_name": file, "width": 256, "height": 256} for n, file in enumerate(images)],
            "annotations": [
                {"id": 2 * n + k, "image_id": n, "category_id": 1, "bbox": [1.0 + k, 2.0, 3.0, 4.0], "area": 12.0}
                for n in range(len(images))
                for k in range(2)
            ],
            "categories": [{"id": 1, "name": "ship"}],
        }
        (raw / "Annotations").mkdir(exist_ok=True)
        (raw / "Annotations" / f"{FILES[split]}.json").write_text(json.dumps(coco))
    build("sardet-100k", data_dir=raw, out=out, layout=layout)
    write_index(out, parse_index(out).model_copy(update={"name": name}))
    return out
